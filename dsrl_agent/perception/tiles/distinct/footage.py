"""Put transitions in order as footage, and cut frames into the tiles of a grid."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.perception.grid import Grid
from dsrl_agent.types import Frame, FrameTransitions, Ints


class Footage(NamedTuple):
    """Frames in the order of play; frame t follows frame t - 1 unless an episode begins with it."""

    frames: Frame  # uint8 [M, H, W, 3]
    follows: NDArray[np.bool_]  # [M]: whether an action led from the frame before to this one
    actions: Ints  # [M]: that action, or -1


def footage_of(transitions: FrameTransitions) -> Footage:
    """Join transitions, oldest first: one begins where the last has led, or begins an episode."""
    before, actions, after = transitions
    frames, taken = [], []
    for index, action in enumerate(actions.tolist()):
        if index == 0 or not np.array_equal(before[index], after[index - 1]):
            frames.append(before[index])
            taken.append(-1)
        frames.append(after[index])
        taken.append(action)
    all_taken = np.array(taken, np.int64)
    return Footage(np.stack(frames), all_taken >= 0, all_taken)


def tiles_in(frame: Frame, grid: Grid) -> Frame:
    """Cut a frame `uint8 [H, W, 3]` into tiles `uint8 [places, height, width, 3]`, row by row."""
    (rows, cols), (height, width), (top, left) = grid.shape, grid.pitch, grid.origin
    inner = frame[top : top + rows * height, left : left + cols * width]
    cut = inner.reshape(rows, height, cols, width, 3).transpose(0, 2, 1, 3, 4)
    return np.ascontiguousarray(cut.reshape(-1, height, width, 3))
