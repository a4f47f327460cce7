"""What every picture of play is drawn with: colours, lines of text, enlarged frames."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dsrl_agent.errors import ObservationError
from dsrl_agent.types import Frame

_HEIGHT, _MAX_WIDTH = 400, 800  # what small frames are scaled to

Color = tuple[int, int, int]
"""Red, green, blue, each 0-255."""

PANEL_WIDTH = 340
MARGIN = 20
TITLE_ROW, ROW, GAP = 30, 20, 14
TITLE_SIZE, TEXT_SIZE = 19, 14

BACKGROUND, PANEL = (10, 11, 16), (26, 29, 39)
BRIGHT, TEXT, DIM = (255, 255, 255), (214, 218, 228), (140, 147, 165)
# Okabe and Ito's palette, which colour-blind eyes tell apart.
BAR, CHOSEN = (86, 180, 233), (230, 159, 0)


def to_image(frame: Frame) -> Image.Image:
    """Return a frame as an image; an ObservationError if it is not `uint8 [H, W, 3]`."""
    if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3 or 0 in frame.shape:
        raise ObservationError(
            f"The picture to show is {frame.dtype} {list(frame.shape)}, but must be "
            "uint8 [H, W, 3]; render the world in mode rgb_array."
        )
    return Image.fromarray(frame)


def enlarge(frame: Frame) -> Image.Image:
    """Scale by the whole number that brings a frame nearest to the usual height."""
    image = to_image(frame)
    factors = range(1, max(1, _MAX_WIDTH // image.width) + 1)
    factor = min(factors, key=lambda f: abs(f * image.height - _HEIGHT))
    return image.resize((factor * image.width, factor * image.height), Image.Resampling.NEAREST)


@cache  # loading takes longer than drawing
def font_of(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return the font of a size in pixels."""
    return ImageFont.load_default(size=size)


def write(
    draw: ImageDraw.ImageDraw,
    x: float,
    y: float,
    width: float,
    text: str,
    color: Color,
    *,
    size: int = TEXT_SIZE,
    row: float = ROW,
    anchor: str = "l",
) -> None:
    """Write one line, shortened to the width.

    Args:
        draw: What to write on.
        x: Where the line begins, or where it ends if `anchor` is "r".
        y: Top of the row in whose middle it stands.
        width: Pixels that it may take.
        text: Any white space in it counts as one space.
        color: Its colour.
        size: Of the font, in pixels.
        row: Height of the row, in pixels.
        anchor: "l" or "r".
    """
    font = font_of(size)
    text = " ".join(text.split())
    if font.getlength(text) > width:
        ends = range(len(text))
        fitting = bisect_right(ends, width, key=lambda end: font.getlength(text[:end] + "…"))
        text = text[: max(0, fitting - 1)] + "…"
    draw.text((x, y + row / 2), text, color, font, anchor=f"{anchor}m")
