"""A small model of things: two sprites of whole pixels on a grid of 4 x 4 pixels a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from dsrl_agent.back_end.compositor.canvas import Canvas, Placement
from dsrl_agent.back_end.compositor.cells import Likelihood
from dsrl_agent.back_end.compositor.composition import SceneModel
from dsrl_agent.back_end.compositor.hypotheses import Hypotheses, Scene, Vocabulary
from dsrl_agent.back_end.compositor.recognition.latents import Factors
from dsrl_agent.back_end.compositor.recognition.network import LatentNetwork
from dsrl_agent.back_end.compositor.windows import Windows
from dsrl_agent.config.scenes import SceneEncoderConfig
from dsrl_agent.types import Floats32, Ints

RED, GREEN = 0, 1
BLOCK, BAR = 0, 1
PRESENCE = 15.0  # nats
FEW = SceneEncoderConfig(
    tint_features=8,
    shape_features=16,
    tint_width=16,
    shape_width=32,
    steps=200,
    batch=64,
    drawn_places=1000,
)
"""Settings of an encoder that learns the small model in a second."""


def small_model(
    shape: tuple[int, int] = (2, 2),
    noise: float = 0.05,
    margin: int = 1,
    steps: int = 1,
) -> SceneModel:
    """Return a model of blocks of 2 x 2 pixels and of upright bars of 4 pixels.

    Blocks are off the middle by up to `steps` pixels along each axis, at 9 offsets therefore. They
    are red or green, bars green. The ground is black.
    """
    window = (4 + 2 * margin, 4 + 2 * margin)
    canvas = Canvas(window, 1)
    block, bar = np.zeros((2, *window), np.float32)
    middle = window[0] // 2
    block[middle - 1 : middle + 1, middle - 1 : middle + 1] = 1
    bar[middle - 2 : middle + 2, middle - 1] = 1
    away = range(-steps, steps + 1)
    offsets = [Placement(1.0, down, right) for down in away for right in away]
    words = [
        Vocabulary(block, offsets, np.array([RED, GREEN])),
        Vocabulary(bar, [Placement(1.0, 0, 0)], np.array([GREEN])),
    ]
    palette = np.array([[1, 0, 0], [0, 1, 0]], np.float32)
    hypotheses = Hypotheses.of(canvas, words, palette, 10.0)
    frame = (4 * shape[0], 4 * shape[1])
    windows = Windows((4, 4), (0, 0), shape, frame, margin)
    background = np.zeros((*frame, 3), np.float32)
    likelihood = Likelihood(noise, 0.0, PRESENCE)
    return SceneModel(windows, background, hypotheses, likelihood)


def scene_of(model: SceneModel, things: Sequence[tuple[int, int, int, int]]) -> Scene:
    """Return the scene of one frame: row, column, template and tint of each thing."""
    shape = (1, *model.windows.shape)
    types, templates, tints = np.full(shape, -1), np.zeros(shape, np.int64), np.full(shape, -1)
    colours, zero = np.zeros((*shape, 3), np.float32), np.zeros(shape, np.float32)
    for row, col, template, tint in things:
        types[0, row, col] = model.hypotheses.types[template]
        templates[0, row, col], tints[0, row, col] = template, tint
        colours[0, row, col] = model.hypotheses.palette[tint]
    return Scene(types, templates, tints, colours, zero, zero)


def template_of(model: SceneModel, kind: int, down: int = 0, right: int = 0) -> int:
    """Return the number of the template of a type at an offset."""
    part = model.hypotheses.parts[kind]
    places = list(model.hypotheses.placements[part])
    return int(part.start) + places.index(Placement(1.0, down, right))


def as_bytes(frames: Floats32) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return frames in [0, 1] as `uint8`."""
    return np.round(np.clip(frames, 0, 1) * 255).astype(np.uint8)


def without_types(model: SceneModel) -> SceneModel:
    """Return the model with no type at all."""
    canvas = Canvas(model.windows.size, 1)
    return replace(model, hypotheses=Hypotheses.of(canvas, [], model.hypotheses.palette, 10.0))


def same_things(scene: Scene, other: Scene) -> bool:
    """Return whether two scenes hold the same types, templates and tints at the same places."""

    def held(part: Ints, types: Ints) -> Ints:
        return np.where(types < 0, -1, part)

    return all(
        np.array_equal(held(one, scene.types), held(two, other.types))
        for one, two in zip(scene[:3], other[:3], strict=True)
    )


def untrained(model: SceneModel, seed: int = 0, config: SceneEncoderConfig = FEW) -> LatentNetwork:
    """Return a network with random weights, for the places of a model."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        pixels = int(np.prod(model.windows.size))
        own = model.hypotheses
        return LatentNetwork(pixels, own.palette, Factors.of(own), config)
