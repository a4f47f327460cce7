"""The grid extended to objects that stand where nothing changed, on frames put together by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dsrl_agent.config.sights import ExtentThresholds
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.motion.egomotion import Trail
from dsrl_agent.perception.motion.grid_extent import extend_grid
from dsrl_agent.types import CELL_SIDE, Frame

# Frames of 4 x 5 cells of 12 pixels; the ego-object was seen in 2 x 2 of them, from (1, 1) on.
GRID = Grid((12, 12), (12, 12), (2, 2), (48, 60))


def frames_of(*drawings: str) -> Frame:
    """Return frames in which digits are tenths of the range."""
    values = np.array([[[int(digit) for digit in row] for row in d.split()] for d in drawings])
    levels = np.kron(25 * values, np.ones((1, 12, 12), np.int64)).astype(np.uint8)
    return np.repeat(levels[..., None], 3, axis=3)


def trail_of(count: int) -> Trail:
    left = np.zeros((count, 2, 2), np.bool_)
    left[:, 0, 1] = True
    entered = np.zeros_like(left)
    entered[:, 1, 1] = True
    return Trail(left, entered, np.zeros((3, CELL_SIDE, CELL_SIDE), np.float32), 0.0)


def shape_of(thresholds: ExtentThresholds, *drawings: str) -> tuple[int, int]:
    frames = frames_of(*drawings)
    return extend_grid(GRID, trail_of(len(frames)), frames, thresholds)[0].shape


CORNER = "00000 09000 00000 00005"


def test_the_grid_reaches_to_objects_that_stand_beyond_it() -> None:
    frames = frames_of(CORNER, CORNER)
    grid, trail = extend_grid(GRID, trail_of(2), frames, ExtentThresholds())
    assert grid == Grid((12, 12), (12, 12), (3, 4), (48, 60))
    assert trail.left.shape == trail.entered.shape == (2, 3, 4)
    # The cells are the same ones: (0, 1) and (1, 1) of the grid, whose first cell is the same.
    assert_array_equal(np.argwhere(trail.left[0]), [[0, 1]])
    assert_array_equal(np.argwhere(trail.entered[1]), [[1, 1]])


def test_cells_before_the_first_shift_the_trail() -> None:
    grid, trail = extend_grid(
        GRID, trail_of(1), frames_of("50000 09000 00000 00000"), ExtentThresholds()
    )
    assert grid == Grid((12, 12), (0, 0), (3, 3), (48, 60))
    assert_array_equal(np.argwhere(trail.left[0]), [[1, 2]])


def test_a_grid_that_fills_the_frame_is_returned_as_it_is() -> None:
    whole = Grid((12, 12), (0, 0), (2, 2), (24, 24))
    trail = trail_of(1)
    found = extend_grid(whole, trail, frames_of("09 00"), ExtentThresholds())
    assert found[0] is whole
    assert found[1] is trail


@pytest.mark.parametrize(("standing", "shape"), [(0.5, (3, 4)), (0.6, (2, 2))])
def test_an_object_differs_from_emptiness_by_a_share_of_the_largest_difference(
    standing: float, shape: tuple[int, int]
) -> None:
    assert shape_of(ExtentThresholds(standing=standing), CORNER) == shape  # 5 of 9 are 0.56


@pytest.mark.parametrize(("quiet", "shape"), [(0.0, (3, 4)), (0.5, (2, 2))])
def test_a_quantile_of_the_differences_is_noise(quiet: float, shape: tuple[int, int]) -> None:
    # Of the 4 cells known 1 holds 9, 2 hold 4 and 1 holds nothing: the median is 4. Beyond it a
    # quarter of the way to 9 is 5.25, beyond nothing it is 2.25.
    assert shape_of(ExtentThresholds(quiet=quiet), "00000 09400 04000 00005") == shape


@pytest.mark.parametrize(("sample", "shape"), [(4, (3, 4)), (2, (2, 2))])
def test_a_sample_of_the_frames_is_looked_at(sample: int, shape: tuple[int, int]) -> None:
    empty = "00000 09000 00000 00000"
    # The second frame alone shows the object: with a sample of 2 the first and third are seen.
    assert shape_of(ExtentThresholds(sample=sample), empty, CORNER, empty, empty) == shape
