"""Draw facts on the frame that they were seen in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PIL import Image

from dsrl_agent.perception.grid import Grid
from dsrl_agent.records.type_names import TypeNames
from dsrl_agent.types import UNKNOWN, Fact, Facts, Frame
from dsrl_agent.viewer.drawing import BACKGROUND, BRIGHT, Color, Sheet, enlarge, font_of

_LEAST = 6  # pixels of a frame: facts of smaller cells are marked this large
_LABEL = (9, 13)  # pixels of the picture: the least and the largest height of a label
# The palette of Okabe and Ito, whose colours colour-blind people can distinguish.
_TYPES = (
    (230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (0, 114, 178), (213, 94, 0),
    (204, 121, 167),
)  # fmt: skip


class Mark(NamedTuple):
    """A fact on a frame, in its pixels."""

    left: float
    top: float
    width: float
    height: float
    label: str  # empty for the agent
    color: Color


def marks_of(
    grid: Grid | None, frame: Frame, facts: Facts, own: frozenset[int], names: TypeNames
) -> list[Mark]:
    """Return a mark for each fact of a frame `uint8 [H, W, 3]`; none if there is no grid.

    `own` are the types that show the agent.
    """
    if grid is None:
        return []
    fitted = grid.fitted(*frame.shape[:2])
    return [_mark(fitted, fact, own, names) for fact in facts]


def draw_marks(sheet: Sheet, frame: Frame, marks: Sequence[Mark]) -> None:
    """Draw marks over the world of a sheet, which shows the frame `uint8 [H, W, 3]`."""
    left, top, width, height = sheet.world
    across, down = width / frame.shape[1], height / frame.shape[0]
    for mark in marks:
        x1, y1 = left + mark.left * across, top + mark.top * down
        x2, y2 = x1 + mark.width * across - 1, y1 + mark.height * down - 1
        # A dark line beside the coloured one: it stands out from any floor.
        sheet.draw.rectangle((x1, y1, x2, y2), outline=BACKGROUND, width=4)
        sheet.draw.rectangle((x1 + 1, y1 + 1, x2 - 1, y2 - 1), outline=mark.color, width=2)
        _label(sheet, mark, (x1 + 3, y1 + 3), x2 - x1 - 6, y2 - y1)


def marked(frame: Frame, marks: Sequence[Mark]) -> Image.Image:
    """Return a frame `uint8 [H, W, 3]`, enlarged to about 400 pixels in height, with its marks."""
    world = enlarge(frame)
    sheet = Sheet(*world.size)
    sheet.picture.paste(world)
    sheet.world = (0, 0, *world.size)
    draw_marks(sheet, frame, marks)
    return sheet.picture


def _mark(grid: Grid, fact: Fact, own: frozenset[int], names: TypeNames) -> Mark:
    rows, cols = grid.cell(fact.row, fact.col)
    high, wide = rows.stop - rows.start, cols.stop - cols.start
    height, width = max(high, _LEAST), max(wide, _LEAST)
    left, top = cols.start + (wide - width) / 2, rows.start + (high - height) / 2
    if fact.type in own:
        return Mark(left, top, width, height, "", BRIGHT)
    if fact.type == UNKNOWN:
        return Mark(left, top, width, height, "?", BRIGHT)
    label = names.of(fact.type).removeprefix("type ")
    return Mark(left, top, width, height, label, _TYPES[(fact.type - 1) % len(_TYPES)])


def _label(sheet: Sheet, mark: Mark, at: tuple[float, float], room: float, height: float) -> None:
    """Write the label of a mark into its corner, if there is room for its first letter."""
    size = min(_LABEL[1], int(height / 3))
    if size < _LABEL[0] or not mark.label:
        return
    font, text = font_of(size), mark.label
    while text and font.getlength(text) > room:
        text = text[:-1]
    if text:
        box = sheet.draw.textbbox(at, text, font)
        sheet.draw.rectangle((box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1), BACKGROUND)
        sheet.draw.text(at, text, mark.color, font)
