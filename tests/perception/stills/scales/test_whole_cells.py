from __future__ import annotations

import numpy as np
from numpy.testing import assert_array_equal

from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.stills.grid_from_contrast import StillGrid
from dsrl_agent.perception.stills.lines import CellLines
from dsrl_agent.perception.stills.scales.whole_cells import whole_cells


def test_cells_of_one_and_a_half_pixels() -> None:
    # Rows of 1.5 pixels from 0: old pixels 0 | 10 | 20; the cells have means (0 + 10 / 2) / 1.5 =
    # 3.3 and (10 / 2 + 20) / 1.5 = 16.7. Columns of 2 pixels from 1: the first pixel is half a
    # cell, so with one new pixel a cell it is left out.
    frames = np.zeros((1, 3, 5, 3), np.uint8)
    frames[0, :, :] = np.array([0, 10, 20])[:, None, None]
    grid = StillGrid(CellLines(1.5, 0.0, 2), CellLines(2.0, 1.0, 2), (3, 5))
    pictures, whole = whole_cells(frames, grid, 1)
    assert whole == Grid((1, 1), (0, 0), (2, 2), (2, 2))
    assert_array_equal(pictures[0, :, :, 0], [[3, 3], [17, 17]])


def test_whole_cells_stay_as_they_are() -> None:
    frames = np.random.default_rng(0).integers(0, 256, (2, 20, 23, 3), np.uint8)
    grid = StillGrid(CellLines(6.0, 1.0, 3), CellLines(6.0, 2.0, 3), (20, 23))
    pictures, whole = whole_cells(frames, grid, 6)
    assert_array_equal(pictures, frames)
    assert whole == Grid((6, 6), (1, 2), (3, 3), (20, 23))


def test_a_cell_that_sticks_out_by_a_fraction_goes_on_as_at_the_edge() -> None:
    frames = np.full((1, 12, 12, 3), 70, np.uint8)
    grid = StillGrid(CellLines(6.1, -0.4, 2), CellLines(6.0, 0.0, 2), (12, 12))
    pictures, whole = whole_cells(frames, grid, 12)
    assert whole == Grid((12, 12), (0, 0), (2, 2), (24, 24))
    assert (pictures == 70).all()


def test_a_cell_that_the_frame_cuts_off_by_less_than_half_a_pixel_is_one() -> None:
    frames = np.full((1, 12, 18, 3), 70, np.uint8)
    frames[0, 11] = 90
    # Rows end at 12.2, of 12 pixels; columns begin 0.2 pixels before the first, and end at 18.1.
    grid = StillGrid(CellLines(6.1, 0.0, 1), CellLines(6.1, 5.9, 1), (12, 18))
    pictures, inner = whole_cells(frames, grid, 12)
    assert inner == Grid((12, 12), (0, 12), (1, 1), (24, 36))
    assert inner.whole().shape == (2, 3)
    assert (pictures[0, -1] == 90).all()
