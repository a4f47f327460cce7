"""The frames an agent has met, in order, as far as it remembers them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.types import Frame, FrameTransitions, Ints


class FrameMemory:
    """A ring of the last frames with what was done and met between them.

    Entry n holds a frame; where `linked[n]`, also the action taken there, its reward, whether it
    terminated the episode, and entry n + 1 (round the ring) holds the frame that it led to.

    Args:
        capacity: The most frames kept.
        frame_shape: `(H, W, 3)`.
    """

    def __init__(self, capacity: int, frame_shape: tuple[int, ...]) -> None:
        self.capacity = capacity
        self.frames: Frame = np.zeros((capacity, *frame_shape), np.uint8)
        self.actions: Ints = np.zeros(capacity, np.int64)
        self.rewards = np.zeros(capacity, np.float64)
        self.terminated = np.zeros(capacity, np.bool_)
        self.linked = np.zeros(capacity, np.bool_)
        self.added = 0

    def __len__(self) -> int:
        return min(self.added, self.capacity)

    @property
    def complete(self) -> bool:
        """Whether nothing has had to make room yet."""
        return self.added <= self.capacity

    def begin(self, frame: Frame) -> None:
        """Remember the first frame of an episode."""
        place = self.added % self.capacity
        self.frames[place] = frame
        self.linked[place] = False
        self.added += 1

    def step(self, action: int, reward: float, terminated: bool, frame: Frame) -> None:
        """Remember a step from the last frame to a new one."""
        last = (self.added - 1) % self.capacity
        self.actions[last] = action
        self.rewards[last] = reward
        self.terminated[last] = terminated
        self.begin(frame)
        self.linked[last] = True

    def transitions(self) -> Ints:
        """Return the entries that a transition starts from, oldest first."""
        start = self.added % self.capacity if self.added > self.capacity else 0
        order = (start + np.arange(len(self))) % self.capacity
        # The newest entry is linked to nothing yet, so no link reaches round to the oldest.
        return np.asarray(order[self.linked[order]])

    def motion(self) -> FrameTransitions:
        """Return all remembered transitions."""
        first = self.transitions()
        return FrameTransitions(
            self.frames[first], self.actions[first], self.frames[(first + 1) % self.capacity]
        )

    def outcomes(self) -> Iterator[tuple[int, float, bool, bool]]:
        """Yield of the transitions, in the order of `motion()`, what is not in the frames.

        That is the action, the reward, whether it terminated the episode, and whether nothing that
        led up to it is remembered: it is the first of its episode, or the oldest of all.
        """
        last = -1
        for entry in self.transitions().tolist():
            yield (
                int(self.actions[entry]),
                float(self.rewards[entry]),
                bool(self.terminated[entry]),
                last < 0 or entry != (last + 1) % self.capacity,
            )
            last = entry

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return everything for a checkpoint."""
        used = len(self)
        names = ("frames", "actions", "rewards", "terminated", "linked")
        stored: dict[str, NDArray[np.generic]] = {
            name: getattr(self, name)[:used] for name in names
        }
        return {**stored, "added": np.array([self.added], np.int64)}

    def load(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Take the content of `arrays()`."""
        self.added = int(arrays["added"][0])
        used = len(self)
        for name in ("frames", "actions", "rewards", "terminated", "linked"):
            getattr(self, name)[:used] = arrays[name]
