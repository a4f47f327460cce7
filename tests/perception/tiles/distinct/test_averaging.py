"""Distinct tiles in spite of noise."""

from __future__ import annotations

import numpy as np
import pytest
from tile_worlds import tile, walk

from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.perception.tiles.distinct.averaging import averaged_book


@pytest.mark.parametrize("deviation", [2.0, 8.0])
def test_noisy_tiles_are_told_apart_as_without_noise(deviation: float) -> None:
    play = walk(noise=deviation)
    book, found = averaged_book(play.footage, play.grid, deviation, TilesThresholds())
    letters = np.array([list(board) for board in play.boards])
    pairs = {(str(a), int(b)) for a, b in zip(letters.ravel(), found.ravel(), strict=True)}
    assert len(pairs) == len(book.tiles) == len(set(letters.ravel().tolist()))


def test_a_tile_is_the_mean_of_its_sightings() -> None:
    play = walk(noise=4.0)
    book, _ = averaged_book(play.footage, play.grid, 4.0, TilesThresholds())
    # The commonest tile is the wall: its mean over thousands of sightings is exact.
    assert np.abs(book.tiles[0] - tile("#")).max() < 0.5
    assert book.counts[0] == "".join(play.boards).count("#")
