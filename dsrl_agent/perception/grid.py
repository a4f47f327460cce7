"""Find the grid from motion: pitch, origin and extent, from frames, actions and nothing else.

An action that moves the agent moves it by one cell. So the signed difference of the frames before
and after holds the agent twice, once with each sign and one cell apart: the difference image's
autocorrelation dips where its argument is the pitch. A move along one axis keeps within one row or
column of cells, which gives the origin; where anything ever changed gives the extent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len
from scipy.ndimage import uniform_filter

from dsrl_agent.errors import PerceptionError
from dsrl_agent.types import Floats, Floats32, Frame, FrameTransitions, Ints

_NOISE_SIGMAS = 6.0  # a pixel changed if its difference exceeds this many standard deviations
_DEAFENING = 192.0  # a threshold beyond three quarters of a pixel's range hides what changed
_CALM = 128.0  # one that does not
_BLURS = (3, 5)  # pixels: wider ones would leave nothing of a small agent
_MIN_PITCH = 3
_BATCH = 64  # frames worked on at once, for the sake of memory


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the cells are, in pixels of a frame.

    Attributes:
        pitch: Height and width of a cell.
        origin: Top and left edge of cell (0, 0).
        shape: Rows and columns.
        frame: Height and width of the frames that it was found on.
    """

    pitch: tuple[int, int]
    origin: tuple[int, int]
    shape: tuple[int, int]
    frame: tuple[int, int]

    def fitted(self, height: int, width: int) -> Grid:
        """Return the same grid for frames of another size: as many whole cells as fit."""
        if (height, width) == self.frame:
            return self
        rows = (height - self.origin[0]) // self.pitch[0]
        cols = (width - self.origin[1]) // self.pitch[1]
        if rows < 1 or cols < 1:
            raise PerceptionError(
                f"A frame of {height} x {width} pixels has no room for one cell of "
                f"{self.pitch[0]} x {self.pitch[1]} pixels at {self.origin}; give larger frames."
            )
        return Grid(self.pitch, self.origin, (rows, cols), (height, width))

    def whole(self) -> Grid:
        """Return the grid that goes on to the frame's edges: all whole cells that fit in it."""
        origin = (self.origin[0] % self.pitch[0], self.origin[1] % self.pitch[1])
        rows = (self.frame[0] - origin[0]) // self.pitch[0]
        cols = (self.frame[1] - origin[1]) // self.pitch[1]
        return Grid(self.pitch, origin, (rows, cols), self.frame)

    def part(self, rows: slice, cols: slice) -> Grid:
        """Return the grid of some neighbouring rows and columns of this one."""
        top = self.origin[0] + rows.start * self.pitch[0]
        left = self.origin[1] + cols.start * self.pitch[1]
        shape = (rows.stop - rows.start, cols.stop - cols.start)
        return Grid(self.pitch, (top, left), shape, self.frame)

    def resample(self, frames: Frame | Floats32, side: int) -> Floats32:
        """Bring the cells of frames to `side` x `side` pixels each.

        Args:
            frames: `[B, H, W, C]`, 0-255.
            side: Pixels of a side of a cell in the result.

        Returns:
            `float32 [B, C, rows * side, cols * side]` in [0, 1]: each pixel is the mean of those it
            covers, and none reaches into the neighbouring cell.
        """
        (rows, cols), (height, width) = self.shape, self.pitch
        top, left = self.origin
        inner = frames[:, top : top + rows * height, left : left + cols * width]
        count, channels = frames.shape[0], frames.shape[3]
        cells = inner.astype(np.float32).reshape(count, rows, height, cols, width, channels)
        # Cell by cell: a product with the whole frame's matrix is mostly a product with zeros.
        tall = np.tensordot(_coverage(height, side), cells, axes=(1, 2))  # [s, B, R, C, w, 3]
        small = np.tensordot(_coverage(width, side), tall, axes=(1, 4))  # [s', s, B, R, C, 3]
        images = small.transpose(2, 5, 3, 1, 4, 0).reshape(
            count, channels, rows * side, cols * side
        )
        return np.asarray(images / np.float32(255.0))


