"""Things that stand alone in a frame: how each looks, and how far off the grid they stand."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.off_grid.matching_pursuit import Scenery
from dsrl_agent.types import Floats, Floats32, Frame, Ints

_INK_SHARE = 0.25  # of the largest contrast: less is no ink
_NOISE = 0.02  # half of empty pixels differ by more: then there is noise
_BLUR = 3  # pixels
_SMALLEST = 3  # a blob is at least a third of a cell in height and width: less is a speck
_NEIGHBOURS = np.ones((3, 3), np.bool_)  # pixels that touch by a corner are of one blob
_BATCH = 64  # frames worked on at once, for the sake of memory


class Blobs(NamedTuple):
    """Things that stand alone and are no larger than a cell.

    Attributes:
        frames: `[M]`: the number of the frame that it stands in.
        corners: `[M, 2]`: top and left of the window of a cell's size around its middle, in pixels.
        windows: `[M, pitch, pitch, 3]`: its contrast with emptiness there, without its neighbours'.
    """

    frames: Ints
    corners: Ints
    windows: Floats32


class Standing(NamedTuple):
    """Where blobs stand in their cells, in pixels along rows and columns.

    Attributes:
        middle: How far below and right of their cells' middles they stand on average.
        spread: The standard deviation about that.
    """

    middle: Floats
    spread: Floats


def find_blobs(frames: Frame, scenery: Scenery, brightest: float | None = None) -> Blobs:
    """Find what stands alone in frames `[B, H, W, 3]`.

    Args:
        frames: Where to look.
        scenery: What emptiness looks like.
        brightest: The largest contrast that things have; that in these frames if not given.
    """
    m, pitch = scenery.margin, np.array(scenery.grid.pitch)
    starts = range(0, len(frames), _BATCH)
    contrast = np.concatenate([scenery.contrast(frames[s : s + _BATCH]) for s in starts])
    ink = np.abs(_calm(contrast, m)).max(axis=3)
    numbers, corners, windows = [], [], []
    masks = ink > _INK_SHARE * (float(ink.max()) if brightest is None else brightest)
    for number, (picture, mask) in enumerate(zip(contrast, masks, strict=True)):
        labels, _ = ndimage.label(mask, _NEIGHBOURS)
        # The faint edge around a blob belongs to it.
        edges = ndimage.grey_dilation(labels, footprint=_NEIGHBOURS)
        owner = np.where(labels > 0, labels, edges)
        for label, box in enumerate(ndimage.find_objects(labels), 1):
            start, stop = np.array([(part.start, part.stop) for part in box]).T
            # What is larger than a cell is several things that touch.
            if (stop - start > pitch).any() or (_SMALLEST * (stop - start) < pitch).any():
                continue
            top, left = (start + stop - pitch) // 2
            window = slice(top, top + pitch[0]), slice(left, left + pitch[1])
            numbers.append(number)
            corners.append((top - m, left - m))
            windows.append(picture[window] * (owner[window] == label)[:, :, None])
    return Blobs(
        np.array(numbers, np.int64),
        np.array(corners, np.int64).reshape(-1, 2),
        np.array(windows, np.float32).reshape(-1, *pitch, 3),
    )


def _calm(contrast: Floats32, margin: int) -> Floats32:
    """Return contrast without its noise, if there is any; most of a frame is empty."""
    inside = contrast[:, margin:-margin, margin:-margin]
    if float(np.median(np.abs(inside))) < _NOISE:
        return contrast
    return np.asarray(ndimage.uniform_filter(contrast, (1, _BLUR, _BLUR, 1)))


def standing(blobs: Blobs, grid: Grid) -> Standing:
    """Measure where blobs stand in their cells, on the circle that a cell's width is."""
    turns = np.exp(2j * np.pi * (blobs.corners - grid.origin) / grid.pitch)
    middle = np.angle(turns.mean(axis=0))
    away = np.angle(turns * np.exp(-1j * middle))
    scale = np.array(grid.pitch) / (2 * np.pi)
    return Standing(middle * scale, np.sqrt(np.square(away).mean(axis=0)) * scale)
