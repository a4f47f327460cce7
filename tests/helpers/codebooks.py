"""Codebooks of one latent, and spectra around their groups."""

from __future__ import annotations

import numpy as np

from dsrl_agent.symbols import Codebook
from dsrl_agent.types import Floats


def points(places: list[float], types: list[int], weights: list[float] | None = None) -> Codebook:
    """Make a codebook of groups at given places, of variance 1."""
    count = len(places)
    return Codebook(
        np.ones(1),
        np.array(places)[:, None],
        np.ones((count, 1)),
        np.full(count, 1 / count) if weights is None else np.array(weights),
        np.array(types),
    )


def codebook(places: list[float], types: list[int]) -> Codebook:
    """Make a codebook of groups of variance 4 in units of 2, all equally common."""
    count = len(places)
    return Codebook(
        np.array([2.0]),
        np.array(places)[:, None] / 2,
        np.full((count, 1), 4.0),
        np.full(count, 1 / count),
        np.array(types),
    )


def spread(places: list[float], count: int = 50) -> Floats:
    """Return spectra spread by one codebook unit (2) around places."""
    steps = np.linspace(-2.0, 2.0, count)
    return np.concatenate([place + steps for place in places])[:, None]
