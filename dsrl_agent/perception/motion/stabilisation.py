"""Take the shaking of a camera out of frames, by registering them against each other.

Almost everything stays in its place from one frame to the next, so the shift at which two frames
agree best is the camera's. Within an episode the shifts add up to a path. The camera swings about
its rest, so the middle of the path's range is the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

from dsrl_agent.config.sights import CameraThresholds
from dsrl_agent.types import Frame, FrameTransitions, Ints

_SPARSE = 2  # every second pixel of each row and column gives a frame's median, to bound time


class Stabilised(NamedTuple):
    """Transitions without the camera's motion."""

    transitions: FrameTransitions  # those whose episodes showed the whole swing, shifted back
    kept: Ints  # [M]: their indices among those given
    swing: tuple[int, int]  # largest offset from the rest in pixels, along rows and columns


def stabilise(motion: FrameTransitions, thresholds: CameraThresholds) -> Stabilised:
    """Take the camera's shaking out of transitions; a camera that rests leaves them unchanged."""
    count = len(motion.actions)
    sample = np.unique(np.linspace(0, count - 1, thresholds.sample).astype(np.int64))
    moved = _shifts(motion.before[sample], motion.after[sample], thresholds).any(axis=1)
    if moved.mean() <= thresholds.moved:
        return Stabilised(motion, np.arange(count), (0, 0))
    steps = _shifts(motion.before, motion.after, thresholds)
    # The camera's place at each frame of an episode, relative to the first frame.
    travelled = [np.cumsum(steps[episode], axis=0) for episode in _episodes(motion)]
    paths = [np.pad(places, ((1, 0), (0, 0))) for places in travelled]
    swings = np.array([np.ptp(path, axis=0) for path in paths])
    swing = swings[np.argmax(swings.sum(axis=1))]
    kept: list[Ints] = []
    before: list[Frame] = []
    after: list[Frame] = []
    for episode, path, own in zip(_episodes(motion), paths, swings, strict=True):
        if (own < swing).any():
            continue  # this episode does not tell the rest
        back = (path.min(axis=0) + path.max(axis=0)) // 2 - path
        kept.append(np.arange(count)[episode])
        before += map(shifted, motion.before[episode], back)
        after += map(shifted, motion.after[episode], back[1:])
    numbers = np.concatenate(kept)
    still = FrameTransitions(np.stack(before), motion.actions[numbers], np.stack(after))
    return Stabilised(still, numbers, (-(-int(swing[0]) // 2), -(-int(swing[1]) // 2)))


def shifted(frames: Frame, by: Ints) -> Frame:
    """Return frames `[..., H, W, 3]` moved down and right by pixels.

    Pixels that come in over the edges get the frame's median colour.
    """
    if not by.any():
        return frames
    height, width = frames.shape[-3:-1]
    moved = np.empty_like(frames)
    some = frames[..., ::_SPARSE, ::_SPARSE, :]
    moved[:] = np.median(some, axis=(-3, -2), keepdims=True).astype(np.uint8)
    down, right = int(by[0]), int(by[1])
    to_rows, from_rows = _overlap(height, down)
    to_cols, from_cols = _overlap(width, right)
    moved[..., to_rows, to_cols, :] = frames[..., from_rows, from_cols, :]
    return moved


def _overlap(size: int, by: int) -> tuple[slice, slice]:
    """Return the target and the source range of a move by pixels along an axis."""
    return slice(max(0, by), size + min(0, by)), slice(max(0, -by), size + min(0, -by))


def camera_shifts(swing: tuple[int, int]) -> list[tuple[int, int]]:
    """Return all shifts of a camera up to `swing`, from the rest outwards."""
    rows, cols = (range(-reach, reach + 1) for reach in swing)
    return sorted(product(rows, cols), key=lambda shift: (abs(shift[0]) + abs(shift[1]), shift))


def _shifts(before: Frame, after: Frame, thresholds: CameraThresholds) -> Ints:
    """Return the shift of each frame, in pixels down and right, against the one before it."""
    reach = thresholds.reach
    inner = slice(reach, -reach)
    height, width = before.shape[1:3]
    step = max(1, (height - 2 * reach) // thresholds.lines)
    middle = list(_sparse(before[:, inner, inner], step))
    shifts, least = np.zeros((len(before), 2), np.int64), np.full(len(before), np.inf)
    # Of shifts that agree equally the smallest is taken: they come in that order.
    for down, right in camera_shifts((reach, reach)):
        rows = slice(reach + down, height - reach + down)
        cols = slice(reach + right, width - reach + right)
        costs, near = np.zeros(len(before)), np.flatnonzero(least > 0)
        for one, other in zip(middle, _sparse(after[:, rows, cols], step), strict=True):
            if not len(near):
                break
            away = np.abs(other[near].astype(np.int16) - one[near])
            costs[near] += away.reshape(len(near), -1).sum(axis=1)
            near = near[costs[near] < least[near]]  # others cannot agree better any more
        least[near], shifts[near] = costs[near], (down, right)
    return shifts


def _sparse(frames: Frame, step: int) -> Iterator[Frame]:
    """Yield every `step`-th pixel of frames `[B, H, W, 3]` in so many parts `[B, h, w, 3]`.

    Together they are of all rows and all columns: each row begins a pixel before the last one.
    """
    for row in range(step):
        yield frames[:, row::step, -row % step :: step]


def _episodes(motion: FrameTransitions) -> Iterator[slice]:
    """Yield the runs of transitions in which each begins at the last one's end."""
    start, count = 0, len(motion.actions)
    for end in range(1, count + 1):
        if end == count or (motion.before[end] != motion.after[end - 1]).any():
            yield slice(start, end)
            start = end
