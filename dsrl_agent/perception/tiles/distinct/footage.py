"""Put transitions in order as footage."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
