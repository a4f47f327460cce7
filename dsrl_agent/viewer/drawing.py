"""Draw the parts that all pictures of play share: enlarged frames and rows of text."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dsrl_agent.errors import ObservationError
from dsrl_agent.types import Frame

_HEIGHT, _MAX_WIDTH = 400, 800  # pixels: aim and limit of enlarging

Color = tuple[int, int, int]
"""Red, green, blue, each 0-255."""

PANEL_WIDTH = 340
MARGIN = 20
TITLE_ROW, ROW, GAP = 30, 20, 14
TITLE_SIZE, TEXT_SIZE = 19, 14

BACKGROUND, PANEL = (10, 11, 16), (26, 29, 39)
BRIGHT, TEXT, DIM = (255, 255, 255), (214, 218, 228), (140, 147, 165)
# From the palette of Okabe and Ito, whose colours colour-blind people can distinguish.
BAR, CHOSEN = (86, 180, 233), (230, 159, 0)


def to_image(frame: Frame) -> Image.Image:
    """Return a frame as an image.

    Raises:
        ObservationError: The frame is not `uint8 [H, W, 3]`.
    """
    if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3 or 0 in frame.shape:
        raise ObservationError(
            f"The picture to show is {frame.dtype} {list(frame.shape)}, but must be "
            "uint8 [H, W, 3]; render the world in mode rgb_array."
        )
    return Image.fromarray(frame)


def enlarge(frame: Frame) -> Image.Image:
    """Enlarge a frame by the whole number that brings its height nearest to 400 pixels."""
    image = to_image(frame)
    factors = range(1, max(1, _MAX_WIDTH // image.width) + 1)
    factor = min(factors, key=lambda f: abs(f * image.height - _HEIGHT))
    return image.resize((factor * image.width, factor * image.height), Image.Resampling.NEAREST)


@cache  # loading takes longer than drawing
def font_of(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return the font of a size in pixels."""
    return ImageFont.load_default(size=size)


class TextRow(NamedTuple):
    """Place of one line of text, in pixels.

    Attributes:
        x: Start of the line, or its end if it is anchored to the right.
        top: Top of the row; the line stands in its middle.
        width: The line is shortened to this width.
        height: Height of the row.
    """

    x: float
    top: float
    width: float
    height: float = ROW


def write(
    draw: ImageDraw.ImageDraw,
    row: TextRow,
    text: str,
    color: Color,
    *,
    size: int = TEXT_SIZE,
    anchor: str = "l",
) -> None:
    """Write one line of text, shortened to the width of its row.

    Args:
        draw: Image to write on.
        row: Place of the line.
        text: The text; any white space counts as one space.
        color: Colour of the text.
        size: Size of the font in pixels.
        anchor: Side of the row from which the line begins, "l" or "r".
    """
    font = font_of(size)
    text = " ".join(text.split())
    if font.getlength(text) > row.width:
        ends = range(len(text))
        fitting = bisect_right(ends, row.width, key=lambda end: font.getlength(text[:end] + "…"))
        text = text[: max(0, fitting - 1)] + "…"
    draw.text((row.x, row.top + row.height / 2), text, color, font, anchor=f"{anchor}m")
