"""Distinct tiles in spite of noise."""

from __future__ import annotations

import numpy as np
import pytest
from tile_worlds import tile, walk

from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.perception.tiles.distinct.averaging import Runs, _grouped, averaged_book
from dsrl_agent.perception.tiles.distinct.tile_book import TileBook


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


def test_runs_join_the_group_of_least_error_and_move_its_mean() -> None:
    scale = TileBook(np.zeros((1, 1, 1, 3)), np.ones(1, np.int64), 1.0, TilesThresholds())
    means = np.array([[10.0, 10, 10], [50, 50, 50], [11.5, 11.5, 11.5], [90, 90, 90]])
    runs = Runs(np.zeros((1, 1), np.int64), means, np.array([2, 3, 1, 1]))
    groups, found, sizes = _grouped(scale, runs)
    assert groups.tolist() == [1, 0, 1, 2]  # the longest run comes first
    assert found[:, 0].tolist() == [50.0, 10.5, 90.0]  # (2 * 10 + 11.5) / 3
    assert sizes.tolist() == [3, 3, 1]
