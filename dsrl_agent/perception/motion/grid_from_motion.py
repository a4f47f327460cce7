"""Find the grid from motion: pitch, origin and extent, from frames and actions alone.

An action that moves the agent moves it by one cell. The signed difference of the frames before and
after holds the agent twice, once with each sign and one cell apart. The autocorrelation of the
difference image therefore dips at the pitch. A move along one axis keeps within one row or column
of cells, which gives the origin. The places where anything ever changed give the extent.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len
from scipy.ndimage import uniform_filter

from dsrl_agent.config.sights import GridThresholds
from dsrl_agent.errors import PerceptionError
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.motion.medians import median_of
from dsrl_agent.symbols.deviation import median_magnitude, sigma_of
from dsrl_agent.types import Floats, Floats32, Frame, FrameTransitions, Ints

_BATCH = 64  # frames worked on at once, to bound memory
_SAMPLE = 64  # transitions that give the noise, to bound time
_MEDIAN_FRAMES = 200  # frames that give each pixel's median, to bound memory


def find_grid(transitions: FrameTransitions, thresholds: GridThresholds) -> Grid:
    """Find the grid in which one action moves the agent by one cell.

    The transitions are play in which the agent moved along both axes. The grid's origin is right
    within a pixel or so where objects leave a margin in their cells.

    Raises:
        PerceptionError: Nothing moved, or nothing moved along one of the axes.
    """
    transitions, threshold, blur = _denoised(transitions, thresholds)
    traces = _trace(transitions, threshold)
    actions = transitions.actions
    moved = _moved(traces, actions, thresholds)
    pitch = (_pitch(list(moved.values()), 0), _pitch(list(moved.values()), 1))
    deepest, axes = traces.axes(thresholds.least_pitch), np.full(len(actions), None)
    for (action, axis), displacement in moved.items():
        # Objects that turn in their place, or walk by themselves, have dips of other lengths.
        if displacement.axis is not None and displacement.pixels == pitch[displacement.axis]:
            axes[(actions == action) & (deepest == axis)] = displacement.axis
    ever = _ever_changed(transitions, threshold)
    places = []
    for axis in (0, 1):
        energy = traces.energy[axis][axes == 1 - axis]  # a move along the other keeps to one band
        places.append(_place(energy, pitch[axis], ever.sum(axis=1 - axis), blur, thresholds))
    (top, rows), (left, cols) = places
    height, width = ever.shape
    return Grid(pitch, (top, left), (rows, cols), (height, width))


def _place(
    profiles: Floats, pitch: int, ink: Ints, blur: int, thresholds: GridThresholds
) -> tuple[int, int]:
    """Return the first pixel of the grid and the number of its cells along one axis.

    Profiles `[N', L]` are the energy of each move that keeps to one band of cells, `ink` `[L]` the
    number of pixels that ever changed. Pitch and the width of the frames' blur are in pixels.
    """
    offset, size = _offset(profiles, pitch, ink, thresholds), len(ink)
    where = np.flatnonzero(ink)
    # A blur carries changes beyond their place by half its width.
    start, end = int(where[0]) + blur // 2, int(where[-1]) - blur // 2
    first, last = (start - offset) // pitch, (end - offset) // pitch
    # Noise and shaking leave the offset right to a pixel, and a grid from edge to edge is common:
    # a grid that sticks out by one pixel is off by that pixel.
    offset += offset + first * pitch == -1
    offset -= offset + (last + 1) * pitch == size + 1
    # A cell that sticks out of the frame is none: the offset is off by the margin there.
    first += offset + first * pitch < 0
    last -= offset + (last + 1) * pitch > size
    return offset + first * pitch, last - first + 1


class _PixelShift(NamedTuple):
    axis: int | None  # 0 moves rows, 1 moves columns, None if nothing moves
    pixels: int
    depth: float


class _Traces(NamedTuple):
    """Energy and autocorrelation of each transition's difference image, by rows and columns."""

    energy: tuple[Floats, Floats]  # [N, H] and [N, W]: the squares, summed over the other axis
    lags: tuple[Floats, Floats]  # [N, H] and [N, W]: the autocorrelation along one axis alone

    def axes(self, least_pitch: int) -> Ints:
        """Return the axis along which each transition's autocorrelation dips deeper, `[N]`."""
        dips = [part[:, least_pitch:].min(axis=1, initial=0.0) for part in self.lags]
        return np.asarray(np.argmin(dips, axis=0), np.int64)


