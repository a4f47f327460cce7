"""Write play as an animated GIF."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from PIL import Image

from dsrl_agent.errors import ConfigError, ObservationError
from dsrl_agent.records.files import beside
from dsrl_agent.types import Frame
from dsrl_agent.viewer.drawing import to_image


def save_gif(path: Path, frames: Iterable[Frame], fps: float) -> None:
    """Write frames as a looping animation, and replace an older one.

    Equal frames in a row become one frame of their total time. The time of a frame is a multiple
    of 10 ms and at least 20 ms, as browsers slow down faster animations. Missing parents are made.
    There is at least one frame, all are `uint8 [H, W, 3]` of one size, and `fps` is above 0.

    Raises:
        ConfigError: Another suffix, or no positive fps.
        ObservationError: No frames, or a frame of another dtype, shape or size than the first.
    """
    if path.suffix.lower() != ".gif":
        raise ConfigError(
            f"{path} does not end in .gif, the only kind of video written; name a .gif file."
        )
    if not (math.isfinite(fps) and fps > 0):
        raise ConfigError(f"fps is {fps!r}, but must be a number above 0; 4 reads well.")
    pictures = _palette_pictures(frames)
    first = next(pictures, None)
    if first is None:
        raise ObservationError("There are no frames to write; play at least one step.")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = beside(path)
    duration = max(20, 10 * round(100 / fps))
    try:
        first.save(partial, "GIF", save_all=True, append_images=pictures, duration=duration, loop=0)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _palette_pictures(frames: Iterable[Frame]) -> Iterator[Image.Image]:
    size = None
    for frame in frames:
        image = to_image(frame)
        if size not in (None, image.size):
            raise ObservationError(
                f"A frame is of width and height {image.size}, but those before are of {size}; "
                "give frames of one size."
            )
        size = image.size
        yield image.convert("P", palette=Image.Palette.ADAPTIVE, colors=256)
