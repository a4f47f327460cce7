"""The picture of a game: the world, and beside it the score, the legend and the keys."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from dsrl_agent.types import Frame
from dsrl_agent.viewer.drawing import (
    CHOSEN,
    DIM,
    GAP,
    INNER_WIDTH,
    MARGIN,
    ROW,
    TEXT,
    Sheet,
    sheet_with_panel,
    to_image,
)

_LEGEND_ROW, _ICON = 36, 28
_LEGEND_ROWS = 8  # a longer legend is set in two columns
_MESSAGE_ROWS = 2  # kept free, so that nothing moves when a message appears

Legend = Sequence[tuple[Frame, str]]
"""A picture `uint8 [h, w, 3]` of each type of object in a world, with a line of text."""


@dataclass(frozen=True, slots=True)
class Scoreboard:
    """Texts and legend beside the world of a game."""

    title: str  # one large line, such as the score
    lines: Sequence[str]  # status lines, such as the step's number
    message: Sequence[str]  # at most two lines that stand out, such as why the episode ended
    legend: Legend  # pictures and texts of the types of objects
    hints: Sequence[str]  # lines at the bottom, such as the keys

    def __post_init__(self) -> None:
        if len(self.message) > _MESSAGE_ROWS:
            raise ValueError(
                f"The message has {len(self.message)} lines, but room for {_MESSAGE_ROWS}; "
                "put several statements into one line."
            )


def compose_game(frame: Frame, board: Scoreboard, room: tuple[int, int] | None = None) -> Frame:
    """Draw the world and, to its right, the scoreboard: `uint8 [H2, W2, 3]`.

    The size depends on the frame's size, the room and the number of lines, legend entries and
    hints. All pictures of a game therefore have one size, and it fits into `room` (width and height
    in pixels) if given.

    Raises:
        ObservationError: The frame or a picture of the legend is of another dtype or shape.
    """
    rows = len(board.lines) + _MESSAGE_ROWS + len(board.hints)
    legend = math.ceil(len(board.legend) / _columns(board.legend)) * _LEGEND_ROW
    sheet, x, y = sheet_with_panel(frame, board.title, rows * ROW + legend + 3 * GAP, room)
    for place, text in enumerate(board.lines):
        sheet.write((x, y + place * ROW), INNER_WIDTH, text, TEXT)
    y += len(board.lines) * ROW + GAP
    if board.message:  # marked by a bar as well as by colour
        sheet.fill(x, y, x + 4, y + len(board.message) * ROW, CHOSEN)
    for place, text in enumerate(board.message):
        sheet.write((x + 14, y + place * ROW), INNER_WIDTH - 14, text, CHOSEN)
    _draw_legend(sheet, x, y + _MESSAGE_ROWS * ROW + GAP, board.legend)
    y = sheet.height - MARGIN - len(board.hints) * ROW
    for place, text in enumerate(board.hints):
        sheet.write((x, y + place * ROW), INNER_WIDTH, text, DIM)
    return np.array(sheet.picture)


def _columns(legend: Legend) -> int:
    return 1 if len(legend) <= _LEGEND_ROWS else 2


def _draw_legend(sheet: Sheet, x: int, y: int, legend: Legend) -> None:
    columns = _columns(legend)
    width = (INNER_WIDTH - (columns - 1) * GAP) // columns
    rows = math.ceil(len(legend) / columns)
    side, indent = sheet.pixels(_ICON), _ICON + 12
    for place, (picture, text) in enumerate(legend):
        left, top = x + place // rows * (width + GAP), y + place % rows * _LEGEND_ROW
        icon = _icon(picture, side)
        icon_left = sheet.pixels(left) + (side - icon.width) // 2
        icon_top = sheet.pixels(top) + (sheet.pixels(_LEGEND_ROW) - icon.height) // 2
        sheet.picture.paste(icon, (icon_left, icon_top))
        sheet.write((left + indent, top), width - indent, text, TEXT, row=_LEGEND_ROW)


def _icon(frame: Frame, side: int) -> Image.Image:
    """Return a picture whose longer side is scaled to at most `side` pixels.

    Small pictures are enlarged by a whole number, which keeps their edges even.
    """
    image = to_image(frame)
    scale = side / max(image.size)
    if scale >= 1:
        factor = int(scale)
        size, method = (factor * image.width, factor * image.height), Image.Resampling.NEAREST
    else:  # nearest neighbours would drop whole lines
        size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        method = Image.Resampling.BOX
    return image.resize(size, method)
