"""Compose pictures of an agent's play: the world, and a panel of its facts and action values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dsrl_agent.types import Frame
from dsrl_agent.viewer.drawing import (
    BAR,
    CHOSEN,
    DIM,
    GAP,
    INNER_WIDTH,
    MARGIN,
    ROW,
    TEXT,
    Sheet,
    sheet_with_panel,
)
from dsrl_agent.viewer.marks import Mark, draw_marks

_LINE_ROWS, _FACT_ROWS = 4, 3  # rows for status lines, and the least rows for facts
_NAME_WIDTH, _NUMBER_WIDTH = 74, 68  # pixels on either side of a bar
_FACT_COLUMNS = 2


@dataclass(frozen=True, slots=True)
class Panel:
    """Contents of the panel beside the world."""

    title: str  # one line, such as the agent's name
    # label and location of each fact, such as `("type 2", "[1, 3]")`
    facts: Sequence[tuple[str, str]]
    values: Sequence[float]  # value of each action; empty for an agent without values
    actions: Sequence[str]  # name of each action
    chosen: int | None  # number of the action taken, or None
    lines: Sequence[str]  # at most four status lines, such as the score
    hints: Sequence[str] = ()  # lines at the bottom, such as the keys

    def __post_init__(self) -> None:
        if len(self.values) not in (0, len(self.actions)):
            raise ValueError(
                f"There are {len(self.values)} values for {len(self.actions)} actions; "
                "give one for each, or none at all."
            )
        if self.chosen is not None and not 0 <= self.chosen < len(self.actions):
            raise ValueError(
                f"chosen is {self.chosen}, but must number one of {len(self.actions)} actions."
            )
        if len(self.lines) > _LINE_ROWS:
            raise ValueError(
                f"There are {len(self.lines)} status lines, but room for {_LINE_ROWS}; "
                "put several statements into one line."
            )


def compose(
    frame: Frame, panel: Panel, marks: Sequence[Mark] = (), room: tuple[int, int] | None = None
) -> Frame:
    """Draw the world with marks on it and, to its right, the panel: `uint8 [H2, W2, 3]`.

    The size depends on the frame's size, the room and the number of actions and hints alone, so
    that all pictures of an episode have one size. Without `room`, width and height in pixels to fit
    into, small frames are enlarged without blurring. Facts without room are counted.

    Raises:
        ObservationError: The frame is of another dtype or shape.
    """
    rows = _LINE_ROWS + 1 + len(panel.actions) + 1 + _FACT_ROWS  # with two headings
    below = len(panel.hints) * ROW + (GAP if panel.hints else 0)
    sheet, x, y = sheet_with_panel(frame, panel.title, rows * ROW + 2 * GAP + below, room)
    draw_marks(sheet, frame, marks)
    for line in panel.lines:
        sheet.write((x, y), INNER_WIDTH, line, TEXT)
        y += ROW
    y += GAP
    heading = "value of each action" if len(panel.values) else "action"
    sheet.write((x, y), INNER_WIDTH, heading, DIM)
    _draw_values(sheet, x, y + ROW, panel)
    y += (1 + len(panel.actions)) * ROW + GAP
    sheet.write((x, y), INNER_WIDTH, f"facts: {len(panel.facts)}", DIM)
    y += ROW
    _draw_facts(sheet, x, y, panel.facts, (sheet.height - MARGIN - below - y) // ROW)
    y = sheet.height - MARGIN - len(panel.hints) * ROW
    for place, text in enumerate(panel.hints):
        sheet.write((x, y + place * ROW), INNER_WIDTH, text, DIM)
    return np.array(sheet.picture)


def _draw_values(sheet: Sheet, x: int, y: int, panel: Panel) -> None:
    left, right = x + _NAME_WIDTH, x + INNER_WIDTH - _NUMBER_WIDTH
    zero, reach = (left + right) // 2, (right - left) // 2
    scale = max((abs(v) for v in panel.values if math.isfinite(v)), default=0.0) or 1.0
    for action, name in enumerate(panel.actions):
        top, middle = y + action * ROW, y + action * ROW + ROW // 2
        chosen = action == panel.chosen
        color = CHOSEN if chosen else TEXT
        if chosen:  # marked by a triangle as well as by colour
            corners = [(x, middle - 4), (x, middle + 4), (x + 6, middle)]
            sheet.draw.polygon([sheet.scaled(*corner) for corner in corners], fill=CHOSEN)
        name_width = _NAME_WIDTH - 18 if len(panel.values) else INNER_WIDTH - 12
        sheet.write((x + 12, top), name_width, name, color)
        if not len(panel.values):
            continue
        value = float(panel.values[action])
        if not math.isnan(value):
            end = zero + round(max(-1.0, min(1.0, value / scale)) * reach)
            corners = [(min(zero, end), middle - 6), (max(zero, end), middle + 6)]
            box = [sheet.scaled(*corner) for corner in corners]
            sheet.draw.rectangle(box, fill=CHOSEN if chosen else BAR)
        sheet.write((x + INNER_WIDTH, top), _NUMBER_WIDTH, _number(value), color, anchor="r")
    if len(panel.values):
        ends = [(zero, y), (zero, y + len(panel.values) * ROW - 1)]
        sheet.draw.line([sheet.scaled(*end) for end in ends], fill=DIM)


def _number(value: float) -> str:
    if not math.isfinite(value):
        return str(value)
    text = f"{value:+.3f}"
    return text if len(text) <= 8 else f"{value:+.1e}"


def _draw_facts(sheet: Sheet, x: int, y: int, facts: Sequence[tuple[str, str]], rows: int) -> None:
    """List the facts column by column; if they do not fit, the last place counts the rest."""
    room = rows * _FACT_COLUMNS
    shown = facts if len(facts) <= room else facts[: room - 1]
    column = (INNER_WIDTH - GAP) // _FACT_COLUMNS
    widths = [(sheet.width_of(label), sheet.width_of(location)) for label, location in shown]
    location_width = min(max((w for _, w in widths), default=0), column // 2)
    label_width = min(max((w for w, _ in widths), default=0), column - location_width - 10)
    for place in range(min(len(facts), room)):
        left = x + place // rows * (column + GAP)
        top = y + place % rows * ROW
        if place == len(shown):
            sheet.write((left, top), column, f"… {len(facts) - place} more", DIM)
        else:
            label, location = facts[place]
            sheet.write((left, top), label_width, label, TEXT)
            sheet.write((left + label_width + 10, top), location_width, location, DIM)