def _denoised(
    transitions: FrameTransitions, thresholds: GridThresholds
) -> tuple[FrameTransitions, float, int]:
    """Return transitions with noise low enough for a threshold, the threshold, the blur's width.

    Strong noise would hide every change; the mean over the pixels around each one shows it.
    """
    threshold = _noise_threshold(transitions, thresholds)
    calm, blur = transitions, 1
    for width in thresholds.blurs if threshold > thresholds.loud else ():
        if threshold > thresholds.calm:
            box, blur = (1, width, width, 1), width
            before, actions, after = transitions
            calm = FrameTransitions(
                uniform_filter(before, box), actions, uniform_filter(after, box)
            )
            threshold = _noise_threshold(calm, thresholds)
    return calm, threshold, blur


def _noise_threshold(transitions: FrameTransitions, thresholds: GridThresholds) -> float:
    # Most pixels of a difference show noise alone, so its median gives the noise's deviation.
    some = slice(None, None, max(1, len(transitions.actions) // _SAMPLE))
    sample = transitions.after[some].astype(np.int16) - transitions.before[some]
    sigma = sigma_of(median_magnitude(sample))
    return max(thresholds.noise_sigmas * sigma, thresholds.least_change)


def _trace(transitions: FrameTransitions, threshold: float) -> _Traces:
    parts = []
    for start in range(0, len(transitions.actions), _BATCH):
        these = slice(start, start + _BATCH)
        parts.append(_traced(transitions.before[these], transitions.after[these], threshold))
    rows, cols, *lags = (np.concatenate(part) for part in zip(*parts, strict=True))
    return _Traces((rows, cols), (lags[0], lags[1]))


def _traced(before: Frame, after: Frame, threshold: float) -> list[Floats]:
    """Return energies `[B, H]` and `[B, W]` and autocorrelations `[B, H]` and `[B, W]` of frames.

    Only the part of the frames that changes is looked at; the rest adds nothing.
    """
    down, across = _changing(before, after)
    signed = after[:, down, across].astype(np.float32) - before[:, down, across]
    signed[np.abs(signed) <= threshold] = 0.0
    red, green, blue = np.moveaxis(np.square(signed), 3, 0)
    energy = red.astype(np.float64) + green + blue  # [B, h, w]; a sum over three is slow
    height, width = before.shape[1:3]
    rows, cols = np.zeros((2, len(before), height)), np.zeros((2, len(before), width))
    rows[0, :, down], cols[0, :, across] = energy.sum(axis=2), energy.sum(axis=1)
    rows[1, :, : energy.shape[1]] = _autocorrelation(signed.transpose(0, 2, 3, 1))
    cols[1, :, : energy.shape[2]] = _autocorrelation(signed.transpose(0, 1, 3, 2))
    return [rows[0], cols[0], rows[1], cols[1]]


def _changing(before: Frame, after: Frame) -> tuple[slice, slice]:
    """Return the rows and columns between which frames differ, the first ones if none do."""
    changes = np.zeros(before.shape[1:], np.bool_)
    for one, other in zip(before, after, strict=True):
        changes |= one != other
    rows, cols = (np.flatnonzero(changes.any(axis=axis)) for axis in ((1, 2), (0, 2)))
    if not len(rows):
        return slice(1), slice(1)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(cols[0]), int(cols[-1]) + 1)


def _autocorrelation(signed: Floats32) -> Floats:
    """Return the autocorrelation along the last axis of `[B, ..., L]`, summed up to `[B, L]`."""
    count, length = len(signed), signed.shape[-1]
    lines = signed.reshape(count, -1, length)
    owner, line = np.nonzero(lines.any(axis=2))  # most lines are zero
    size = next_fast_len(2 * length, real=True)  # zero padding: no wrap-around
    power = np.zeros((count, size // 2 + 1))
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    if len(starts):
        spectra = np.square(np.abs(np.fft.rfft(lines[owner, line], n=size)))
        power[owner[starts]] = np.add.reduceat(spectra, starts, axis=0)
    return np.asarray(np.fft.irfft(power, n=size)[:, :length])


def _displacement(lags: Sequence[Floats], thresholds: GridThresholds) -> _PixelShift:
    """Return by how many pixels an action moves an object: the autocorrelation's deepest dip."""
    best = _PixelShift(None, 0, 0.0)
    for axis, line in enumerate(part.sum(axis=0) for part in lags):
        if len(line) <= thresholds.least_pitch:
            continue
        pixels = thresholds.least_pitch + int(np.argmin(line[thresholds.least_pitch :]))
        # The energy holds the agent twice; the dip, its overlap with itself, is at most half.
        depth = -float(line[pixels]) / max(float(line[0]), 1e-9)
        if depth > max(best.depth, thresholds.least_dip):
            best = _PixelShift(axis, pixels, depth)
    return best


def _moved(
    traces: _Traces, actions: Ints, thresholds: GridThresholds
) -> dict[tuple[int, int], _PixelShift]:
    """Return the displacement that each action gives along each axis.

    An action may move along both axes: "forward" of an agent that turns.
    """
    found = {}
    axes = traces.axes(thresholds.least_pitch)
    for action, axis in product(np.unique(actions), (0, 1)):
        own = (actions == action) & (axes == axis)
        if own.any():
            lags = [part[own] for part in traces.lags]
            found[int(action), axis] = _displacement(lags, thresholds)
    return found


def _pitch(moved: list[_PixelShift], axis: int) -> int:
    pixels = [m for m in moved if m.axis == axis]
    if not pixels:
        raise PerceptionError(
            f"No action was seen to move anything along the {'rows' if axis == 0 else 'columns'} "
            "in the frames met so far, so the grid cannot be found from motion; let the agent "
            "play more steps (perception.frames), or use symbols of still pictures (dsrl symbols)."
        )
    return max(pixels, key=lambda m: m.depth).pixels


def _ever_changed(transitions: FrameTransitions, threshold: float) -> NDArray[np.bool_]:
    """Return which pixels differed from their median in any frame, `bool [H, W]`."""
    frames = np.concatenate([transitions.before, transitions.after[-1:]])
    middle = median_of(frames[:: max(1, len(frames) // _MEDIAN_FRAMES)])
    away = np.maximum(frames.max(axis=0) - middle, middle - frames.min(axis=0))
    return np.asarray((away > threshold).any(axis=2))


def _offset(profiles: Floats, pitch: int, ink: Ints, thresholds: GridThresholds) -> int:
    """Return the offset in [0, pitch) that puts each move's energy into one band of cells.

    Where ink leaves a margin, several offsets do. Of these the offsets whose borders cross least
    ink are kept, and the middle one is taken, so that pictures stand in the middle of their cells.
    """
    size = profiles.shape[1]
    whole = profiles.sum(axis=1)
    profiles, whole = profiles[whole > 0], whole[whole > 0]
    share, cut = np.empty(pitch), np.empty(pitch)
    for offset in range(pitch):
        edges = np.arange(offset - pitch, size, pitch).clip(0)
        bands = np.add.reduceat(profiles, edges[edges < size], axis=1)
        share[offset] = float((bands.max(axis=1) / whole).mean())
        borders = np.arange(offset, size + 1, pitch)
        # A border runs between two pixels: it cuts ink that stands on both its sides.
        padded = np.pad(ink, 1)
        cut[offset] = np.minimum(padded[borders], padded[borders + 1]).sum()
    good = share >= share.max() - thresholds.offset_tolerance
    cut[~good] = np.inf
    return _middle_of_run(cut <= cut.min() * thresholds.cut_tolerance)


def _middle_of_run(flags: NDArray[np.bool_]) -> int:
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
