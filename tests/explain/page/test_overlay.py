"""What is drawn over a frame of 12 x 16 pixels: hand-worked boxes, lines and paths."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tables import AGENT, NEAR, SELF, written

from dsrl_agent.explain.page.overlay import TouchMark, colour_of, middle_of, overlay, way_of
from dsrl_agent.explain.reasons.reasons import Reasons, reasons
from dsrl_agent.front_end.agency import ActionEffect
from dsrl_agent.front_end.knowledge import Course, ExpectedTouch
from dsrl_agent.perception.grid import Grid
from dsrl_agent.records.type_names import NO_NAMES, TypeNames
from dsrl_agent.types import UNKNOWN, Fact

GRID = Grid((10, 8), (1, 2), (3, 4), (32, 36))
OWN = frozenset({4})


def why(course: Course | None, agent: Fact | None) -> Reasons:
    found = reasons(written(), (AGENT, NEAR), [SELF, NEAR.type])
    return replace(found, course=course, agent=agent)


def test_lines_of_the_grid_are_at_the_edges_of_cells() -> None:
    found = overlay(GRID, (), OWN, NO_NAMES, None)
    assert (found.width, found.height) == (36, 32)
    assert found.rows == (1, 11, 21, 31)
    assert found.cols == (2, 10, 18, 26, 34)


def test_facts_are_boxes_around_their_cells() -> None:
    facts = (Fact(UNKNOWN, 0, 0), Fact(2, 1, 3), Fact(4, 2, 1))
    boxes = overlay(GRID, facts, OWN, TypeNames({2: "key"}), None).boxes
    assert [box[:4] for box in boxes] == [(2, 1, 8, 10), (26, 11, 8, 10), (10, 21, 8, 10)]
    assert [box.label for box in boxes] == ["?", "key", "4"]
    assert [box.title for box in boxes] == [
        "unknown at [0, 0]",
        "key at [1, 3]",
        "type 4, the agent at [2, 1]",
    ]
    assert [box.colour for box in boxes] == ["unknown", "type-1", "own"]


def test_long_names_are_written_small_enough_to_fit() -> None:
    names = TypeNames({2: "a very long name indeed"})
    (short, long) = overlay(GRID, (Fact(1, 0, 0), Fact(2, 0, 1)), OWN, names, None).boxes
    assert short.text > long.text
    assert len(long.label) * long.text * 0.6 < long.width


def test_facts_of_a_raster_of_pixels_are_marked_larger_than_it() -> None:
    raster = Grid((1, 1), (0, 0), (30, 30), (30, 30))
    found = overlay(raster, (Fact(2, 10, 20),), OWN, NO_NAMES, None)
    assert (found.rows, found.cols) == ((), ())
    assert found.boxes[0][:4] == (17.5, 7.5, 6, 6)


def test_ten_colours_are_given_out_in_turn() -> None:
    assert [colour_of(number, OWN) for number in (1, 10, 11)] == ["type-0", "type-9", "type-0"]


def test_a_plan_is_a_path_through_the_middles_of_cells() -> None:
    effects = {
        (4, 0): ActionEffect(0, 1, 4),
        (4, 1): ActionEffect(0, 0, 5),  # turns it
        (5, 0): ActionEffect(1, 0, 5),
    }
    touched = ExpectedTouch(4, Fact(2, 1, 2), 1.0, known=False)
    course = Course((0, 0, 1, 0, 3), (touched,), planned=True, value=1.0)
    found = way_of(GRID, why(course, Fact(4, 0, 0)), effects, TypeNames({2: "key"}))
    assert found is not None
    assert found.points == "6,6 14,6 22,6 22,6 22,16"
    assert found.planned
    assert found.end == (22, 16)
    assert found.touches == (TouchMark(22, 16, "step 4: key, +1.00, a hope"),)


def test_there_is_no_way_without_a_course_or_an_agent() -> None:
    assert way_of(GRID, why(None, AGENT), {}, NO_NAMES) is None
    assert way_of(GRID, why(Course((0,), (), True, 0.0), None), {}, NO_NAMES) is None


def test_the_middle_of_a_cell_is_column_first() -> None:
    assert np.array_equal(middle_of(GRID, 2, 1), (14, 26))