def find_grid(motion: FrameTransitions) -> Grid:
    """Find the grid in which one action moves the agent by one cell.

    Args:
        motion: Transitions of play in which the agent moved along both axes.

    Returns:
        The grid, its origin within a pixel or so where objects leave a margin in their cells.

    Raises:
        PerceptionError: Nothing moved, or nothing moved along one of the axes.
    """
    motion, threshold, blur = _calmed(motion)
    traces = _trace(motion, threshold)
    moved = _moved(traces, motion.actions)
    pitch = (_pitch(list(moved.values()), 0), _pitch(list(moved.values()), 1))
    axes = np.full(len(motion.actions), None)
    for (action, axis), displacement in moved.items():
        # What turns in its place, or walks by itself, has dips of other lengths.
        if displacement.axis is not None and displacement.pixels == pitch[displacement.axis]:
            axes[(motion.actions == action) & (traces.axes == axis)] = displacement.axis
    ever = _ever_changed(motion, threshold)
    origin, shape = [], []
    for axis in (0, 1):
        # A move along the other axis keeps within one band of this one.
        profiles = traces.energy[axis][axes == 1 - axis]  # [N', H or W]
        offset = _offset(profiles, pitch[axis], ever.sum(axis=1 - axis))
        touched = np.flatnonzero(ever.any(axis=1 - axis))
        size = ever.shape[axis]
        # A blur carries what changed so many pixels beyond where it did.
        start, end = int(touched[0]) + blur // 2, int(touched[-1]) - blur // 2
        first, last = (start - offset) // pitch[axis], (end - offset) // pitch[axis]
        # Noise and shaking leave the offset right to a pixel, and a grid from edge to edge is
        # common: one that sticks out by a pixel is off by that pixel.
        offset += offset + first * pitch[axis] == -1
        offset -= offset + (last + 1) * pitch[axis] == size + 1
        # A cell that sticks out of the frame is none: there the offset is off by the margin.
        first += offset + first * pitch[axis] < 0
        last -= offset + (last + 1) * pitch[axis] > size
        origin.append(offset + first * pitch[axis])
        shape.append(last - first + 1)
    height, width = ever.shape
    return Grid(pitch, (origin[0], origin[1]), (shape[0], shape[1]), (height, width))


class _Displacement(NamedTuple):
    axis: int | None  # 0 moves rows, 1 moves columns, None if nothing moves
    pixels: int
    depth: float


class _Traces(NamedTuple):
    """What each transition's difference image leaves along the rows and along the columns."""

    energy: tuple[Floats, Floats]  # [N, H] and [N, W]: the squares, summed over the other axis
    lags: tuple[Floats, Floats]  # [N, H] and [N, W]: the autocorrelation along one axis alone

    @property
    def axes(self) -> Ints:
        """The axis along which each transition's own autocorrelation dips deeper, `[N]`."""
        dips = [part[:, _MIN_PITCH:].min(axis=1, initial=0.0) for part in self.lags]
        return np.asarray(np.argmin(dips, axis=0), np.int64)


def _calmed(motion: FrameTransitions) -> tuple[FrameTransitions, float, int]:
    """Return motion whose noise leaves room for a threshold, the threshold, and the blur in pixels.

    Strong noise would hide every change; the mean over a few pixels around each shows it.
    """
    threshold = _noise_threshold(motion)
    calm, blur = motion, 1
    for width in _BLURS if threshold > _DEAFENING else ():
        if threshold > _CALM:
            box, blur = (1, width, width, 1), width
            before, after = (uniform_filter(part, box) for part in (motion.before, motion.after))
            calm = FrameTransitions(before, motion.actions, after)
            threshold = _noise_threshold(calm)
    return calm, threshold, blur


