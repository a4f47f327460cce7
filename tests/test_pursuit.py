"""Looks found at any place: on frames put together by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.blobs import find_blobs, standing
from dsrl_agent.grid import Grid
from dsrl_agent.pursuit import Pursuit, Scenery, explained
from dsrl_agent.types import Floats32, Frame

GRID = Grid((7, 7), (2, 3), (3, 4), (25, 33))
FLOOR = 51  # a fifth of the range


def look(side: int, colour: tuple[int, int, int]) -> Floats32:
    """A block in the middle of a window of a cell's size, as contrast with the floor."""
    window = np.zeros((7, 7, 3), np.float32)
    start = (7 - side) // 2
    window[start : start + side, start : start + side] = (np.array(colour) - FLOOR) / 255
    return window


BIG, SMALL = look(5, (255, 51, 51)), look(3, (51, 255, 51))
SCENERY = Scenery(GRID, np.full((7, 7, 3), FLOOR / 255, np.float32))
PURSUIT = Pursuit(SCENERY, np.stack([BIG, SMALL]))


def frame(*put: tuple[int, int, int]) -> Frame:
    """A frame with looks (number, top, left of its window), later ones over earlier ones."""
    picture = np.full((25, 33, 3), FLOOR / 255, np.float32)
    for number, top, left in put:
        window = picture[top : top + 7, left : left + 7]
        own = PURSUIT.looks[number][: window.shape[0], : window.shape[1]]
        window[:] = np.where(own.any(axis=2, keepdims=True), FLOOR / 255 + own, window)
    return np.rint(picture * 255).astype(np.uint8)


def test_looks_are_found_off_the_grid() -> None:
    found = PURSUIT.find(frame((0, 4, 2), (1, 9, 20))[None], GRID)
    assert_array_equal(found[0], [[0, -1, -1, -1], [-1, -1, 1, -1], [-1, -1, -1, -1]])


def test_of_two_that_overlap_each_is_found() -> None:
    # The first covers columns 4-8, the second 8-12 and lies on it.
    found = PURSUIT.find(frame((0, 2, 3), (0, 2, 7))[None], GRID)
    assert_array_equal(found[0, 0], [0, 0, -1, -1])


def test_nothing_is_found_where_there_is_nothing() -> None:
    assert (PURSUIT.find(frame()[None], GRID) == -1).all()


def test_of_a_look_hidden_by_more_than_half_nothing_is_said() -> None:
    hidden = frame((0, 2, 3))
    hidden[:, 3:7] = FLOOR  # of columns 4-8 two are left
    assert (PURSUIT.find(hidden[None], GRID) == -1).all()


def test_frames_of_another_size_are_searched_on_their_own_grid() -> None:
    wide = np.pad(frame((0, 4, 2)), ((0, 7), (0, 7), (0, 0)), constant_values=FLOOR)
    found = PURSUIT.find(wide[None], GRID.fitted(*wide.shape[:2]))
    assert found.shape == (1, 4, 5)
    assert found[0, 0, 0] == 0


def test_how_much_one_look_explains_of_another() -> None:
    half = BIG * np.float32(0.5)
    # Half the brightness: 2 x 0.5 - 0.25 of the whole one's energy, and 2 x 2 - 4 of the half's.
    assert_allclose(explained(np.stack([BIG, half])), [[1, 0.75], [0, 1]], atol=1e-5)


def test_blobs_stand_alone_and_are_no_larger_than_a_cell() -> None:
    lone = frame((0, 4, 2), (1, 9, 20))
    touching = frame((0, 4, 2), (0, 4, 7))
    blobs = find_blobs(np.stack([lone, touching]), SCENERY)
    assert_array_equal(blobs.corners, [[4, 2], [9, 20]])
    assert_allclose(blobs.windows, np.stack([BIG, SMALL]), atol=1 / 255)


@pytest.mark.parametrize(("offsets", "middle", "spread"), [((1, 1), 1, 0), ((-1, 1), 0, 1)])
def test_how_far_off_the_grid_blobs_stand(
    offsets: tuple[int, int], middle: float, spread: float
) -> None:
    frames = np.stack([frame((0, 9 + offset, 10)) for offset in offsets])
    found = standing(find_blobs(frames, SCENERY), GRID)
    assert_allclose(found.middle, [middle, 0], atol=1e-6)
    assert_allclose(found.spread, [spread, 0], atol=1e-6)
