"""Footage: transitions in order, and tiles cut from frames."""

from __future__ import annotations

import numpy as np
from tile_worlds import PITCH, ROOM, draw, grid_of, tile

from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.tiles.distinct.footage import footage_of
from dsrl_agent.types import Frame, FrameTransitions


def _frame(level: int) -> Frame:
    return np.full((2, 3, 3), level, np.uint8)


def test_a_transition_that_begins_elsewhere_begins_an_episode() -> None:
    before = np.stack([_frame(1), _frame(2), _frame(7)])
    after = np.stack([_frame(2), _frame(3), _frame(8)])
    footage = footage_of(FrameTransitions(before, np.array([4, 5, 6]), after))
    assert footage.frames[:, 0, 0, 0].tolist() == [1, 2, 3, 7, 8]
    assert footage.follows.tolist() == [False, True, True, False, True]
    assert footage.actions.tolist() == [-1, 4, 5, -1, 6]


def test_tiles_come_row_by_row() -> None:
    tiles = grid_of(ROOM).cut(draw(ROOM))
    assert tiles.shape == (36, *PITCH, 3)
    assert np.array_equal(tiles[2 * 6 + 3], tile("k").round())


def test_tiles_begin_at_the_origin_of_the_grid() -> None:
    frame = np.zeros((9, 13, 3), np.uint8)
    frame[1:] = draw(ROOM)[:8, :13]
    grid = Grid(PITCH, (1, 0), (1, 1), (9, 13))
    assert np.array_equal(grid.cut(frame)[0], tile("#"))
