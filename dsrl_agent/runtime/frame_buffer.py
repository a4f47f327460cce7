"""Store the latest frames of play in a ring, with the actions and rewards between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.types import Frame, FrameTransitions, Ints

_STORED = ("frames", "actions", "rewards", "terminated", "linked")


class FrameBuffer:
    """A ring of the latest frames and of the steps between them.

    Entry n holds a frame. If `linked[n]`, a transition starts there: entry n also holds its
    action, reward and end flag, and entry n + 1 (modulo the capacity) holds the next frame.
    Arrays grow with the frames that are added: a large capacity alone takes no memory.
    """

    def __init__(self, capacity: int, frame_shape: tuple[int, ...]) -> None:
        self.capacity = capacity  # number of frames kept at most, each of the shape `(H, W, C)`
        self.frames: Frame = np.zeros((0, *frame_shape), np.uint8)
        self.actions: Ints = np.zeros(0, np.int64)
        self.rewards = np.zeros(0, np.float64)
        # the transition terminated its episode
        self.terminated = np.zeros(0, np.bool_)
        # a transition starts at the entry
        self.linked = np.zeros(0, np.bool_)
        self.added = 0  # number of frames added so far
        self.lost = False  # whether frames were left out, as they were of another size
        self.unsaid = 0  # how many of them nobody has been told of

    def __len__(self) -> int:
        return min(self.added, self.capacity)

    @property
    def complete(self) -> bool:
        """True while every frame ever added is still stored."""
        return self.added <= self.capacity and not self.lost

    def newest(self) -> Frame:
        """Return a copy of the frame added last; a black one if there is none."""
        if not self.added:
            return np.zeros(self.frames.shape[1:], np.uint8)
        frame: Frame = self.frames[(self.added - 1) % self.capacity].copy()
        return frame

    def resized(self, frame_shape: tuple[int, ...]) -> FrameBuffer:
        """Return an empty buffer for frames of another size, which leaves these frames out."""
        other = FrameBuffer(self.capacity, frame_shape)
        other.lost, other.unsaid = self.lost or self.added > 0, self.unsaid + len(self)
        return other

    def begin(self, frame: Frame) -> None:
        """Add the first frame of an episode."""
        place = self.added % self.capacity
        if place == len(self.frames):
            self._grow(min(2 * place + 1, self.capacity))
        self.frames[place] = frame
        self.linked[place] = False
        self.added += 1

    def _grow(self, room: int) -> None:
        """Make room for this many entries."""
        for name in _STORED:
            stored = getattr(self, name)
            grown = np.zeros((room, *stored.shape[1:]), stored.dtype)
            grown[: len(stored)] = stored
            setattr(self, name, grown)

    def step(self, action: int, reward: float, terminated: bool, frame: Frame) -> None:
        """Add a step from the latest frame to a new one."""
        last = (self.added - 1) % self.capacity
        self.actions[last] = action
        self.rewards[last] = reward
        self.terminated[last] = terminated
        self.begin(frame)
        self.linked[last] = True

    def starts(self) -> Ints:
        """Return the entries at which transitions start, oldest first: `int64 [N]`."""
        start = self.added % self.capacity if self.added > self.capacity else 0
        order = (start + np.arange(len(self))) % self.capacity
        # The newest entry starts no transition, so none leads from it to the oldest entry.
        return np.asarray(order[self.linked[order]])

    def transitions(self) -> FrameTransitions:
        """Return a copy of all stored transitions, oldest first."""
        starts = self.starts()
        return FrameTransitions(
            self.frames[starts], self.actions[starts], self.frames[(starts + 1) % self.capacity]
        )

    def outcomes(self) -> Iterator[tuple[int, float, bool, bool]]:
        """Yield (action, reward, terminated, first) of each transition of `transitions()`.

        `first` is true if no stored transition leads up to this one: it is the first of its
        episode, or the oldest of all.
        """
        last = -1
        for entry in self.starts().tolist():
            first = last < 0 or entry != (last + 1) % self.capacity
            action, reward = int(self.actions[entry]), float(self.rewards[entry])
            yield action, reward, bool(self.terminated[entry]), first
            last = entry

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the content for a checkpoint, without unused entries."""
        stored = {name: getattr(self, name)[: len(self)] for name in _STORED}
        lost = {"lost": np.array([True])} if self.lost else {}
        return {**stored, **lost, "added": np.array([self.added], np.int64)}

    def load(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Restore the content of `arrays()`, which become the buffer's own if they are writable.

        Frames of another size than the buffer's are left out, with their transitions.

        Raises:
            ValueError: The arrays are not those of a buffer of this capacity.
        """
        added = int(arrays["added"][0])
        length = min(added, self.capacity)
        if added < 0:
            raise ValueError(f"{added} frames were added, but it must be at least 0")
        fits = arrays["frames"].shape[1:] == self.frames.shape[1:]
        for name in _STORED:
            own, given = getattr(self, name), arrays[name]
            inner = given.shape[1:] if name == "frames" else own.shape[1:]
            if given.shape != (length, *inner) or given.dtype != own.dtype:
                raise ValueError(
                    f"{name} is {given.dtype} {list(given.shape)}, but it must be {own.dtype} "
                    f"{[length, *inner]}"
                )
            if fits:
                setattr(self, name, np.require(given, requirements="W"))
        if length and arrays["linked"][(added - 1) % self.capacity]:
            raise ValueError("a step starts at the newest frame, but none was taken from there")
        self.added = added if fits else 0
        self.unsaid = 0 if fits else length
        self.lost = bool(arrays.get("lost", np.zeros(1))[0]) or not fits
