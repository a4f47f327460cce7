"""Lay out what is drawn over a frame: the grid, the facts, and the plan as a path."""

from __future__ import annotations

from typing import NamedTuple

from dsrl_agent.explain.reasons.reasons import Reasons
from dsrl_agent.front_end.agency import ActionEffects
from dsrl_agent.front_end.knowledge import Course
from dsrl_agent.perception.grid import Grid
from dsrl_agent.records.type_names import TypeNames
from dsrl_agent.types import UNKNOWN, Fact, Facts

_COLOURS = 10  # classes of colours in the style sheet, given out in turn
_MARK = 0.4  # of a cell: radius of the mark of a touch
_LABEL, _LETTER = 0.34, 0.68  # height of a label in cells, and width of a letter in its height
LEAST_SIDE = 6
"""Pixels: facts of smaller cells, as those of sight off the grid, are marked this large."""

Point = tuple[float, float]
"""Column and row in pixels of a frame."""


class Box(NamedTuple):
    """A fact on the frame, in pixels."""

    left: float
    top: float
    width: float
    height: float
    label: str  # the number of its type, or its name
    title: str  # what it is, in full
    colour: str  # class of its colour
    text: float  # height of the label


class TouchMark(NamedTuple):
    """A touch on the way of a plan."""

    x: float
    y: float
    text: str  # what is expected


class DrawnCourse(NamedTuple):
    """A plan, or the greedy steps that are expected, as a path."""

    points: str  # of an SVG polyline
    planned: bool
    end: Point
    touches: tuple[TouchMark, ...]


class Overlay(NamedTuple):
    """What is drawn over a frame, in its pixels."""

    width: int
    height: int
    rows: tuple[int, ...]  # where the lines of the grid are, from the top
    cols: tuple[int, ...]  # from the left
    boxes: tuple[Box, ...]
    way: DrawnCourse | None
    mark: float  # radius of the marks of touches


def colour_of(number: int, own: frozenset[int]) -> str:
    """Return the class of the colour in which a type is drawn everywhere on the page."""
    if number in own:
        return "own"
    return "unknown" if number == UNKNOWN else f"type-{(number - 1) % _COLOURS}"


def called_by(number: int, names: TypeNames) -> str:
    """Return what a type is called on the page."""
    return "unknown" if number == UNKNOWN else names.of(number)


def overlay(
    grid: Grid, facts: Facts, own: frozenset[int], names: TypeNames, way: DrawnCourse | None
) -> Overlay:
    """Return what is drawn over a frame; the grid is that of the frame's size."""
    height, width = grid.frame
    rows, cols = (_edges(grid, axis) for axis in (0, 1))
    boxes = tuple(_box(grid, fact, own, names) for fact in facts)
    mark = max(min(grid.pitch), LEAST_SIDE) * _MARK
    return Overlay(width, height, rows, cols, boxes, way, mark)


def _edges(grid: Grid, axis: int) -> tuple[int, ...]:
    """Return where the lines of the grid are on an axis; none where they would hide the picture."""
    if grid.pitch[axis] < LEAST_SIDE:
        return ()
    return tuple(grid.origin[axis] + n * grid.pitch[axis] for n in range(grid.shape[axis] + 1))


def way_of(
    grid: Grid, why: Reasons, effects: ActionEffects, names: TypeNames
) -> DrawnCourse | None:
    """Return the course that the agent expects as a path, `None` without one.

    `effects` are those of each action on each appearance of the agent.
    """
    if why.course is None or why.agent is None:
        return None
    points = [middle_of(grid, fact.row, fact.col) for fact in _stations(why, why.course, effects)]
    touches = tuple(
        TouchMark(
            *middle_of(grid, touch.fact.row, touch.fact.col),
            names.put_into(
                f"step {touch.step}: type {touch.fact.type}, {touch.reward:+.2f}"
                f"{'' if touch.known else ', a hope'}"
            ),
        )
        for touch in why.course.touches
    )
    written = " ".join(f"{x:g},{y:g}" for x, y in points)
    return DrawnCourse(written, why.course.planned, points[-1], touches)


def middle_of(grid: Grid, row: int, col: int) -> Point:
    """Return the middle of a cell in pixels, column first."""
    top, left = (grid.origin[i] + (row, col)[i] * grid.pitch[i] for i in (0, 1))
    return left + grid.pitch[1] / 2, top + grid.pitch[0] / 2


def _stations(why: Reasons, course: Course, effects: ActionEffects) -> list[Fact]:
    """Return where the agent would be, step by step, if nothing stood in its way."""
    assert why.agent is not None
    at = [why.agent]
    for action in course.actions:
        here = at[-1]
        effect = effects.get((here.type, action))
        if effect is not None:
            at.append(Fact(effect.type, here.row + effect.d_row, here.col + effect.d_col))
    return at


def _box(grid: Grid, fact: Fact, own: frozenset[int], names: TypeNames) -> Box:
    x, y = middle_of(grid, fact.row, fact.col)
    height, width = (max(side, LEAST_SIDE) for side in grid.pitch)
    called = called_by(fact.type, names)
    short = "?" if fact.type == UNKNOWN else called.removeprefix("type ")
    agent = ", the agent" if fact.type in own else ""
    title = f"{called}{agent} at [{fact.row}, {fact.col}]"
    colour = colour_of(fact.type, own)
    text = min(_LABEL * height, width / (_LETTER * (len(short) + 1)))
    return Box(x - width / 2, y - height / 2, width, height, short, title, colour, text)
