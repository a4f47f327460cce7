"""Find the grid from motion: pitch, origin and extent, from frames, actions and nothing else.

An action that moves the agent moves it by one cell. So the signed difference of the frames before
and after holds the agent twice, once with each sign and one cell apart: the difference image's
autocorrelation dips where its argument is the pitch. A move along one axis keeps within one row or
column of cells, which gives the origin; where anything ever changed gives the extent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.errors import PerceptionError
from dsrl_agent.types import Floats, Floats32, Frame, Ints

_NOISE_SIGMAS = 6.0  # a pixel changed if its difference exceeds this many standard deviations
_MIN_PITCH = 3
_BATCH = 256


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

    def resampling(self, side: int) -> tuple[Floats32, Floats32]:
        """Return matrices that bring a frame's cells to `side` x `side` pixels each.

        Returns:
            `[rows * side, H]` and `[cols * side, W]`: each output pixel is the mean of the pixels
            it covers, and none reaches into the neighbouring cell.
        """
        return (
            _axis_resampling(self.pitch[0], self.origin[0], self.shape[0], self.frame[0], side),
            _axis_resampling(self.pitch[1], self.origin[1], self.shape[1], self.frame[1], side),
        )


class Motion(NamedTuple):
    """Transitions within episodes: `before` and `after` `uint8 [N, H, W, 3]`, `actions` `[N]`."""

    before: Frame
    actions: Ints
    after: Frame


def find_grid(motion: Motion) -> Grid:
    """Find the grid in which one action moves the agent by one cell.

    Args:
        motion: Transitions of play in which the agent moved along both axes.

    Returns:
        The grid, its origin within a pixel or so where objects leave a margin in their cells.

    Raises:
        PerceptionError: Nothing moved, or nothing moved along one of the axes.
    """
    difference = motion.after.astype(np.int16) - motion.before
    threshold = _noise_threshold(difference)
    moved = [
        _displacement(difference[motion.actions == a], threshold) for a in np.unique(motion.actions)
    ]
    pitch = (_pitch(moved, 0), _pitch(moved, 1))
    energy = np.where(np.abs(difference) > threshold, np.square(difference, dtype=np.float64), 0.0)
    energy = energy.sum(axis=3)  # [N, H, W]
    along = dict(zip(np.unique(motion.actions), (m.axis for m in moved), strict=True))
    axes = np.array([along[a] for a in motion.actions])
    ever = _ever_changed(motion, threshold)
    origin, shape = [], []
    for axis in (0, 1):
        # A move along the other axis keeps within one band of this one.
        profiles = energy[axes == 1 - axis].sum(axis=2 - axis)  # [N', H or W]
        offset = _offset(profiles, pitch[axis], ever.sum(axis=1 - axis))
        touched = np.flatnonzero(ever.any(axis=1 - axis))
        size = ever.shape[axis]
        first = (int(touched[0]) - offset) // pitch[axis]
        last = (int(touched[-1]) - offset) // pitch[axis]
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


def _noise_threshold(difference: NDArray[Any]) -> float:
    # Most pixels of a difference show noise alone, so its median tells the noise's width.
    sample = np.abs(difference[:: max(1, len(difference) // 64)])
    # The factor turns a median absolute deviation into a standard deviation.
    sigma = 1.4826 * float(np.median(sample))
    return max(_NOISE_SIGMAS * sigma, 8.0)


def _displacement(difference: NDArray[Any], threshold: float) -> _Displacement:
    """Return by how much an action moves what it moves: the autocorrelation's deepest dip."""
    count, height, width, _ = difference.shape
    size = (2 * height, 2 * width)  # zero padding: no wrap-around
    total = np.zeros((2 * height, width + 1))
    for start in range(0, count, _BATCH):
        part = difference[start : start + _BATCH].astype(np.float32)
        part = np.where(np.abs(part) > threshold, part, 0.0)
        spectrum = np.fft.rfft2(part, s=size, axes=(1, 2))
        total += np.square(np.abs(spectrum)).sum(axis=(0, 3))
    correlation = np.fft.irfft2(total, s=size)
    vertical, horizontal = correlation[:height, 0], correlation[0, :width]
    best = _Displacement(None, 0, 0.0)
    for axis, line in ((0, vertical), (1, horizontal)):
        if len(line) <= _MIN_PITCH:
            continue
        pixels = _MIN_PITCH + int(np.argmin(line[_MIN_PITCH:]))
        # The whole energy is the agent twice; the dip, its overlap with itself, is at most half.
        depth = -float(line[pixels]) / max(float(correlation[0, 0]), 1e-9)
        if depth > max(best.depth, 0.1):
            best = _Displacement(axis, pixels, depth)
    return best


def _pitch(moved: list[_Displacement], axis: int) -> int:
    pixels = [m for m in moved if m.axis == axis]
    if not pixels:
        raise PerceptionError(
            f"No action was seen to move anything along the {'rows' if axis == 0 else 'columns'} "
            "in the frames met so far, so the grid cannot be found from motion; let the agent "
            "play more steps (grid.frames), or use symbols of still pictures (dsrl symbols)."
        )
    return max(pixels, key=lambda m: m.depth).pixels


def _ever_changed(motion: Motion, threshold: float) -> NDArray[Any]:
    """Say which pixels ever differed from their median, in any frame: `bool [H, W]`."""
    frames = np.concatenate([motion.before, motion.after[-1:]])
    middle = np.median(frames[:: max(1, len(frames) // 200)], axis=0)
    return np.asarray((np.abs(frames - middle) > threshold).any(axis=(0, 3)))


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


def _axis_resampling(pitch: int, origin: int, cells: int, size: int, side: int) -> Floats32:
    matrix = np.zeros((cells * side, size), np.float32)
    edges = np.linspace(0.0, pitch, side + 1)
    # [side, pitch]: how much of each source pixel each output pixel covers.
    pixels = np.arange(pitch)
    overlap = np.clip(
        np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels), 0.0, None
    )
    weights = overlap / overlap.sum(axis=1, keepdims=True)
    for cell in range(cells):
        start = origin + cell * pitch
        matrix[cell * side : (cell + 1) * side, start : start + pitch] = weights
    return matrix
