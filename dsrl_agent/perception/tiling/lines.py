"""Propose pitches and origins along one axis, from the segments that pixel lines fall into."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from dsrl_agent.perception.tiling.hashing import (
    Codes,
    Hashes,
    column_powers,
    inverse_column_powers,
    mixed,
)
from dsrl_agent.types import Floats, Ints

_ORIGIN_BITS = 12  # low bits of a segment's hash that hold its origin, below 4,096 pixels


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
    count, length = lines.shape
    sums = np.zeros((count, length + 1), np.uint64)
    np.cumsum(mixed(lines) * column_powers(length), axis=1, out=sums[:, 1:])
    inverses = inverse_column_powers(length + 1)
    pixel = _bits_per_pixel(lines)
    for pitch in pitches:
        hashes = (sums[:, pitch:] - sums[:, :-pitch]) * inverses[: length + 1 - pitch]
        entries, segments, numbers = _by_origin(hashes, pitch)
        left_over = count * length - segments * pitch
        bits = entries * (pitch * pixel + entry_bits) + numbers + left_over * pixel
        order = np.argsort(bits, kind="stable")[[0, min(1, pitch - 1)]]
        best, second = (LineGrid(float(bits[o]), pitch, int(o)) for o in order)
        yield best, second


def distinct_lines(codes: Codes, most: int) -> Codes:
    """Return at most so many distinct lines of `[N, L]`, a pseudo-random choice."""
    hashes = (mixed(codes) * column_powers(codes.shape[1])).sum(axis=1, dtype=np.uint64)
    # Ordered by a hash of hashes: the choice is fixed, and has nothing to do with what is drawn.
    first = np.unique(hashes, return_index=True)[1]
    return codes[first[:most]]


def _bits_per_pixel(lines: Codes) -> float:
    """Return bits of a pixel: whether its colour changes, and to which one."""
    changed = np.clip((lines[:, 1:] != lines[:, :-1]).mean(), 1e-3, 1 - 1e-3)
    stays = 1.0 - changed
    colours = max(2, len(np.unique(lines)))
    whether = -changed * np.log2(changed) - stays * np.log2(stays)
    return float(whether + changed * np.log2(colours))


def _by_origin(hashes: Hashes, pitch: int) -> tuple[Ints, Ints, Floats]:
    """Return distinct segments, segments, and bits of the segments' numbers, by origin `[pitch]`.

    Hashes `[M, L']` are those of the segments that begin at each pixel.
    """
    low = np.uint64(_ORIGIN_BITS)
    origins = (np.arange(hashes.shape[1]) % pitch).astype(np.uint64)
    keys = np.sort((hashes >> low << low | origins).ravel())
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    times = np.diff(np.append(starts, len(keys)))
    owner = (keys[starts] & np.uint64(2**_ORIGIN_BITS - 1)).astype(np.int64)
    entries = np.bincount(owner, minlength=pitch)
    segments = np.bincount(owner, times, minlength=pitch).astype(np.int64)
    own = np.bincount(owner, times * np.log2(times), minlength=pitch)
    return entries, segments, np.asarray(segments * np.log2(np.maximum(segments, 1)) - own)
