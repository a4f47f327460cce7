"""Hash every rectangle of pictures in constant time, by prefix sums of polynomial hashes.

The hash of a rectangle is the sum of its pixels' codes times A^row B^column modulo 2^64, counted
from its own corner: a prefix sum gives it from the picture's corner, and the inverse powers of A
and B take it to the rectangle's (Karp and Rabin 1987, in two dimensions).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from dsrl_agent.types import Frame, Ints

Hashes = NDArray[np.uint64]
Codes = NDArray[np.uint32]
"""Colours of pixels as numbers: 2^16 red + 2^8 green + blue."""

_ROW_BASE = 0x9E3779B97F4A7C15
_COLUMN_BASE = 0xC2B2AE3D27D4EB4F
_VALUES = 2**15  # worked on at once, to stay in the cache


def colour_codes(frames: Frame) -> Codes:
    """Return the colours of frames `[..., 3]` as numbers below 2^24."""
    red, green, blue = (frames[..., channel].astype(np.uint32) for channel in range(3))
    return np.asarray(red << np.uint32(16) | green << np.uint32(8) | blue)


def mixed(codes: Codes) -> Hashes:
    """Return codes spread over all 64 bits, by the finaliser of SplitMix64 (Steele et al. 2014)."""
    hashes = np.add(codes.ravel(), np.uint64(_ROW_BASE), dtype=np.uint64)
    for start in range(0, hashes.size, _VALUES):
        bits = hashes[start : start + _VALUES]
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            bits ^= bits >> np.uint64(shift)
            bits *= np.uint64(factor)
        bits ^= bits >> np.uint64(31)
    return hashes.reshape(codes.shape)


def column_powers(count: int) -> Hashes:
    """Return the weights `[count]` of the columns of a hash."""
    return _powers(_COLUMN_BASE, count)


def inverse_column_powers(count: int) -> Hashes:
    """Return the factors `[count]` that take a hash from the picture's edge to its own column."""
    return _powers(_inverse(_COLUMN_BASE), count)


@dataclass(frozen=True)
class RectangleHashes:
    """Hashes of all rectangles of pictures of one size."""

    sums: Hashes  # [H + 1, W + 1, N]
    row_inverses: Hashes  # [H + 1]
    column_inverses: Hashes  # [W + 1]

    @classmethod
    def of(cls, hashes: Hashes) -> Self:
        """Prepare the hashes of pictures `[H, W, N]` of pixels; a pixel of hash 0 adds nothing."""
        height, width = hashes.shape[:2]
        weights = _powers(_ROW_BASE, height)[:, None] * column_powers(width)
        sums = prefix_sums(hashes, np.uint64, weights)
        rows = _powers(_inverse(_ROW_BASE), height + 1)
        return cls(sums, rows, inverse_column_powers(width + 1))

    def between(self, rows: Ints, columns: Ints) -> Hashes:
        """Return the hashes `[R, C, N]` of the rectangles between R + 1 rows and C + 1 columns."""
        own = self.row_inverses[rows[:-1], None] * self.column_inverses[columns[:-1]]
        return np.asarray(between(self.sums, rows, columns) * own[:, :, None])


def between(sums: NDArray[Any], rows: Ints, columns: Ints) -> NDArray[Any]:
    """Return the sums `[R, C, N]` within rectangles from prefix sums `[H + 1, W + 1, N]`."""
    corners = sums[rows[:, None], columns]
    bands = corners[1:] - corners[:-1]
    return np.asarray(bands[:, 1:] - bands[:, :-1])


def prefix_sums(
    values: NDArray[Any], dtype: DTypeLike, weights: NDArray[Any] | None = None
) -> NDArray[Any]:
    """Return the sums `[H + 1, W + 1, N]` of values `[H, W, N]` above and left of each corner.

    The pictures come last, as all of them are read at the same few corners. Pixels may have weights
    `[H, W]`.
    """
    height, width, count = values.shape
    sums = np.zeros((height + 1, width + 1, count), dtype)
    at_once = max(1, _VALUES // (width * count))
    for start in range(0, height, at_once):
        rows = slice(start, start + at_once)
        part = values[rows] if weights is None else values[rows] * weights[rows, :, None]
        np.cumsum(part, axis=1, out=sums[1:][rows, 1:])
        for row in range(max(1, start), min(start + at_once, height)):
            sums[row + 1] += sums[row]
    return sums


def _powers(base: int, count: int) -> Hashes:
    powers = np.full(count, base, np.uint64)
    powers[:1] = 1
    return np.cumprod(powers, dtype=np.uint64)


def _inverse(base: int) -> int:
    return pow(base, -1, 2**64)
