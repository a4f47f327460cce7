"""The picture of a game: the world, and beside it the score, the legend and the keys."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from dsrl_agent.types import Frame
from dsrl_agent.viewer.drawing import (
    BACKGROUND,
    BRIGHT,
    CHOSEN,
    DIM,
    GAP,
    MARGIN,
    PANEL,
    PANEL_WIDTH,
    ROW,
    TEXT,
    TEXT_SIZE,
    TITLE_ROW,
    TITLE_SIZE,
    Color,
    TextRow,
    enlarge,
    to_image,
    write,
)

_INNER = PANEL_WIDTH - 2 * MARGIN
_LEGEND_ROW, _ICON = 36, 28
_LEGEND_ROWS = 8  # a longer legend is set in two columns
_MESSAGE_ROWS = 2  # kept free, so that nothing moves when a message appears

Legend = Sequence[tuple[Frame, str]]
"""A picture `uint8 [h, w, 3]` of each type of object in a world, with a line of text."""


@dataclass(frozen=True, slots=True)
class Scoreboard:
    """Texts and legend beside the world of a game.

    Attributes:
        title: One large line, such as the score.
        lines: Status lines, such as the step's number.
        message: At most two lines that stand out, such as why the episode ended.
        legend: Pictures and texts of the types of objects.
        hints: Lines at the bottom, such as the keys.
    """

    title: str
    lines: Sequence[str]
    message: Sequence[str]
    legend: Legend
    hints: Sequence[str]

    def __post_init__(self) -> None:
        if len(self.message) > _MESSAGE_ROWS:
            raise ValueError(
                f"The message has {len(self.message)} lines, but room for {_MESSAGE_ROWS}; "
                "put several statements into one line."
            )


def compose_game(frame: Frame, board: Scoreboard, room: tuple[int, int] | None = None) -> Frame:
    """Draw the world and, to its right, the scoreboard.

    The size depends on the frame's size, the room and the number of lines, legend entries and
    hints. All pictures of a game therefore have one size. Text is drawn at its final size, and
    the world is scaled without blurring.

    Args:
        frame: `uint8 [H, W, 3]`.
        board: Texts and legend.
        room: Width and height in pixels that the picture fits into, keeping its aspect. Without
            it, small frames are enlarged to about 400 pixels in height.

    Returns:
        `uint8 [H2, W2, 3]`.

    Raises:
        ObservationError: The frame or a picture of the legend is of another dtype or shape.
    """
    world = enlarge(frame)
    rows = len(board.lines) + _MESSAGE_ROWS + len(board.hints)
    legend = math.ceil(len(board.legend) / _columns(board.legend)) * _LEGEND_ROW
    needed = TITLE_ROW + rows * ROW + legend + 3 * GAP
    width = world.width + 2 * MARGIN + PANEL_WIDTH
    height = max(world.height, needed) + 2 * MARGIN
    sheet = _Sheet(width, height, 1.0 if room is None else min(room[0] / width, room[1] / height))
    # Scaled from the frame itself: scaling the enlarged frame again would be uneven twice.
    shown = to_image(frame).resize(
        (sheet.pixels(world.width), sheet.pixels(world.height)), Image.Resampling.NEAREST
    )
    sheet.picture.paste(shown, (sheet.pixels(MARGIN), (sheet.picture.height - shown.height) // 2))
    sheet.fill(width - PANEL_WIDTH, 0, width, height, PANEL)
    x, y = width - PANEL_WIDTH + MARGIN, MARGIN
    sheet.write(x, y, _INNER, board.title, BRIGHT, size=TITLE_SIZE, row=TITLE_ROW - 6)
    y += TITLE_ROW
    for place, text in enumerate(board.lines):
        sheet.write(x, y + place * ROW, _INNER, text, TEXT)
    y += len(board.lines) * ROW + GAP
    if board.message:  # marked by a bar as well as by colour
        sheet.fill(x, y, x + 4, y + len(board.message) * ROW, CHOSEN)
    for place, text in enumerate(board.message):
        sheet.write(x + 14, y + place * ROW, _INNER - 14, text, CHOSEN)
    _draw_legend(sheet, x, y + _MESSAGE_ROWS * ROW + GAP, board.legend)
    y = height - MARGIN - len(board.hints) * ROW
    for place, text in enumerate(board.hints):
        sheet.write(x, y + place * ROW, _INNER, text, DIM)
    return np.array(sheet.picture)


class _Sheet:
    """A picture to draw on, in lengths that are scaled by one factor."""

    def __init__(self, width: int, height: int, scale: float) -> None:
        self._scale = scale
        size = self.pixels(width), self.pixels(height)
        self.picture = Image.new("RGB", size, BACKGROUND)
        self._draw = ImageDraw.Draw(self.picture)

    def pixels(self, length: int) -> int:
        return max(1, round(length * self._scale))

    def fill(self, left: int, top: int, right: int, bottom: int, color: Color) -> None:
        x1, y1, x2, y2 = (round(length * self._scale) for length in (left, top, right, bottom))
        self.picture.paste(color, (x1, y1, x2, y2))

    def write(
        self, x: int, y: int, width: int, text: str, color: Color, *,
        size: int = TEXT_SIZE, row: int = ROW,
    ) -> None:  # fmt: skip
        left, top, room, height = (length * self._scale for length in (x, y, width, row))
        place = TextRow(left, top, room, height)
        write(self._draw, place, text, color, size=self.pixels(size))


def _columns(legend: Legend) -> int:
    return 1 if len(legend) <= _LEGEND_ROWS else 2


def _draw_legend(sheet: _Sheet, x: int, y: int, legend: Legend) -> None:
    columns = _columns(legend)
    width = (_INNER - (columns - 1) * GAP) // columns
    rows = math.ceil(len(legend) / columns)
    side, indent = sheet.pixels(_ICON), _ICON + 12
    for place, (picture, text) in enumerate(legend):
        left, top = x + place // rows * (width + GAP), y + place % rows * _LEGEND_ROW
        icon = _icon(picture, side)
        corner = (
            sheet.pixels(left) + (side - icon.width) // 2,
            sheet.pixels(top) + (sheet.pixels(_LEGEND_ROW) - icon.height) // 2,
        )
        sheet.picture.paste(icon, corner)
        sheet.write(left + indent, top, width - indent, text, TEXT, row=_LEGEND_ROW)


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
