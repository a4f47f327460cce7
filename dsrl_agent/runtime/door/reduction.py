"""Find the whole factor by which large frames can be brought down with their grid intact.

Two signs are read. Edges that all lie on one phase of s pixels show art whose own pixels are
s x s. Else the pitch of a grid is found by description length, one axis at a time: cut into
segments of the true pitch, pixel lines need the fewest bits, as the segments recur.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.config import DoorThresholds
from dsrl_agent.runtime.door.view import reduced
from dsrl_agent.types import Frame

_Codes = NDArray[np.uint64]

_LINES = 40  # distinct pixel lines read: bounds the time
_PITCHES = 96  # longest pitch tried, pixels: bounds the time
_TILES = 400  # distinct cells that are compared: bounds the time
_ART = 32  # longest side of an art's own pixels, in pixels
_BITS_OF_PLACE = 8.0  # bits to number one distinct segment
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # odd, so it has an inverse modulo 2**64


class Reduction(NamedTuple):
    """How frames are brought down."""

    factor: int  # pixels of a side of the square whose mean becomes one pixel
    corner: tuple[int, int]  # row and column at which the squares begin
    sign: str  # the sign that was read, in words


class Cut(NamedTuple):
    """A way to cut one axis into cells."""

    bits: float  # of the pixel lines read
    pitch: int  # pixels
    origin: int  # pixels before the first cell


def reduction_of(frames: Frame, thresholds: DoorThresholds) -> Reduction:
    """Return how frames `uint8 [B, H, W, 3]` can be brought down.

    The cells of a grid keep at least `cell` pixels, no square straddles two cells, and different
    cells stay different. Frames without a grid are halved until their longest side is at most
    `longest`.
    """
    codes = _numbers(frames)
    rows, cols = codes.transpose(0, 2, 1), codes
    (side, top), (width, left) = (_art(axis, thresholds) for axis in (rows, cols))
    side = int(np.gcd(side, width))
    if side > 1:
        factor = _factor_within(side, thresholds.cell)
        return Reduction(factor, (top % factor, left % factor), f"its art has pixels of {side}")
    if grid := _grid(rows, cols, thresholds):
        return _by_grid(frames, *grid, thresholds)
    factor = 1
    while max(frames.shape[1:3]) > factor * thresholds.longest:
        factor *= 2
    return Reduction(factor, (0, 0), "no grid found at a glance")


def _factor_within(side: int, cell: int) -> int:
    """Return the factor for art with pixels of a side, which might be whole cells of one colour."""
    if side < cell:
        return side
    return max(d for d in range(1, side + 1) if side % d == 0 and side // d >= cell)


def _art(codes: _Codes, thresholds: DoorThresholds) -> tuple[int, int]:
    """Return the longest period with a phase on which the edges along the last axis lie.

    The second number is the phase. The period is 1 if the edges have no phase in common.
    """
    edges = np.count_nonzero(codes[..., 1:] != codes[..., :-1], axis=(0, 1))  # before pixel i + 1
    total, length = edges.sum(), codes.shape[2]
    for side in range(min(_ART, length // 2), 1, -1):
        padded = np.zeros(-(-length // side) * side)
        padded[1:length] = edges
        by_phase = padded.reshape(-1, side).sum(axis=0)
        if total and by_phase.max() >= thresholds.one_phase * total:
            return side, int(by_phase.argmax())
    return 1, 0


def _by_grid(frames: Frame, row: Cut, col: Cut, thresholds: DoorThresholds) -> Reduction:
    """Return the greatest reduction that keeps the cells of a grid apart."""
    sign = f"a grid of cells of {row.pitch} x {col.pitch} pixels"
    tiles = _tiles(frames, row, col)
    for factor in range(min(row.pitch, col.pitch) // thresholds.cell, 1, -1):
        whole = row.pitch % factor == col.pitch % factor == 0
        if whole and _stay_apart(tiles, factor, thresholds.apart):
            return Reduction(factor, (row.origin % factor, col.origin % factor), sign)
    return Reduction(1, (0, 0), sign)


def _tiles(frames: Frame, row: Cut, col: Cut) -> Frame:
    """Return distinct cells of frames: `uint8 [N, h, w, 3]`."""
    cut = frames[:, row.origin :, col.origin :]
    rows, cols = cut.shape[1] // row.pitch, cut.shape[2] // col.pitch
    cut = cut[:, : rows * row.pitch, : cols * col.pitch]
    cells = cut.reshape(len(cut), rows, row.pitch, cols, col.pitch, 3).swapaxes(2, 3)
    flat = np.ascontiguousarray(cells.reshape(-1, row.pitch * col.pitch * 3))
    distinct = sorted({line.tobytes() for line in flat})[:_TILES]
    joined = np.frombuffer(b"".join(distinct), np.uint8)
    return joined.reshape(-1, row.pitch, col.pitch, 3)


def _stay_apart(tiles: Frame, factor: int, apart: int) -> bool:
    """Return whether cells that differ still differ when they are brought down.

    They must differ by `apart` grey levels in some pixel, or by as much as they did before.
    """
    small = np.stack([reduced(tile, factor, (0, 0)) for tile in tiles]).astype(np.int16)
    whole = tiles.astype(np.int16)
    for index in range(1, len(tiles)):
        after = np.abs(small[:index] - small[index]).max(axis=(1, 2, 3))
        for other in np.flatnonzero(after < apart).tolist():
            if after[other] < min(apart, np.abs(whole[other] - whole[index]).max()):
                return False
    return True


def _grid(rows: _Codes, cols: _Codes, thresholds: DoorThresholds) -> tuple[Cut, Cut] | None:
    """Return the cuts of both axes that show a grid, if at least one axis shows it clearly.

    The other axis then has the same pitch, if that needs hardly more bits than its best one.
    """
    tried = [_cuts(axis, thresholds.cell) for axis in (rows, cols)]
    clear = [_clear_cut(cuts, thresholds) for cuts in tried]
    for axis in (0, 1):
        cut = clear[1 - axis]
        if clear[axis] is None and cut is not None:
            near = (c for c in tried[axis] if c.bits <= thresholds.alike * tried[axis][0].bits)
            clear[axis] = next((c for c in near if c.pitch == cut.pitch), None)
    row, col = clear
    return None if row is None or col is None else (row, col)


def _clear_cut(cuts: Sequence[Cut], thresholds: DoorThresholds) -> Cut | None:
    """Return the one of the cuts, best first, that shows a grid, if one does.

    The best cut must need clearly fewer bits than all whose pitch is neither a part nor a multiple
    of it. As parts of cells recur too, a multiple that needs hardly more bits is preferred.
    """
    if not cuts:
        return None
    best = cuts[0]
    others = (c for c in cuts if c.pitch % best.pitch and best.pitch % c.pitch)
    if min((other.bits for other in others), default=np.inf) < thresholds.clear * best.bits:
        return None
    near = (cut for cut in cuts if cut.bits <= thresholds.alike * best.bits)
    multiples = (cut for cut in near if cut.pitch % best.pitch == 0)
    same = (cut for cut in multiples if cut.origin % best.pitch == best.origin)
    return max(same, key=lambda cut: cut.pitch, default=best)


def _cuts(codes: _Codes, least: int) -> list[Cut]:
    """Return the best cut of each pitch along the last axis of `codes [B, N, L]`, best first."""
    lines, length = codes.reshape(-1, codes.shape[2]), codes.shape[2]
    powers = _powers(length)
    # By hashes, equal lines are found without sorting whole lines; few are left to be sorted.
    _, first = np.unique(lines @ powers[:length], return_index=True)
    lines = np.unique(lines[first], axis=0)
    lines = lines[np.linspace(0, len(lines) - 1, min(len(lines), _LINES)).astype(np.int64)]
    colour_bits = _entropy(lines)
    sums = np.zeros((len(lines), length + 1), np.uint64)
    np.cumsum((lines + np.uint64(1)) * powers[:length], axis=1, out=sums[:, 1:])
    inverse, cuts = powers[:0:-1], []
    for pitch in range(least, min(_PITCHES, length // 2) + 1):
        # Equal segments at different places differ by a power of the multiplier: undone here.
        windows = (sums[:, pitch:] - sums[:, :-pitch]) * inverse[: length - pitch + 1]
        tried = (
            Cut(_bits(windows[:, origin::pitch], pitch, length, colour_bits), pitch, origin)
            for origin in range(pitch)
        )
        cuts.append(min(tried))
    return sorted(cuts)


def _bits(segments: _Codes, pitch: int, length: int, colour_bits: float) -> float:
    """Return the bits of lines of `length` pixels, cut into `segments [N, n]` of a pitch."""
    counts = np.unique(segments, return_counts=True)[1]
    which = segments.size * _entropy_of(counts)
    rest = len(segments) * (length - segments.shape[1] * pitch) * colour_bits
    return float(len(counts) * (pitch * colour_bits + _BITS_OF_PLACE) + which + rest)


def _entropy(values: _Codes) -> float:
    return _entropy_of(np.unique(values, return_counts=True)[1])


def _entropy_of(counts: NDArray[np.integer]) -> float:
    """Return the entropy in bits of values that occurred this often."""
    shares = counts / counts.sum()
    return float(-(shares * np.log2(shares)).sum())


def _powers(length: int) -> _Codes:
    """Return the powers 0 to `length` of the multiplier, modulo 2**64."""
    powers = np.full(length + 1, _MULTIPLIER)
    powers[0] = 1
    return np.multiply.accumulate(powers)


def _numbers(frames: Frame) -> _Codes:
    """Return the colours of frames as whole numbers `[B, H, W]`."""
    red, green, blue = (frames[..., channel].astype(np.uint64) for channel in range(3))
    return np.asarray((red << np.uint64(16)) | (green << np.uint64(8)) | blue)
