"""Measure how much pictures differ from their floor, along rows and columns.

The floor is what pictures show at their outer edge. A pixel's own floor, which may have a texture,
is the mean of those pictures whose colour there is nearest to the edge's.
"""

from __future__ import annotations

import numpy as np

from dsrl_agent.config.tiling import StillGridThresholds
from dsrl_agent.types import Floats, Floats32, Frame


def contrast_profiles(frames: Frame, thresholds: StillGridThresholds) -> tuple[Floats, Floats]:
    """Return the mean squared contrast of the rows `[H]` and columns `[W]` of pictures.

    Pictures are `uint8 [N, H, W, 3]`; the level that noise and floor alone have is taken off.
    """
    contrast = _squared_contrast(frames, thresholds)
    rows, columns = contrast.mean(axis=(0, 2)), contrast.mean(axis=(0, 1))
    return _above(rows, thresholds.quiet), _above(columns, thresholds.quiet)


def profiles_of_each(frames: Frame, thresholds: StillGridThresholds) -> list[list[Floats]]:
    """Return the profiles of the rows `[H]`, then of the columns `[W]`, of each picture.

    Pictures in which nothing stands out have none.
    """
    contrast = _squared_contrast(frames, thresholds)
    axes = [[_above(each, thresholds.quiet) for each in contrast.mean(axis=i)] for i in (2, 1)]
    return [[profile for profile in profiles if profile.any()] for profiles in axes]


def floor_of(frames: Frame, thresholds: StillGridThresholds) -> Floats32:
    """Return the floor `[H, W, 3]`, 0-255, of pictures `uint8 [N, H, W, 3]`.

    Few pictures do not tell a texture, and have a floor of one colour.
    """
    values = frames.astype(np.float32)
    count, edge_pixels = len(values), edge_of(values)
    if count >= thresholds.textured_pictures:
        edge_pixels = _calm(edge_pixels)
    edge = np.median(edge_pixels, axis=(0, 1)).astype(np.float32)
    plain = np.broadcast_to(edge, values.shape[1:])
    if count < thresholds.textured_pictures:
        return plain
    away = np.abs(values - edge).max(axis=3)
    nearest = np.argsort(away, axis=0, kind="stable")[: max(1, int(count * thresholds.bare))]
    own = np.take_along_axis(values, nearest[..., None], axis=0).mean(axis=0)
    # Farther from the edge's colour than a texture goes, an object stands in every picture.
    texture = float(np.quantile(np.abs(edge_pixels - edge), thresholds.texture))
    far = np.abs(own - edge).max(axis=2, keepdims=True) > thresholds.beyond * texture
    return np.where(far, plain, own)


def _calm(pixels: Floats32) -> Floats32:
    """Return the half of the pixels `[N, P, 3]` that differ least between pictures.

    Where something reaches the frame's edge, the pixels there change from picture to picture.
    """
    spread = np.abs(pixels - np.median(pixels, axis=0)).mean(axis=(0, 2))
    return pixels[:, spread <= np.median(spread)]


def _squared_contrast(frames: Frame, thresholds: StillGridThresholds) -> Floats32:
    """Return the squared contrast `[N, H, W]` of pictures with their floor."""
    away = frames.astype(np.float32) - floor_of(frames, thresholds)
    return np.asarray(np.square(away).sum(axis=3), np.float32)


def edge_of(values: Floats32) -> Floats32:
    """Return the outermost pixels `[N, 2 H + 2 W, 3]` of pictures `[N, H, W, 3]`."""
    sides = (values[:, 0], values[:, -1], values[:, :, 0], values[:, :, -1])
    return np.concatenate(sides, axis=1)


def _above(profile: Floats32, quiet: float) -> Floats:
    level = float(np.quantile(profile, quiet))
    return np.maximum(profile.astype(np.float64) - level, 0.0)
