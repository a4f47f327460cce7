"""Still pictures brought to whole cells, and facts counted from the first object."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dsrl_agent.config import PerceptionConfig
from dsrl_agent.errors import ObservationError
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.stills.cells import StillCells, StillSymbols
from dsrl_agent.types import Fact, Facts, Frame


def board(places: list[tuple[int, int]]) -> Frame:
    """Draw squares of 12 pixels in cells of 18 x 24 pixels, 3 rows by 3 columns."""
    frame = np.full((1, 54, 72, 3), 40, np.uint8)
    for row, col in places:
        frame[0, 18 * row + 3 : 18 * row + 15, 24 * col + 6 : 24 * col + 18] = 200
    return frame


def test_all_whole_cells_of_a_picture_are_looked_at() -> None:
    frame = board([(1, 1), (2, 2), (1, 2)])
    cells = StillCells.find(frame, PerceptionConfig())
    assert cells.found.rounded() == Grid((18, 24), (18, 24), (2, 2), (54, 72))
    assert cells.grid.shape == (3, 3)
    assert cells.grid.pitch == (12, 12)
    assert cells.first == (1, 1)
    small = cells.brought(frame)
    assert small.shape == (1, *cells.grid.frame, 3)
    rows, cols = cells.grid.cell(1, 1)
    # A square fills 2 of 3 of a cell's height and half of its width: 8 x 6 of 12 x 12 pixels.
    assert (small[0, rows, cols, 0] > 120).sum() == 48


def test_rows_and_columns_are_counted_from_the_first_that_holds_an_object() -> None:
    cells = StillCells.find(board([(1, 1), (2, 2), (1, 2)]), PerceptionConfig())
    types = np.zeros((2, 3, 3), np.int64)
    types[0, 1, 1], types[1, 2, 2] = 5, 6
    facts, grid = cells.counted(types)
    assert facts == [(Fact(5, 0, 0),), (Fact(6, 1, 1),)]
    assert (grid.origin, grid.shape) == ((18, 24), (2, 2))
    types[1, 0, 1] = 7  # in a row before the first of the grid found
    facts, grid = cells.counted(types)
    assert facts == [(Fact(5, 1, 0),), (Fact(6, 2, 1), Fact(7, 0, 0))]
    assert (grid.origin, grid.shape) == ((0, 24), (3, 2))


def test_enlarged_pictures_are_read_as_they_were_if_cells_had_enough_pixels() -> None:
    rng = np.random.default_rng(0)
    small = np.full((1, 30, 36, 3), 40, np.uint8)
    for row, col in [(0, 0), (1, 3), (2, 1), (4, 2), (3, 5)]:
        small[0, 6 * row + 1 : 6 * row + 5, 6 * col + 1 : 6 * col + 5] = rng.integers(
            90, 255, (4, 4, 3)
        )
    large = small.repeat(3, axis=1).repeat(3, axis=2)
    cells = StillCells.find(large, PerceptionConfig())
    assert (cells.found.rows.pitch, cells.side) == (6.0, 6)
    assert cells.counted(np.ones((1, 5, 6), np.int64))[1].pitch == (18, 18)
    assert cells.brought(large).shape == (1, 30, 36, 3)
    # Shown once, these cells have 3 pixels, of which another grid is found, or 2, and none is.
    for every in (2, 3):
        tiny = small[:, ::every, ::every].repeat(3 * every, axis=1).repeat(3 * every, axis=2)
        cells = StillCells.find(tiny, PerceptionConfig())
        assert not cells.source.is_enlarged
        assert cells.found.rows.pitch == 18.0


def test_pictures_of_another_size_are_refused() -> None:
    cells = StillCells.find(board([(0, 0), (2, 2), (1, 2)]), PerceptionConfig())
    with pytest.raises(ObservationError, match=r"of 54 x 70 pixels, but those learned from were"):
        cells.brought(board([(0, 0)])[:, :, :70])


def test_the_colours_of_each_type_are_gathered_over_pictures() -> None:
    facts: list[Facts] = [(Fact(1, 0, 0), Fact(2, 0, 1)), (Fact(-1, 0, 0), Fact(1, 1, 1))]
    coloured: list[Facts] = [(Fact(7, 0, 1), Fact(9, 0, 0)), (Fact(-1, 0, 0), Fact(8, 1, 1))]
    grid = Grid((8, 8), (0, 0), (2, 2), (16, 16))
    found = StillSymbols(facts, grid, np.ones(2), colours=coloured)
    assert found.colours_by_type() == {1: {9, 8}, 2: {7}}
    assert found._replace(colours=None).colours_by_type() == {}


def test_pitches_rounded_off_may_misplace_edges() -> None:
    cells = StillCells.find(board([(1, 1), (2, 2), (1, 2)]), PerceptionConfig())
    thresholds = PerceptionConfig().stills
    assert cells.misplaced(thresholds) == 0.0
    unsure = replace(cells, found=cells.found._replace(rounded_off=True))
    # 0.2 pixels of the narrowest cell of 18, which is brought to 12.
    assert unsure.misplaced(thresholds) == pytest.approx(0.2 * 12 / 18)
