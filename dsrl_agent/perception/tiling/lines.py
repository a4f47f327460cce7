"""Propose pitches and origins along one axis, from the segments that pixel lines fall into."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.perception.tiling.hashing import (
    Codes,
    Hashes,
    column_powers,
    inverse_column_powers,
    mixed,
)
from dsrl_agent.types import Floats, Ints

_ORIGIN_BITS = 12  # low bits of a segment's hash that hold its origin, below 4,096 pixels
_LOOKED_AGAIN = 16  # segments of so many pixels tell which come again, to bound time


class LineGrid(NamedTuple):
    """A way to cut lines into segments."""

    bits: float  # description length of the lines
    pitch: int  # pixels of a segment
    origin: int  # pixels before the first whole segment, less than the pitch


def line_grids(
    lines: Codes, pitches: range, entry_bits: float
) -> Iterator[tuple[LineGrid, LineGrid]]:
    """Yield the two best origins for each pitch of lines `[M, L]`.

    A line is coded as numbers of segments in a dictionary; what is left at its ends costs as many
    bits a pixel as the dictionary does.
    """
    segments, pixel = _Segments(lines), _bits_per_pixel(lines)
    for pitch in pitches:
        entries, whole, numbers = segments.by_origin(pitch)
        left_over = lines.size - whole * pitch
        bits = entries * (pitch * pixel + entry_bits) + numbers + left_over * pixel
        order = np.argsort(bits, kind="stable")[[0, min(1, pitch - 1)]]
        best, second = (LineGrid(float(bits[o]), pitch, int(o)) for o in order)
        yield best, second


def distinct_lines(codes: Codes, most: int, looked_at: int) -> Codes:
    """Return at most so many distinct lines of `[..., L]`, a pseudo-random choice.

    Of the lines, `looked_at` are compared, at equal distances from the first to the last.
    """
    count = int(np.prod(codes.shape[:-1]))
    chosen = np.unique(np.linspace(0, count - 1, looked_at).astype(np.int64))
    some = codes[np.unravel_index(chosen, codes.shape[:-1])]
    hashes = (mixed(some) * column_powers(some.shape[1])).sum(axis=1, dtype=np.uint64)
    # Ordered by a hash: the choice is always the same, and has nothing to do with what is drawn.
    first = np.unique(hashes, return_index=True)[1]
    return some[first[:most]]


def _bits_per_pixel(lines: Codes) -> float:
    """Return bits of a pixel: whether its colour changes, and to which one."""
    changed = np.clip((lines[:, 1:] != lines[:, :-1]).mean(), 1e-3, 1 - 1e-3)
    stays = 1.0 - changed
    colours = max(2, len(np.unique(lines)))
    whether = -changed * np.log2(changed) - stays * np.log2(stays)
    return float(whether + changed * np.log2(colours))


class _Segments:
    """Counts segments of lines `[M, L]`; to be asked for longer and longer ones."""

    def __init__(self, lines: Codes) -> None:
        self._count, self._length = lines.shape
        order, shared = _ordered(lines)
        # By column, and within it in the order of what begins there, all in one row.
        self._shared = shared.ravel()  # [L * M]
        columns = np.arange(self._length)
        self._place = (order + columns[:, None] * self._count).ravel()
        self._column = columns.repeat(self._count)
        self._comes_again = np.ones(lines.size, np.bool_)
        sums = np.zeros((self._length + 1, self._count), np.uint64)
        np.cumsum((mixed(lines) * column_powers(self._length)).T, axis=0, out=sums[1:])
        self._sums = sums.ravel()
        self._inverses = inverse_column_powers(self._length)

    def by_origin(self, pitch: int) -> tuple[Ints, Ints, Floats]:
        """Return distinct segments, segments, and bits of their numbers, by origin `[pitch]`."""
        begin = (self._length + 1 - pitch) * self._count  # places at which one may begin
        first = np.flatnonzero(self._shared[:begin] < pitch)
        times = np.diff(np.append(first, begin))
        again = self._comes_again[first]
        first, times = first[again], times[again]
        hashes = self._hashes(first, pitch)
        if pitch % _LOOKED_AGAIN == 0:
            self._comes_again[first] = _comes_again(hashes, times)
        low = np.uint64(_ORIGIN_BITS)
        keys = hashes >> low << low | (self._column[first] % pitch).astype(np.uint64)
        order = np.argsort(keys)
        keys = keys[order]
        starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])[: len(keys)])
        times = np.add.reduceat(times[order], starts)
        owner = (keys[starts] & np.uint64(2**_ORIGIN_BITS - 1)).astype(np.int64)
        segments = self._count * ((self._length - np.arange(pitch)) // pitch)
        repeats = np.bincount(owner, times - 1, minlength=pitch).astype(np.int64)
        own = np.bincount(owner, times * np.log2(times), minlength=pitch)
        numbers = segments * np.log2(np.maximum(segments, 1)) - own
        return segments - repeats, segments, np.asarray(numbers)

    def _hashes(self, first: Ints, pitch: int) -> Hashes:
        place = self._place[first]
        sums = self._sums[place + pitch * self._count] - self._sums[place]
        return np.asarray(sums * self._inverses[self._column[first]])


def _comes_again(hashes: Hashes, times: Ints) -> NDArray[np.bool_]:
    """Return which segments come more than once; one that does not is no part of one that does."""
    numbers, counts = np.unique(hashes, return_inverse=True, return_counts=True)[1:]
    return np.asarray((counts[numbers] > 1) | (times > 1))


def _ordered(lines: Codes) -> tuple[Ints, NDArray[np.int16]]:
    """Return the order `[L, M]` of lines `[M, L]` by what begins at each column.

    The second array `[L, M]` holds how many pixels each has in common there with the one before it,
    0 for the first one.
    """
    count, length = lines.shape
    numbers = np.unique(lines, return_inverse=True)[1].reshape(lines.shape).T * count
    orders, shared = np.empty((length, count), np.int64), np.zeros((length, count), np.int16)
    rank, common = np.zeros(count, np.int64), np.zeros((count, count), np.int16)
    for column in reversed(range(length)):
        own = numbers[column]
        common += 1
        common *= own[:, None] == own
        orders[column] = order = np.argsort(own + rank)
        rank[order] = np.arange(count)
        shared[column, 1:] = common[order[1:], order[:-1]]
    return orders, shared
