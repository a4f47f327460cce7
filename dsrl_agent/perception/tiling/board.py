"""Find the board in frames that show something else beside it, such as a score above it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.config.tiling import BoardThresholds
from dsrl_agent.perception.grid import Grid
from dsrl_agent.types import Frame


def without_bands(
    size: tuple[int, int], thresholds: BoardThresholds
) -> Iterator[tuple[slice, slice]]:
    """Yield the rows and columns of frames of a size, without a band along each of their sides."""
    for axis, side in enumerate(size):
        band = int(thresholds.band * side)
        for part in (slice(band, side), slice(0, side - band)):
            yield (part, slice(0, size[1])) if axis == 0 else (slice(0, size[0]), part)


def board_of(frames: Frame, found: Grid, thresholds: BoardThresholds) -> Grid | None:
    """Return a grid found on a part of frames, as far as its tiles go on; None if to their edges.

    `found` is the grid on that part, in pixels of the frames `uint8 [N, H, W, 3]`. A row or column
    of cells beside it belongs to the board if nearly all it shows are tiles of that part.
    """
    whole = found.whole()
    tops = [(found.origin[axis] - whole.origin[axis]) // whole.pitch[axis] for axis in (0, 1)]
    spans = [slice(top, top + count) for top, count in zip(tops, found.shape, strict=True)]
    tiles = whole.cut_all(frames).reshape(len(frames), *whole.shape, -1)
    # A picture of 0 to 255 as one item, so that equal tiles are equal items.
    items = np.ascontiguousarray(tiles).view(np.dtype((np.void, tiles.shape[-1])))[..., 0]
    known = np.isin(items, np.unique(items[:, spans[0], spans[1]]))  # [N, rows, cols]
    for axis in (0, 1):
        along = known[:, :, spans[1]] if axis == 0 else known[:, spans[0]]
        lines = along.mean(axis=(0, 2 - axis)) >= thresholds.known
        spans[axis] = _grown(spans[axis], lines)
    board = whole.part(*spans)
    return None if board == whole else board


def _grown(span: slice, lines: NDArray[np.bool_]) -> slice:
    """Return a span with the lines beside it that are true."""
    start, stop = span.start, span.stop
    while start > 0 and lines[start - 1]:
        start -= 1
    while stop < len(lines) and lines[stop]:
        stop += 1
    return slice(start, stop)
