"""Find grids whose cells are no whole number of pixels, as in frames that were resized.

The cells divide the frame from edge to edge. Edges in the frames propose how many there are; then
cells must be more like each other than those of grids with a row or column more or less.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from dsrl_agent.config.tiling import DividedThresholds
from dsrl_agent.perception.grid import DividedGrid, Grid
from dsrl_agent.types import Floats, Floats32, Frame


class Divided(NamedTuple):
    """A grid that divides frames."""

    grid: DividedGrid
    bits: float  # of its tiles
    bits_alone: float  # of its tiles, none told by another one
    sharpness: float  # the bits of the best grid with a row or column more or less, by its own


def find_divided(frames: Frame, least_pitch: int, thresholds: DividedThresholds) -> Divided | None:
    """Return the grid that divides frames `uint8 [N, H, W, 3]` best, None if none is sharp."""
    few = _few(frames, thresholds)
    counts = [_counts(few, axis, least_pitch, thresholds) for axis in (0, 1)]
    found = [_judged(few, (rows, cols), thresholds) for rows in counts[0] for cols in counts[1]]
    sharpest = max((one.sharpness for one in found), default=0.0)
    if sharpest < thresholds.least_sharpness:
        return None
    least = 1.0 + thresholds.alike * (sharpest - 1.0)
    sharp = [one for one in found if one.sharpness >= least]
    most = thresholds.parts * min(one.bits for one in sharp)
    # Halves of cells may be nearly as sharp as the cells, and so may pairs of cells.
    return min((one for one in sharp if one.bits <= most), key=lambda one: _cells(one.grid))


def bits_per_pixel(frames: Frame, grid: Grid, thresholds: DividedThresholds) -> float:
    """Return the bits of what the cells of any grid show, by the code of divided frames.

    They are those of a pixel within the grid, so that grids may be compared that leave out borders.
    """
    few = _few(frames, thresholds)
    return _bits(few, grid, thresholds)[0] / (_cells(grid) * float(np.prod(grid.exact_pitch)))


def _few(frames: Frame, thresholds: DividedThresholds) -> Frame:
    """Return the frames that are looked at."""
    chosen = np.linspace(0, len(frames) - 1, min(len(frames), thresholds.frames)).astype(int)
    return np.asarray(frames[chosen])


def _cells(grid: Grid) -> int:
    return grid.shape[0] * grid.shape[1]


def _counts(frames: Frame, axis: int, least_pitch: int, thresholds: DividedThresholds) -> list[int]:
    """Return the numbers of cells along an axis at whose lines there are most edges, best first."""
    edges = np.log1p(_edges(frames, axis))
    size = frames.shape[1 + axis]
    usual = float(np.maximum(edges[:-1], edges[1:]).mean()) + thresholds.beyond * edges.std()
    scores = {
        count: sum(_at_lines(edges, count) - usual) for count in range(2, size // least_pitch + 1)
    }
    best = sorted(scores, key=lambda count: -scores[count])[: thresholds.proposals]
    return [count for count in best if scores[count] > 0]


def _edges(frames: Frame, axis: int) -> Floats:
    """Return the mean change from each line of pixels to the next, `[size - 1]`."""
    lines = np.moveaxis(frames, 1 + axis, 0)
    one, other = lines[:-1], lines[1:]
    red, green, blue = np.moveaxis(np.maximum(one, other) - np.minimum(one, other), -1, 0)
    most = np.maximum(np.maximum(red, green), blue)  # far quicker than along an axis of three
    return np.asarray(most.mean(axis=(1, 2)), np.float64)


def _at_lines(edges: Floats, count: int) -> Floats:
    """Return the larger of both edges beside each inner line of so many cells, `[count - 1]`."""
    lines = np.arange(1, count) * (len(edges) + 1) / count
    before = np.floor(lines).astype(np.int64) - 1
    return np.maximum(edges[before], edges[np.minimum(before + 1, len(edges) - 1)])


def _judged(frames: Frame, shape: tuple[int, int], thresholds: DividedThresholds) -> Divided:
    size = (frames.shape[1], frames.shape[2])
    grid = DividedGrid.of(shape, size)
    bits, alone = _bits(frames, grid, thresholds)
    near = (_bits(frames, DividedGrid.of(other, size), thresholds)[0] for other in _around(shape))
    return Divided(grid, bits, alone, min(near) / max(bits, 1e-9))


def _around(shape: tuple[int, int]) -> Iterator[tuple[int, int]]:
    rows, cols = shape
    for more in (-1, 1):
        if rows + more > 1:
            yield rows + more, cols
        if cols + more > 1:
            yield rows, cols + more


def _bits(frames: Frame, grid: Grid, thresholds: DividedThresholds) -> tuple[float, float]:
    """Return the description length of what each cell ever shows, by a Gaussian code.

    A tile is coded by its mean colour and its deviation from it, or by its deviation from the
    nearest tile before it. The second figure is that of the first code alone.
    """
    tiles = _distinct(frames, grid)
    few = tiles[np.linspace(0, len(tiles) - 1, min(len(tiles), thresholds.tiles)).astype(int)]
    values = np.prod(grid.exact_pitch) * 3
    plain = few.reshape(len(few), -1, 3)
    alone = np.square(plain - plain.mean(axis=1, keepdims=True)).mean(axis=(1, 2))
    like = _nearest_before(few)
    new = values * _gaussian(alone) + thresholds.tile_bits
    known = values * _gaussian(like) + np.log2(len(few) + 1.0)
    return float(np.minimum(new, known).mean() * len(tiles)), float(new.mean() * len(tiles))


def _distinct(frames: Frame, grid: Grid) -> Floats32:
    """Return the tiles `[M, values]` that each place ever shows, without repeats at a place."""
    shown: dict[tuple[int, bytes], Frame] = {}
    for frame in frames:
        for place, tile in enumerate(grid.cut(frame)):
            shown.setdefault((place, tile.tobytes()), tile)
    return np.stack(list(shown.values())).reshape(len(shown), -1).astype(np.float32)


def _nearest_before(tiles: Floats32) -> Floats:
    """Return the least mean squared difference of each tile `[M, D]` from one before it."""
    squares = np.square(tiles).sum(axis=1)
    away = squares[:, None] + squares - 2.0 * tiles @ tiles.T
    away[np.triu_indices(len(tiles))] = np.inf
    return np.asarray(np.maximum(away.min(axis=1), 0.0) / tiles.shape[1], np.float64)


def _gaussian(errors: Floats) -> Floats:
    """Return the bits of a value with a mean squared error, beyond those of a rounded one.

    Rounding both values that are compared has a variance of 2 / 12.
    """
    return np.asarray(np.log2(1.0 + 6.0 * errors) / 2.0)
