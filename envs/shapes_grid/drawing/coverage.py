"""Rasterise shapes by supersampling."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shapes_grid.shapes import SHAPES


def coverage(
    shape: str, size: int, *, scale: float = 1.0, margin: int = 0, samples: int = 8
) -> NDArray[np.float64]:
    """Return each pixel's share in [0, 1] that a shape covers: antialiasing by supersampling.

    `size` is the side of the cell in pixels, and `scale` the shape's size; 1 is the usual one. The
    result is `float64 [size + 2 margin, size + 2 margin]`: the margin on each side of the cell is
    for a shape that reaches beyond it. `samples` are those along each side of a pixel.
    """
    side = size + 2 * margin
    count = side * samples
    axis = ((np.arange(count) + 0.5) / samples - margin) / size * 2.0 - 1.0
    ink = SHAPES[shape].inside(axis[None, :] / scale, axis[:, None] / scale)
    blocks = np.broadcast_to(ink, (count, count)).reshape(side, samples, side, samples)
    return np.asarray(blocks.mean(axis=(1, 3)))
