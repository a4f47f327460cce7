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
    values = frames.astype(np.float32)
    contrast = np.square(values - floor_of(frames, thresholds)).sum(axis=3)
    rows, columns = contrast.mean(axis=(0, 2)), contrast.mean(axis=(0, 1))
    return _above(rows, thresholds.quiet), _above(columns, thresholds.quiet)


def floor_of(frames: Frame, thresholds: StillGridThresholds) -> Floats32:
    """Return the floor `[H, W, 3]`, 0-255, of pictures `uint8 [N, H, W, 3]`.

    Few pictures do not tell a texture, and have a floor of one colour.
    """
    values = frames.astype(np.float32)
    edge_pixels = edge_of(values).reshape(-1, 3)
    edge = np.median(edge_pixels, axis=0).astype(np.float32)
    count = len(values)
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


def edge_of(values: Floats32) -> Floats32:
    """Return the outermost pixels `[N, 2 H + 2 W, 3]` of pictures `[N, H, W, 3]`."""
    sides = (values[:, 0], values[:, -1], values[:, :, 0], values[:, :, -1])
    return np.concatenate(sides, axis=1)


def _above(profile: Floats32, quiet: float) -> Floats:
    level = float(np.quantile(profile, quiet))
    return np.maximum(profile.astype(np.float64) - level, 0.0)
