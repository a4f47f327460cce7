"""Facts drawn on frames."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.perception.grid import Grid
from dsrl_agent.records.type_names import NO_NAMES, TypeNames
from dsrl_agent.types import UNKNOWN, Fact, Frame
from dsrl_agent.viewer.drawing import sheet_with_panel
from dsrl_agent.viewer.marks import draw_marks, marked, marks_of

GRID = Grid((10, 20), (3, 5), (2, 2), (23, 45))
FRAME: Frame = np.full((23, 45, 3), 90, np.uint8)
OWN = frozenset({1})


def test_a_mark_is_the_cell_of_its_fact_and_bears_its_type() -> None:
    facts = (Fact(1, 0, 0), Fact(2, 0, 1), Fact(3, 1, 0), Fact(UNKNOWN, 1, 1))
    marks = marks_of(GRID, FRAME, facts, OWN, TypeNames({3: "cross"}))
    places = [(mark.left, mark.top, mark.width, mark.height) for mark in marks]
    # Column c begins at 5 + 20 c, row r at 3 + 10 r.
    assert places == [(5, 3, 20, 10), (25, 3, 20, 10), (5, 13, 20, 10), (25, 13, 20, 10)]
    assert [mark.label for mark in marks] == ["", "2", "cross", "?"]
    assert len({mark.color for mark in marks}) == 3  # the agent and what is unknown are white


def test_small_cells_are_marked_six_pixels_large_about_their_middle() -> None:
    (mark,) = marks_of(
        Grid((2, 2), (0, 0), (9, 9), (18, 18)), FRAME, (Fact(2, 4, 5),), OWN, NO_NAMES
    )
    # The middle of cell (4, 5) is at row 9, column 11.
    assert mark[:4] == (8, 6, 6, 6)


def test_a_larger_frame_has_more_cells() -> None:
    larger: Frame = np.zeros((43, 85, 3), np.uint8)
    (mark,) = marks_of(GRID, larger, (Fact(2, 3, 3),), OWN, NO_NAMES)
    assert (mark.left, mark.top) == (65, 33)


def test_without_a_grid_nothing_is_marked() -> None:
    assert marks_of(None, FRAME, (Fact(2, 0, 0),), OWN, NO_NAMES) == []


@pytest.mark.parametrize("room", [None, (400, 300)])
def test_marks_are_drawn_about_their_cells_and_leave_the_rest(room: tuple[int, int] | None) -> None:
    marks = marks_of(GRID, FRAME, (Fact(2, 1, 1),), OWN, NO_NAMES)
    sheet, _, _ = sheet_with_panel(FRAME, "", 100, room)
    before = np.array(sheet.picture)
    draw_marks(sheet, FRAME, marks)
    rows, cols = np.nonzero((np.array(sheet.picture) != before).any(axis=2))
    left, top, width, height = sheet.world
    assert rows.min() == pytest.approx(top + height * 13 / 23, abs=1)
    assert rows.max() == pytest.approx(top + height - 1, abs=1)
    assert cols.min() == pytest.approx(left + width * 25 / 45, abs=1)
    assert cols.max() == pytest.approx(left + width - 1, abs=1)
    middle = np.array(sheet.picture)[rows.max() - height * 5 // 23, cols.max() - width * 6 // 45]
    assert middle.tolist() == [90, 90, 90]  # what stands there is still seen


def test_long_names_are_cut_to_the_room_of_their_cell() -> None:
    names = TypeNames({2: "a very long name of a thing"})
    marks = marks_of(GRID, FRAME, (Fact(2, 0, 0),), OWN, names)
    sheet, _, _ = sheet_with_panel(FRAME, "", 100)
    before = np.array(sheet.picture)
    draw_marks(sheet, FRAME, marks)
    changed = (np.array(sheet.picture) != before).any(axis=2)
    left, _, width, _ = sheet.world
    assert not changed[:, left + width * 25 // 45 + 1 :].any()


def test_a_marked_frame_is_enlarged_and_differs_where_its_marks_are() -> None:
    plain = np.asarray(marked(FRAME, []))
    (mark,) = marks_of(GRID, FRAME, (Fact(2, 1, 0),), OWN, NO_NAMES)
    shown = np.asarray(marked(FRAME, [mark]))
    assert plain.shape[0] % 23 == plain.shape[1] % 45 == 0
    factor = plain.shape[0] // 23
    rows, cols = np.nonzero((shown != plain).any(axis=2))
    assert (rows.min(), cols.min()) == (13 * factor, 5 * factor)
    assert rows.max() < 23 * factor
    assert cols.max() < 25 * factor