def _noise_threshold(motion: FrameTransitions) -> float:
    # Most pixels of a difference show noise alone, so its median tells the noise's width.
    some = slice(None, None, max(1, len(motion.actions) // 64))
    sample = np.abs(motion.after[some].astype(np.int16) - motion.before[some])
    # The factor turns a median absolute deviation into a standard deviation.
    sigma = 1.4826 * float(np.median(sample))
    return max(_NOISE_SIGMAS * sigma, 8.0)


def _trace(motion: FrameTransitions, threshold: float) -> _Traces:
    parts = []
    for start in range(0, len(motion.actions), _BATCH):
        these = slice(start, start + _BATCH)
        signed = motion.after[these].astype(np.float32) - motion.before[these]
        signed[np.abs(signed) <= threshold] = 0.0
        energy = np.square(signed).sum(axis=3, dtype=np.float64)  # [B, H, W]
        row_lags = _autocorrelation(signed.transpose(0, 2, 3, 1))
        col_lags = _autocorrelation(signed.transpose(0, 1, 3, 2))
        parts.append((energy.sum(axis=2), energy.sum(axis=1), row_lags, col_lags))
    rows, cols, *lags = (np.concatenate(part) for part in zip(*parts, strict=True))
    return _Traces((rows, cols), (lags[0], lags[1]))


def _autocorrelation(signed: Floats32) -> Floats:
    """Return the autocorrelation along the last axis of `[B, ..., L]`, summed up to `[B, L]`."""
    count, length = len(signed), signed.shape[-1]
    lines = signed.reshape(count, -1, length)
    owner, line = np.nonzero(lines.any(axis=2))  # most lines hold nothing
    size = next_fast_len(2 * length, real=True)  # zero padding: no wrap-around
    power = np.zeros((count, size // 2 + 1))
    np.add.at(power, owner, np.square(np.abs(np.fft.rfft(lines[owner, line], n=size))))
    return np.asarray(np.fft.irfft(power, n=size)[:, :length])


def _displacement(lags: Sequence[Floats]) -> _Displacement:
    """Return by how much an action moves what it moves: the autocorrelation's deepest dip."""
    best = _Displacement(None, 0, 0.0)
    for axis, line in enumerate(part.sum(axis=0) for part in lags):
        if len(line) <= _MIN_PITCH:
            continue
        pixels = _MIN_PITCH + int(np.argmin(line[_MIN_PITCH:]))
        # The whole energy is the agent twice; the dip, its overlap with itself, is at most half.
        depth = -float(line[pixels]) / max(float(line[0]), 1e-9)
        if depth > max(best.depth, 0.1):
            best = _Displacement(axis, pixels, depth)
    return best


def _moved(traces: _Traces, actions: Ints) -> dict[tuple[int, int], _Displacement]:
    """Return by how much each action moves what it moves along each axis.

    An action may move along either: that of an agent which goes the way that it faces.
    """
    found = {}
    for action in np.unique(actions):
        for axis in (0, 1):
            own = (actions == action) & (traces.axes == axis)
            if own.any():
                found[int(action), axis] = _displacement([part[own] for part in traces.lags])
    return found


def _pitch(moved: list[_Displacement], axis: int) -> int:
    pixels = [m for m in moved if m.axis == axis]
    if not pixels:
        raise PerceptionError(
            f"No action was seen to move anything along the {'rows' if axis == 0 else 'columns'} "
            "in the frames met so far, so the grid cannot be found from motion; let the agent "
            "play more steps (perception.frames), or use symbols of still pictures (dsrl symbols)."
        )
    return max(pixels, key=lambda m: m.depth).pixels


def _ever_changed(motion: FrameTransitions, threshold: float) -> NDArray[Any]:
    """Say which pixels ever differed from their median, in any frame: `bool [H, W]`."""
    frames = np.concatenate([motion.before, motion.after[-1:]])
    middle = np.median(frames[:: max(1, len(frames) // 200)], axis=0)
    ever = np.zeros(middle.shape, np.bool_)
    for start in range(0, len(frames), _BATCH):
        away = np.abs(frames[start : start + _BATCH] - middle.astype(np.float32))
        ever |= (away > threshold).any(axis=0)
    return np.asarray(ever.any(axis=2))


def _offset(profiles: Floats, pitch: int, ink: Ints) -> int:
    """Return the offset in [0, pitch) that puts each move's energy into one band of cells.

    Where ink leaves a margin, several offsets do; of those the middle one of the offsets whose
    borders cross least ink is taken, so that pictures stand in the middle of their cells.
    """
    size = profiles.shape[1]
    whole = profiles.sum(axis=1)
    profiles, whole = profiles[whole > 0], whole[whole > 0]
    share = np.empty(pitch)
    cut = np.empty(pitch)
    for offset in range(pitch):
        edges = np.arange(offset - pitch, size, pitch).clip(0)
        bands = np.add.reduceat(profiles, edges[edges < size], axis=1)
        share[offset] = float((bands.max(axis=1) / whole).mean())
        borders = np.arange(offset, size + 1, pitch)
        # A border runs between two pixels: what it cuts is ink that stands on both its sides.
        padded = np.pad(ink, 1)
        cut[offset] = np.minimum(padded[borders], padded[borders + 1]).sum()
    good = share >= share.max() - 0.01
    cut[~good] = np.inf
    return _middle_of_run(cut <= cut.min() * 1.05)


def _middle_of_run(flags: NDArray[Any]) -> int:
    """Return the middle of the longest circular run of true values."""
    count = len(flags)
    if flags.all():
        return 0
    doubled = np.concatenate([flags, flags])
    best_start, best_length, length = 0, 0, 0
    for index, flag in enumerate(doubled):
        length = length + 1 if flag else 0
        if min(length, count) > best_length:
            best_length, best_start = length, index - length + 1
    return (best_start + (best_length - 1) // 2) % count


@cache
def _coverage(pitch: int, side: int) -> Floats32:
    """Return the weights `[side, pitch]` of old pixels in the mean that each new one is."""
    edges = np.linspace(0.0, pitch, side + 1)
    pixels = np.arange(pitch)
    overlap = np.clip(
        np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels), 0.0, None
    )
    return np.asarray(overlap / overlap.sum(axis=1, keepdims=True), np.float32)
