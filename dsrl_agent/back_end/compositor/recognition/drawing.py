"""Draw scenes from a model of things: latents from the prior, frames from the likelihood."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from dsrl_agent.back_end.compositor.composition import SceneModel, draw_scenes
from dsrl_agent.back_end.compositor.hypotheses import Scene
from dsrl_agent.types import Floats32


def draw_latents(
    model: SceneModel, count: int, density: tuple[float, float], rng: Generator
) -> Scene:
    """Draw the latents of `count` frames from the prior.

    Types are equally frequent, and so are the placements and the tints of each type. The share of
    places that hold something is drawn for each frame, uniformly between the two of `density`: the
    encoder is not to learn how full a world is.
    """
    hypotheses, shape = model.hypotheses, (count, *model.windows.shape)
    types = rng.integers(0, max(1, hypotheses.number_of_types), shape)
    templates, tints = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for kind, part in enumerate(hypotheses.parts):
        own = types == kind
        templates[own] = rng.integers(part.start, part.stop, int(own.sum()))
        tints[own] = rng.choice(hypotheses.tints[kind], int(own.sum()))
    full = rng.uniform(*density, (count, 1, 1))
    types[rng.random(shape) >= full] = -1
    tints[types < 0] = -1
    colours = hypotheses.palette[tints]
    zero = np.zeros(shape, np.float32)
    return Scene(types, templates, tints, colours, zero, zero)


def draw_frames(scene: Scene, model: SceneModel, rng: Generator) -> Floats32:
    """Draw frames `[B, H, W, 3]` from p(x|z): the scene's drawing with Gaussian noise.

    The noise has the variance of the likelihood, errors of drawing included. The frames are not
    clipped to [0, 1].
    """
    drawn = draw_scenes(scene, model)
    noise = rng.standard_normal(drawn.shape, np.float32)
    deviation = np.sqrt(0.5 / model.likelihood.precision)
    return np.asarray(drawn + np.float32(deviation) * noise)
