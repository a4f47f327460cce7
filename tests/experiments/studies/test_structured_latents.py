"""The latents of the model of things on drawn factors."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from dsrl_agent.back_end.vae import CELL_LAYERS
from dsrl_agent.experiments.studies.factors import FactorImages
from dsrl_agent.experiments.studies.structured_latents import structured_latents


def drawn() -> FactorImages:
    """Draw squares and bars of 2 colours at 9 places in 12 x 12 pixels."""
    factors = np.array(list(itertools.product(range(2), range(2), range(3), range(3))))
    frames = np.full((len(factors), 12, 12, 3), 0.1, np.float32)
    for frame, (shape, colour, row, col) in zip(frames, factors, strict=True):
        high, wide = ((6, 6), (2, 8))[shape]
        top, left = 5 - high // 2 + row, 5 - wide // 2 + col
        frame[top : top + high, left : left + wide] = ((0.9, 0.2, 0.2), (0.2, 0.3, 0.9))[colour]
    names = ("shape", "colour", "row", "column")
    return FactorImages(frames.transpose(0, 3, 1, 2), factors, names, CELL_LAYERS)


def test_each_factor_has_a_latent_of_its_own() -> None:
    data = drawn()
    found = structured_latents(data)
    assert found.types == 2
    assert found.values.shape == (36, 5)
    assert found.gaps == pytest.approx(np.ones(4))
    assert np.unique(found.values[:, 2]).tolist() == [1.0]  # nothing varies in size
