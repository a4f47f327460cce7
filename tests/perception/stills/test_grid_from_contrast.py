from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dsrl_agent.config.tiling import StillGridThresholds
from dsrl_agent.errors import PerceptionError
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.stills.grid_from_contrast import StillGrid, _settled, find_still_grid
from dsrl_agent.perception.stills.lines import CellLines, LineFit
from dsrl_agent.types import Frame

DEFAULTS = StillGridThresholds()


def board(
    holds: NDArray[Any], pitch: tuple[float, float], origin: tuple[float, float], size: int
) -> Frame:
    """Draw pictures `[N, size, size, 3]` of discs in the cells `[N, R, C]` that hold one."""
    places = np.arange(size) + 0.5
    frames = np.full((len(holds), size, size, 3), 20, np.float64)
    for picture, row, col in zip(*np.nonzero(holds), strict=True):
        middle = (origin[0] + (row + 0.5) * pitch[0], origin[1] + (col + 0.5) * pitch[1])
        down, across = ((places - middle[axis]) / pitch[axis] for axis in (0, 1))
        frames[picture, np.hypot(down[:, None], across) < 0.4] = (230, 200, 60)
    return frames.astype(np.uint8)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    st.tuples(st.floats(7.0, 30.0), st.floats(7.0, 30.0)),
    st.tuples(st.floats(0.0, 6.0), st.floats(0.0, 6.0)),
    st.floats(0.3, 1.0),
    st.integers(0, 2**32 - 1),
)
def test_discs_on_a_grid_of_any_scale(
    pitch: tuple[float, float], origin: tuple[float, float], full: float, seed: int
) -> None:
    holds = np.random.default_rng(seed).random((8, 4, 5)) < full
    holds[0, 0, 0] = holds[0, 3, 4] = True
    frames = board(holds, pitch, origin, int(5 * max(pitch) + 12))
    found = find_still_grid(frames, DEFAULTS)
    for lines, length, start, cells in zip(found[:2], pitch, origin, (4, 5), strict=True):
        assert lines.cells == cells
        assert lines.pitch == pytest.approx(length, abs=0.15)
        assert lines.origin == pytest.approx(start, abs=0.6)


def test_noise_and_one_picture() -> None:
    holds = np.array([[[1, 0, 1], [0, 1, 1], [1, 1, 0]]])
    frames = board(holds, (14.0, 14.0), (2.0, 3.0), 50)
    noise = np.random.default_rng(2).normal(0, 20, frames.shape)
    frames = np.clip(frames + noise, 0, 255).astype(np.uint8)
    grid = find_still_grid(frames, DEFAULTS).rounded()
    assert (grid.pitch, grid.shape) == ((14, 14), (3, 3))
    assert np.abs(np.subtract(grid.origin, (2, 3))).max() <= 1


def test_a_single_row_takes_the_pitch_of_the_columns() -> None:
    holds = np.array([[[1, 1, 0, 1]]])
    found = find_still_grid(board(holds, (12.0, 12.0), (5.0, 2.0), 60), DEFAULTS)
    assert found.rows.cells == 1
    assert found.rows.pitch == pytest.approx(found.columns.pitch, abs=0.05)
    assert found.rows.origin == pytest.approx(5.0, abs=0.6)


def test_rounding_keeps_the_middle_and_the_frame() -> None:
    # Rows: 3 of 10.4 from 1.3: middle 16.9, 3 of 10 from 1.9, so from 2.
    # Columns: 4 of 9.6 from -0.7: middle 18.5, 4 of 10 from -1.5, so from -2, beyond the frame:
    # the first is left out.
    grid = StillGrid(CellLines(10.4, 1.3, 3), CellLines(9.6, -0.7, 4), (40, 40)).rounded()
    assert grid == Grid((10, 10), (2, 8), (3, 3), (40, 40))


def test_pictures_without_objects_have_no_grid() -> None:
    with pytest.raises(PerceptionError, match="Nothing stands out"):
        find_still_grid(np.full((2, 30, 30, 3), 90, np.uint8), DEFAULTS)
    frames = board(np.ones((1, 1, 1)), (12.0, 12.0), (5.0, 5.0), 30)
    with pytest.raises(PerceptionError, match="one row and one column"):
        find_still_grid(frames, DEFAULTS)


def test_two_rows_that_nothing_checks_tell_no_cells_clearly() -> None:
    few, more = np.zeros((2, 1, 3, 3), np.int64)
    few[0, [0, 2], 1] = 1
    more[0, [0, 2, 0], [1, 1, 2]] = 1
    alone, told = (
        find_still_grid(board(holds, (12, 12), (4, 4), 44), DEFAULTS) for holds in (few, more)
    )
    assert not alone.clear
    assert told.clear
    many = find_still_grid(np.repeat(board(few, (12, 12), (4, 4), 44), 4, axis=0), DEFAULTS)
    assert many.clear


def test_empty_columns_make_no_pitch_of_several_cells() -> None:
    # Every other column is empty, so that things stand 20 pixels apart, in cells of 10.
    holds = np.array([[[1, 0, 0, 0, 1], [1, 0, 0, 0, 0], [0, 0, 1, 0, 1], [1, 0, 0, 0, 0]]])
    frames = board(holds, (10.0, 10.0), (3.0, 2.0), 56)
    found = find_still_grid(frames, DEFAULTS)
    assert (found.rows, found.columns) == (CellLines(10.0, 3.0, 4), CellLines(10.0, 2.0, 5))
    assert find_still_grid(frames, StillGridThresholds(about_best=0.0)).columns.pitch == 20.0
    # Pitches that differ by less than others do are no others: the best alone is looked at.
    assert find_still_grid(frames, StillGridThresholds(other_pitch=0.8)).columns.pitch == 20.0


def test_a_pitch_that_was_measured_to_be_no_whole_number_may_be_none() -> None:
    fits = [LineFit(np.arange(4), pitch, 30.0, 0.5) for pitch in (12.1, 12.3)]
    for most, rounded_off in ((0.2, True), (0.4, False)):
        thresholds = StillGridThresholds(rounded_off=most, errors=9.0)
        grid = _settled(fits, (60, 60), True, False, thresholds)
        assert (grid.rows.pitch, grid.columns.pitch) == (12.0, 12.0)
        assert grid.rounded_off == rounded_off
    assert not _settled(fits, (60, 60), True, True, StillGridThresholds(errors=9.0)).rounded_off
