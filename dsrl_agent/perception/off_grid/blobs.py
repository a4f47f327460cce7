"""Find isolated blobs: their appearance, and how far off the grid they stand."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from dsrl_agent.config.sights import OffGridThresholds
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.off_grid.matching_pursuit import Background
from dsrl_agent.types import Floats, Floats32, Frame, Ints

_NEIGHBOURS = np.ones((3, 3), np.bool_)  # pixels that touch by a corner are of one blob
_BATCH = 64  # frames worked on at once, to bound memory


class Blobs(NamedTuple):
    """Isolated objects no larger than a cell."""

    frames: Ints  # [M]: the index of each blob's frame
    corners: Ints  # [M, 2]: top and left pixel of a window of a cell's size around its middle
    windows: Floats32  # [M, pitch, pitch, 3]: its own contrast with emptiness there


class Displacement(NamedTuple):
    """Displacement of blobs from the middles of their cells, in pixels along rows and columns."""

    middle: Floats  # circular mean, downwards and to the right
    spread: Floats  # the standard deviation about it


def find_blobs(
    frames: Frame, background: Background, thresholds: OffGridThresholds, most: float | None = None
) -> Blobs:
    """Find isolated objects in frames `uint8 [B, H, W, 3]`.

    `most` is the largest contrast of objects; by default that of these frames.
    """
    m, pitch = background.margin, np.array(background.grid.pitch)
    starts = range(0, len(frames), _BATCH)
    contrast = np.concatenate([background.contrast(frames[s : s + _BATCH]) for s in starts])
    ink = np.abs(_denoised(contrast, m, thresholds)).max(axis=3)
    numbers, corners, windows = [], [], []
    masks = ink > thresholds.ink * (float(ink.max()) if most is None else most)
    for number, (picture, mask) in enumerate(zip(contrast, masks, strict=True)):
        labels, _ = ndimage.label(mask, _NEIGHBOURS)
        # The faint edge around a blob belongs to it.
        edges = ndimage.grey_dilation(labels, footprint=_NEIGHBOURS)
        owner = np.where(labels > 0, labels, edges)
        for label, box in enumerate(ndimage.find_objects(labels), 1):
            start, stop = np.array([(part.start, part.stop) for part in box]).T
            # A blob larger than a cell is several objects that touch.
            size = stop - start
            if (size > pitch).any() or (size < thresholds.least_size * pitch).any():
                continue
            top, left = (start + stop - pitch) // 2
            window = slice(top, top + pitch[0]), slice(left, left + pitch[1])
            numbers.append(number)
            corners.append((top - m, left - m))
            windows.append(picture[window] * (owner[window] == label)[:, :, None])
    places = np.array(corners, np.int64).reshape(-1, 2)
    pictures = np.array(windows, np.float32).reshape(-1, *pitch, 3)
    return Blobs(np.array(numbers, np.int64), places, pictures)


def _denoised(contrast: Floats32, margin: int, thresholds: OffGridThresholds) -> Floats32:
    """Return contrast without its noise, if there is any; most of a frame is empty."""
    inside = contrast[:, margin:-margin, margin:-margin]
    if float(np.median(np.abs(inside))) < thresholds.noise:
        return contrast
    return np.asarray(ndimage.uniform_filter(contrast, (1, thresholds.blur, thresholds.blur, 1)))


def displacement_of(blobs: Blobs, grid: Grid) -> Displacement:
    """Measure the displacement of blobs by circular statistics with a cell's width as period."""
    turns = np.exp(2j * np.pi * (blobs.corners - grid.origin) / grid.pitch)
    middle = np.angle(turns.mean(axis=0))
    away = np.angle(turns * np.exp(-1j * middle))
    scale = np.array(grid.pitch) / (2 * np.pi)
    return Displacement(middle * scale, np.sqrt(np.square(away).mean(axis=0)) * scale)
