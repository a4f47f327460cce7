"""Put transitions in a row: each frame once, with its episode and the agent's cell."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.perception.motion.evidence import Evidence
from dsrl_agent.types import Frame, Ints


class FilmStrip(NamedTuple):
    """F frames in the order in which they were seen."""

    frames: Frame  # uint8 [F, H, W, 3]
    episodes: Ints  # [F]: frames of one number follow each other without a gap
    left: NDArray[np.bool_]  # [F, rows, cols]: the cell that the agent has just left
    stands: NDArray[np.bool_]  # [F, rows, cols]: the cell that the agent is known to be in


def film_of(evidence: Evidence) -> FilmStrip:
    """Return the frames of transitions; a frame that two of them share is taken once."""
    before, _, after = evidence.transitions
    left, entered = evidence.trail.left, evidence.trail.entered
    same = np.array([np.array_equal(before[i], after[i - 1]) for i in range(1, len(before))], bool)
    starts = np.concatenate([[True], ~same])
    # Position of each transition's frames in the row: a new episode brings a frame of its own.
    last = np.arange(len(before)) + np.cumsum(starts)
    count = len(before) + int(starts.sum())
    frames = np.empty((count, *before.shape[1:]), np.uint8)
    was_left, stands = (np.zeros((count, *left.shape[1:]), np.bool_) for _ in range(2))
    frames[last], was_left[last], stands[last] = after, left, entered
    frames[last[starts] - 1], stands[last[starts] - 1] = before[starts], left[starts]
    episodes = np.empty(count, np.int64)
    episodes[last] = np.cumsum(starts) - 1
    episodes[last[starts] - 1] = np.arange(int(starts.sum()))
    return FilmStrip(frames, episodes, was_left, stands)
