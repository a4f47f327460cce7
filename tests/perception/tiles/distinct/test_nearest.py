"""The nearest of some means in single precision, and a bound of the error."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.perception.tiles.distinct.nearest import NearestMeans
from dsrl_agent.perception.tiles.distinct.tile_book import squared_errors


def test_the_nearest_mean_and_its_mean_squared_difference_by_hand() -> None:
    means = np.array([[10.0, 20.0], [100.0, 40.0]])
    best, least, doubt = NearestMeans(means).of(np.array([[12, 21], [90, 50]], np.uint8))
    assert best.tolist() == [0, 1]
    assert least.tolist() == pytest.approx([2.5, 100.0])  # (4 + 1) / 2 and (100 + 100) / 2
    assert (doubt < 0.1).all()


def test_of_equal_means_none_is_the_nearest_for_sure() -> None:
    means = np.array([[10.0, 20.0], [10.0, 20.0], [200.0, 0.0]])
    _, _, doubt = NearestMeans(means).of(np.array([[10, 20], [199, 0]], np.uint8))
    assert np.isinf(doubt).tolist() == [True, False]


def test_the_bound_holds_where_tiles_are_bright_and_large() -> None:
    rng = np.random.default_rng(0)
    means = rng.uniform(200.0, 255.0, (12, 768))
    tiles = np.clip(
        np.rint(means[rng.integers(12, size=500)] + rng.normal(0, 9, (500, 768))), 0, 255
    )
    best, least, doubt = NearestMeans(means).of(tiles.astype(np.uint8))
    away = squared_errors(tiles, means)
    assert np.array_equal(best, away.argmin(axis=1))
    assert np.isfinite(doubt).all()
    assert (np.abs(least - away.min(axis=1)) <= doubt).all()


def test_a_single_mean_is_always_the_nearest() -> None:
    best, _, doubt = NearestMeans(np.array([[10.0, 20.0]])).of(np.array([[0, 0]], np.uint8))
    assert best.tolist() == [0]
    assert np.isfinite(doubt).all()
