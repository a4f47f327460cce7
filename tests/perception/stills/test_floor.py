"""The floor of still pictures and its noise."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dsrl_agent.config import PerceptionConfig
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.stills.floor import find_floor
from dsrl_agent.perception.things.evidence.windows import windows_of

CONFIG = PerceptionConfig()
WINDOWS = windows_of(Grid((8, 8), (4, 4), (4, 4), (40, 40)), CONFIG.things)


def test_a_plain_floor_has_half_a_level_of_noise() -> None:
    frames = np.full((1, 40, 40, 3), 51, np.uint8)
    frames[0, 5:11, 5:11] = 255
    floor = find_floor(frames, WINDOWS, CONFIG)
    assert_allclose(floor.picture, 0.2, atol=1e-6)  # 51 / 255, below the thing as well
    assert floor.noise == pytest.approx(0.5 / 255)


def test_noise_is_that_of_the_floor_alone() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(100, 15, (12, 40, 40, 3))
    values[:, 5:11, 5:11] += 100
    floor = find_floor(np.rint(values).clip(0, 255).astype(np.uint8), WINDOWS, CONFIG)
    assert floor.noise * 255 == pytest.approx(15, rel=0.05)
    assert_allclose(floor.picture[16:, 16:] * 255, 100, atol=20)
    assert floor.picture[16:, 16:].mean() * 255 == pytest.approx(100, abs=1)


def test_a_texture_stays_and_chance_does_not() -> None:
    rng = np.random.default_rng(1)
    texture = rng.integers(60, 140, (1, 40, 40, 1))
    for amount, kept in ((1.0, True), (0.0, False)):
        own = 100 + amount * (texture - 100)
        values = own + rng.normal(0, 15, (16, 40, 40, 3))
        floor = find_floor(np.rint(values).clip(0, 255).astype(np.uint8), WINDOWS, CONFIG)
        away = 255 * floor.picture - own[0]
        # The mean of 16 pictures differs by 15 / 4 levels; a plain floor's pixels hardly differ.
        assert np.sqrt(np.square(away).mean()) < (8.0 if kept else 2.0)
