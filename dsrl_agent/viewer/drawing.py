"""Draw the parts that all pictures of play share: enlarged frames and rows of text."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dsrl_agent.errors import ObservationError
from dsrl_agent.types import Frame

_HEIGHT, _MAX_WIDTH = 400, 800  # pixels: aim and limit of enlarging

Color = tuple[int, int, int]
"""Red, green, blue, each 0-255."""

PANEL_WIDTH, MARGIN = 340, 20
INNER_WIDTH = PANEL_WIDTH - 2 * MARGIN
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


class Sheet:
    """A picture to draw on, in lengths that are scaled by one factor.

    `height` is that before scaling, and `draw` draws on the image `picture` in pixels. `world` is
    where the world was put: left, top, width and height in pixels.
    """

    def __init__(self, width: int, height: int, scale: float = 1.0) -> None:
        self.height, self._scale = height, scale
        self.world = (0, 0, 0, 0)
        self.picture = Image.new("RGB", (self.pixels(width), self.pixels(height)), BACKGROUND)
        self.draw = ImageDraw.Draw(self.picture)

    def pixels(self, length: float) -> int:
        """Return a length in pixels, at least 1."""
        return max(1, round(length * self._scale))

    def width_of(self, text: str) -> float:
        """Return the width of a text of the usual size, before scaling."""
        return font_of(self.pixels(TEXT_SIZE)).getlength(text) / self._scale

    def scaled(self, x: float, y: float) -> tuple[int, int]:
        """Return a place in pixels."""
        return round(x * self._scale), round(y * self._scale)

    def fill(self, left: int, top: int, right: int, bottom: int, color: Color) -> None:
        """Fill a rectangle."""
        x1, y1, x2, y2 = (round(length * self._scale) for length in (left, top, right, bottom))
        self.picture.paste(color, (x1, y1, x2, y2))

    def write(
        self, at: tuple[float, float], width: float, text: str, color: Color, *,
        size: int = TEXT_SIZE, row: int = ROW, anchor: str = "l",
    ) -> None:  # fmt: skip
        """Write one line of text, shortened to a width; any white space counts as one space.

        The line begins at the first coordinate, or ends there if its `anchor` is "r" rather than
        "l". It stands in the middle of a row whose top is the second, and whose height is `row`.
        """
        left, top, room, height = (length * self._scale for length in (*at, width, row))
        font = font_of(self.pixels(size))
        text = " ".join(text.split())
        if font.getlength(text) > room:
            ends = range(len(text))
            fitting = bisect_right(ends, room, key=lambda end: font.getlength(text[:end] + "…"))
            text = text[: max(0, fitting - 1)] + "…"
        self.draw.text((left, top + height / 2), text, color, font, anchor=f"{anchor}m")


def sheet_with_panel(
    frame: Frame, title: str, needed: int, room: tuple[int, int] | None = None
) -> tuple[Sheet, int, int]:
    """Draw a world and, to its right, a panel with its title.

    Text is drawn at its final size, and the world `uint8 [H, W, 3]` is scaled without blurring.
    `needed` is the least height below the title, without the margins. The picture fits into `room`,
    width and height in pixels, keeping its aspect. Without it, small frames are enlarged to about
    400 pixels in height. The result is the sheet, the left end of the panel's rows, and the top of
    the first below the title.
    """
    world = enlarge(frame)
    width = world.width + 2 * MARGIN + PANEL_WIDTH
    height = max(world.height, TITLE_ROW + needed) + 2 * MARGIN
    sheet = Sheet(width, height, 1.0 if room is None else min(room[0] / width, room[1] / height))
    # Scaled from the frame itself: scaling the enlarged frame again would be uneven twice.
    size = sheet.pixels(world.width), sheet.pixels(world.height)
    shown = to_image(frame).resize(size, Image.Resampling.NEAREST)
    at = sheet.pixels(MARGIN), (sheet.picture.height - shown.height) // 2
    sheet.picture.paste(shown, at)
    sheet.world = (*at, *size)
    sheet.fill(width - PANEL_WIDTH, 0, width, height, PANEL)
    x = width - PANEL_WIDTH + MARGIN
    sheet.write((x, MARGIN), INNER_WIDTH, title, BRIGHT, size=TITLE_SIZE, row=TITLE_ROW - 6)
    return sheet, x, MARGIN + TITLE_ROW
