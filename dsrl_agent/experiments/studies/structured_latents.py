"""Read the latents of the model of things from images of single objects."""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np

from dsrl_agent.config import PerceptionConfig
from dsrl_agent.experiments.studies.disentanglement import mutual_information_gap
from dsrl_agent.experiments.studies.factors import FactorImages
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.stills.learning import learn_stills
from dsrl_agent.types import Floats, Floats32

NAMES = ("type", "tint", "scale", "offset down", "offset right")
"""The latents of a place."""


class StructuredLatents(NamedTuple):
    """The latents of images, and what they cost."""

    values: Floats  # [N, 5], as `NAMES`; where no thing is seen, type and tint are -1
    gaps: Floats  # [F]: the mutual information gap of each factor
    types: int  # types that were found
    seconds: float  # CPU time to learn and read


def structured_latents(data: FactorImages) -> StructuredLatents:
    """Learn sprites from images of one object each, from pixels alone, and read their latents.

    An image is a picture with one cell. The scale is relative to the largest of its type: sprites
    are learned from exemplars of different sizes.
    """
    start = time.process_time()
    values, types = _latents(data.images)
    seconds = time.process_time() - start
    return StructuredLatents(values, mutual_information_gap(values, data.factors), types, seconds)


def _latents(images: Floats32) -> tuple[Floats, int]:
    """Return the latents `[N, 5]` of images `[N, 3, H, W]` in [0, 1], and the number of types."""
    frames = np.rint(images.transpose(0, 2, 3, 1) * 255).astype(np.uint8)
    size = (frames.shape[1], frames.shape[2])
    model = learn_stills(frames, Grid(size, (0, 0), (1, 1), size), PerceptionConfig())
    scene = model.read(frames)
    types, templates = scene.types.ravel(), scene.templates.ravel()
    there = types >= 0
    places = np.array(model.scenes.hypotheses.placements, np.float64)
    values = np.zeros((len(frames), len(NAMES)))
    values[:, 0], values[:, 1] = types, scene.tints.ravel()
    values[there, 2:] = places[templates[there]]
    for kind in np.unique(types[there]):
        values[types == kind, 2] /= values[types == kind, 2].max()
    return values, len(model.vocabularies)
