"""Tiles that differ by where lines of pixels cut their cells."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.perception.tiles.distinct.joining import joined_book
from dsrl_agent.perception.tiles.distinct.tile_book import TileBook


def book(levels: list[float]) -> TileBook:
    tiles = np.array(levels)[:, None, None, None] * np.ones((1, 2, 2, 3))
    return TileBook(tiles, np.ones(len(levels), np.int64), 0.0, TilesThresholds())


def test_near_tiles_are_joined_and_the_commonest_kind_comes_first() -> None:
    # 50, 53 and 47 are one kind, as are 100 and 104; 53 - 47 is less than the gap to 100.
    joined, ids = joined_book(
        book([50, 100, 53, 47, 104]), np.array([[1, 4, 4], [0, 2, 3], [1, 1, 1]])
    )
    assert joined.tiles[:, 0, 0, 0].tolist() == [102.0, 50.0]
    assert joined.counts.tolist() == [2, 3]
    assert ids.tolist() == [[0, 0, 0], [1, 1, 1], [0, 0, 0]]
    assert joined.noise == pytest.approx(3.0)  # from 53 to 50


@pytest.mark.parametrize(
    ("levels", "kinds"),
    [
        ([0, 40, 80], 3),  # all are far apart
        ([0, 3], 1),  # less than any blur
        ([0, 1, 30, 31, 90], 3),
        ([7], 1),
    ],
)
def test_the_largest_gap_tells_kinds(levels: list[float], kinds: int) -> None:
    joined, _ = joined_book(book(levels), np.arange(len(levels))[None])
    assert len(joined.tiles) == kinds
