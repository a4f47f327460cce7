"""Rasterise shapes by supersampling."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shapes_grid.shapes import SHAPES, part_at


def coverage(
    shape: str, size: int, *, scale: float = 1.0, margin: int = 0, samples: int = 8
) -> NDArray[np.float64]:
    """Return each pixel's share in [0, 1] that a shape covers: antialiasing by supersampling.

    `size` is the side of the cell in pixels, and `scale` the shape's size; 1 is the usual one. The
    result is `float64 [size + 2 margin, size + 2 margin]`: the margin on each side of the cell is
    for a shape that reaches beyond it. `samples` are those along each side of a pixel.
    """
    whole = part_coverage(shape, size, 1, scale=scale, margin=margin, samples=samples)
    return np.asarray(whole[0])


def part_coverage(
    shape: str, size: int, parts: int, *, scale: float = 1.0, margin: int = 0, samples: int = 8
) -> NDArray[np.float64]:
    """Return the coverage of each of a shape's parts, `[parts, side, side]`; see `coverage`."""
    side = size + 2 * margin
    count = side * samples
    axis = ((np.arange(count) + 0.5) / samples - margin) / size * 2.0 - 1.0
    x, y = axis[None, :] / scale, axis[:, None] / scale
    ink = np.broadcast_to(SHAPES[shape].inside(x, y), (count, count))
    of_parts = [ink & (part_at(x, y, parts) == part) for part in range(parts)]
    blocks = np.stack(of_parts).reshape(parts, side, samples, side, samples)
    return np.asarray(blocks.mean(axis=(2, 4)))
