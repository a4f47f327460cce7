"""A shaken picture held still: frames registered against each other, and against what is known.

From one frame to the next almost everything stays where it is, so the shift at which two frames
agree best is the camera's. Within an episode the shifts add up to a path; the camera swings about
its rest, so the middle of the path's range is where it rests, and all episodes agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.types import Frame, FrameTransitions, Ints

_REACH = 3  # pixels between two frames: more is no tremor
_SPARSE = 2  # every second pixel of each row and column tells a frame's median
_SAMPLE = 32  # transitions looked at to see whether the picture shakes at all


class Steadied(NamedTuple):
    """FrameTransitions without the camera's.

    Attributes:
        motion: The transitions whose episodes showed the camera's whole swing, shifted back.
        kept: `[M]`: their numbers among those given.
        swing: Pixels by which a frame may be off its rest, along rows and columns.
    """

    motion: FrameTransitions
    kept: Ints
    swing: tuple[int, int]


def steadied(motion: FrameTransitions) -> Steadied:
    """Take the camera's shaking out of transitions; where there is none, they stay as they are."""
    count = len(motion.actions)
    everything = Steadied(motion, np.arange(count), (0, 0))
    sample = np.unique(np.linspace(0, count - 1, _SAMPLE).astype(np.int64))
    moved = _shifts(motion.before[sample], motion.after[sample]).any(axis=1)
    if moved.mean() <= 0.5:
        return everything
    steps = _shifts(motion.before, motion.after)
    paths = [_path(steps[episode]) for episode in _episodes(motion)]
    swings = np.array([np.ptp(path, axis=0) for path in paths])
    swing = swings[np.argmax(swings.sum(axis=1))]
    kept, before, after = [], [], []
    for episode, path, own in zip(_episodes(motion), paths, swings, strict=True):
        if (own < swing).any():
            continue  # where the camera rests is not known
        away = path - (path.min(axis=0) + path.max(axis=0)) // 2
        kept.append(np.arange(count)[episode])
        before += [
            shifted(frame, -d) for frame, d in zip(motion.before[episode], away, strict=False)
        ]
        after += [
            shifted(frame, -d) for frame, d in zip(motion.after[episode], away[1:], strict=True)
        ]
    numbers = np.concatenate(kept)
    still = FrameTransitions(np.stack(before), motion.actions[numbers], np.stack(after))
    return Steadied(still, numbers, (-(-int(swing[0]) // 2), -(-int(swing[1]) // 2)))


def shifted(frames: Frame, by: Ints) -> Frame:
    """Return frames `[..., H, W, 3]` moved down and right by pixels.

    What comes in over the edges was not seen: it is given the frame's median colour.
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
    """Return where what is moved by pixels comes to lie, and where it comes from."""
    return slice(max(0, by), size + min(0, by)), slice(max(0, -by), size + min(0, -by))


def poses(swing: tuple[int, int]) -> list[tuple[int, int]]:
    """Return all shifts of a camera that swings so far, its rest first."""
    rows, cols = (range(-reach, reach + 1) for reach in swing)
    return sorted(product(rows, cols), key=lambda pose: (abs(pose[0]) + abs(pose[1]), pose))


def _shifts(before: Frame, after: Frame) -> Ints:
    """Return by how many pixels each frame is moved down and right against the one before it."""
    inner = slice(_REACH, -_REACH)
    middle = before[:, inner, inner].astype(np.int16)
    height, width = before.shape[1:3]
    tried = poses((_REACH, _REACH))
    costs = np.empty((len(tried), len(before)))
    for index, (down, right) in enumerate(tried):
        rows = slice(_REACH + down, height - _REACH + down)
        cols = slice(_REACH + right, width - _REACH + right)
        costs[index] = np.abs(after[:, rows, cols] - middle).mean(axis=(1, 2, 3))
    # Of shifts that agree alike the least is taken: they are in that order.
    return np.asarray(np.array(tried, np.int64)[np.argmin(costs, axis=0)])


def _path(steps: Ints) -> Ints:
    """Return where the camera stood at each frame of an episode, from its first frame's place."""
    return np.concatenate([np.zeros((1, 2), np.int64), np.cumsum(steps, axis=0)])


def _episodes(motion: FrameTransitions) -> Iterator[slice]:
    """Yield the runs of transitions in which each begins where the last one ended."""
    start = 0
    for end in range(1, len(motion.actions) + 1):
        if end == len(motion.actions) or not _follows(motion, end):
            yield slice(start, end)
            start = end


def _follows(motion: FrameTransitions, index: int) -> bool:
    same: NDArray[np.bool_] = motion.before[index] == motion.after[index - 1]
    return bool(same.all())
