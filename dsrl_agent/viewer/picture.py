"""The picture: the world, and a panel of what the agent sees in it and thinks of it."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dsrl_agent.errors import ObservationError
from dsrl_agent.types import Frame

_HEIGHT, _MAX_WIDTH = 400, 800  # what small frames are scaled to
_PANEL_WIDTH = 340
_MARGIN = 20
_TITLE_ROW, _ROW, _GAP = 30, 20, 14
_TITLE_SIZE, _TEXT_SIZE = 19, 14
_LINE_ROWS, _FACT_ROWS = 4, 3  # the least room for status lines and facts, in rows
_NAME_WIDTH, _NUMBER_WIDTH = 74, 68  # beside a bar
_FACT_COLUMNS = 2

BACKGROUND, _PANEL = (10, 11, 16), (26, 29, 39)
_BRIGHT, _TEXT, _DIM = (255, 255, 255), (214, 218, 228), (140, 147, 165)
# Okabe and Ito's palette, which colour-blind eyes tell apart.
_BAR, _CHOSEN = (86, 180, 233), (230, 159, 0)


@dataclass(frozen=True, slots=True)
class Panel:
    """What stands beside the world.

    Attributes:
        title: One line, such as the agent's name.
        facts: Label and location of each fact, such as `("type 2", "[1, 3]")`.
        values: Value of each action; empty for an agent without values.
        actions: Name of each action.
        chosen: Number of the action that is taken, or None.
        lines: At most four status lines, such as the score.
    """

    title: str
    facts: Sequence[tuple[str, str]]
    values: Sequence[float]
    actions: Sequence[str]
    chosen: int | None
    lines: Sequence[str]

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


def compose(frame: Frame, panel: Panel) -> Frame:
    """Draw the world and, to its right, the panel.

    The size depends on the frame's size and the number of actions alone, so that all pictures of an
    episode have the same. Facts for which there is no room are counted.

    Args:
        frame: `uint8 [H, W, 3]`; small ones are enlarged without blurring.
        panel: What to show beside it.

    Returns:
        `uint8 [H2, W2, 3]`.

    Raises:
        ObservationError: The frame is of another dtype or shape.
    """
    world = _enlarge(frame)
    rows = _LINE_ROWS + 1 + len(panel.actions) + 1 + _FACT_ROWS  # two are headings
    inner = max(world.height, _TITLE_ROW + rows * _ROW + 2 * _GAP)
    height = inner + 2 * _MARGIN
    left = world.width + 2 * _MARGIN  # of the panel
    picture = Image.new("RGB", (left + _PANEL_WIDTH, height), BACKGROUND)
    picture.paste(world, (_MARGIN, (height - world.height) // 2))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((left, 0, picture.width, height), fill=_PANEL)
    x, y = left + _MARGIN, _MARGIN
    width = _PANEL_WIDTH - 2 * _MARGIN
    _text(draw, x, y, width, panel.title, _BRIGHT, size=_TITLE_SIZE)
    y += _TITLE_ROW
    for line in panel.lines:
        _text(draw, x, y, width, line, _TEXT)
        y += _ROW
    y += _GAP
    heading = "value of each action" if len(panel.values) else "action"
    _text(draw, x, y, width, heading, _DIM)
    _draw_values(draw, x, y + _ROW, width, panel)
    y += (1 + len(panel.actions)) * _ROW + _GAP
    _text(draw, x, y, width, f"facts: {len(panel.facts)}", _DIM)
    y += _ROW
    _draw_facts(draw, x, y, width, (height - _MARGIN - y) // _ROW, panel.facts)
    return np.array(picture)


def to_image(frame: Frame) -> Image.Image:
    """Return a frame as an image; an ObservationError if it is not `uint8 [H, W, 3]`."""
    if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3 or 0 in frame.shape:
        raise ObservationError(
            f"The picture to show is {frame.dtype} {list(frame.shape)}, but must be "
            "uint8 [H, W, 3]; render the world in mode rgb_array."
        )
    return Image.fromarray(frame)


def _enlarge(frame: Frame) -> Image.Image:
    """Scale by the whole number that brings a frame nearest to the usual height."""
    image = to_image(frame)
    factors = range(1, max(1, _MAX_WIDTH // image.width) + 1)
    factor = min(factors, key=lambda f: abs(f * image.height - _HEIGHT))
    return image.resize((factor * image.width, factor * image.height), Image.Resampling.NEAREST)


@cache  # loading takes longer than drawing
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=size)


def _text(
    draw: ImageDraw.ImageDraw,
    x: float,
    y: float,
    width: float,
    text: str,
    color: tuple[int, int, int],
    *,
    size: int = _TEXT_SIZE,
    anchor: str = "l",
) -> None:
    """Write one line into a row that begins at `y`, shortened to the width."""
    font = _font(size)
    text = " ".join(text.split())
    if font.getlength(text) > width:
        ends = range(len(text))
        fitting = bisect_right(ends, width, key=lambda end: font.getlength(text[:end] + "…"))
        text = text[: max(0, fitting - 1)] + "…"
    middle = y + (_TITLE_ROW - 6 if size == _TITLE_SIZE else _ROW) / 2
    draw.text((x, middle), text, color, font, anchor=f"{anchor}m")


def _draw_values(draw: ImageDraw.ImageDraw, x: int, y: int, width: int, panel: Panel) -> None:
    left, right = x + _NAME_WIDTH, x + width - _NUMBER_WIDTH
    zero, reach = (left + right) // 2, (right - left) // 2
    scale = max((abs(v) for v in panel.values if math.isfinite(v)), default=0.0) or 1.0
    for action, name in enumerate(panel.actions):
        top, middle = y + action * _ROW, y + action * _ROW + _ROW // 2
        chosen = action == panel.chosen
        color = _CHOSEN if chosen else _TEXT
        if chosen:  # not by colour alone
            draw.polygon([(x, middle - 4), (x, middle + 4), (x + 6, middle)], fill=_CHOSEN)
        name_width = _NAME_WIDTH - 18 if len(panel.values) else width - 12
        _text(draw, x + 12, top, name_width, name, color)
        if not len(panel.values):
            continue
        value = float(panel.values[action])
        if not math.isnan(value):
            end = zero + round(max(-1.0, min(1.0, value / scale)) * reach)
            box = (min(zero, end), middle - 6, max(zero, end), middle + 6)
            draw.rectangle(box, fill=_CHOSEN if chosen else _BAR)
        _text(draw, x + width, top, _NUMBER_WIDTH, _number(value), color, anchor="r")
    if len(panel.values):
        draw.line((zero, y, zero, y + len(panel.values) * _ROW - 1), fill=_DIM)


def _number(value: float) -> str:
    if not math.isfinite(value):
        return str(value)
    text = f"{value:+.3f}"
    return text if len(text) <= 8 else f"{value:+.1e}"


def _draw_facts(
    draw: ImageDraw.ImageDraw,
    x: int,
    y: int,
    width: int,
    rows: int,
    facts: Sequence[tuple[str, str]],
) -> None:
    """List the facts column by column; where they do not fit, the last place counts the rest."""
    room = rows * _FACT_COLUMNS
    shown = facts if len(facts) <= room else facts[: room - 1]
    column = (width - _GAP) // _FACT_COLUMNS
    font = _font(_TEXT_SIZE)
    widths = [(font.getlength(label), font.getlength(location)) for label, location in shown]
    location_width = min(max((w for _, w in widths), default=0), column // 2)
    label_width = min(max((w for w, _ in widths), default=0), column - location_width - 10)
    for place in range(min(len(facts), room)):
        left = x + place // rows * (column + _GAP)
        top = y + place % rows * _ROW
        if place == len(shown):
            _text(draw, left, top, column, f"… {len(facts) - place} more", _DIM)
        else:
            label, location = facts[place]
            _text(draw, left, top, label_width, label, _TEXT)
            _text(draw, left + label_width + 10, top, location_width, location, _DIM)
