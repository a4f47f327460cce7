"""Store the latest frames of several environments, a ring of frames for each."""

from __future__ import annotations

import math
import mmap
import re
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.checks import require_at_most
from dsrl_agent.errors import ConfigError
from dsrl_agent.runtime.frame_buffer import FrameBuffer
from dsrl_agent.types import Frame, FrameTransitions

_NAME = re.compile(r"(\d+)\.(\w+)")  # of an array of one of several rings


class FrameBuffers:
    """The rings of frames of `count` environments, which share the memory evenly.

    Transitions are listed environment by environment, each oldest first.
    """

    def __init__(self, memory: int, frame_shape: tuple[int, ...], count: int = 1) -> None:
        # One frame more than steps.
        self.each = [FrameBuffer(memory // count + 1, frame_shape) for _ in range(count)]

    @property
    def frame_shape(self) -> tuple[int, ...]:
        """The shape `(H, W, C)` of frames."""
        return self.each[0].frames.shape[1:]

    @property
    def complete(self) -> bool:
        """True while every frame ever added is still stored."""
        return all(ring.complete for ring in self.each)

    @property
    def begun(self) -> bool:
        """Whether frames are stored of every environment."""
        return all(ring.added for ring in self.each)

    @property
    def filled(self) -> bool:
        """Whether any frames are stored."""
        return any(ring.added for ring in self.each)

    def resize(self, frame_shape: tuple[int, ...]) -> int:
        """Take frames of another shape from now on; return how many were left out and never said.

        Those that were left out as the content was restored count as well.
        """
        if frame_shape != self.frame_shape:
            self.each = [ring.resized(frame_shape) for ring in self.each]
        left_out = sum(ring.unsaid for ring in self.each)
        for ring in self.each:
            ring.unsaid = 0
        return left_out

    def newest(self) -> Frame:
        """Return a copy of the frame added last in an environment that has any."""
        return next(ring for ring in self.each if ring.added).newest()

    def newest_of(self, env: int) -> Frame:
        """Return a copy of the frame added last in an environment."""
        return self.each[env].newest()

    def transitions(self) -> FrameTransitions:
        """Return a copy of all stored transitions."""
        parts = [ring.transitions() for ring in self.each]
        if len(parts) == 1:
            return parts[0]
        return FrameTransitions(*(np.concatenate(part) for part in zip(*parts, strict=True)))

    def outcomes(self) -> Iterator[tuple[int, float, bool, bool]]:
        """Yield (action, reward, terminated, first) of each of `transitions()`."""
        for ring in self.each:
            yield from ring.outcomes()

    def numbers(self) -> list[int]:
        """Return the number of the environment of each of `transitions()`."""
        return [env for env, ring in enumerate(self.each) for _ in ring.starts()]

    def by_age(self) -> list[int]:
        """Return the places of transitions in `transitions()`, the oldest first.

        Environments take their steps together, so the k-th latest of each are of about one age.
        """
        counts = [len(ring.starts()) for ring in self.each]
        ages = np.concatenate([np.arange(count, 0, -1) for count in counts])
        envs = np.repeat(np.arange(len(counts)), counts)
        return [int(place) for place in np.lexsort((envs, -ages))]

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the content for a checkpoint, without unused entries."""
        if len(self.each) == 1:
            return self.each[0].arrays()
        return {
            f"{env}.{name}": array
            for env, ring in enumerate(self.each)
            for name, array in ring.arrays().items()
        }

    def load(self, arrays: Mapping[str, NDArray[np.generic]]) -> bool:
        """Restore the content of `arrays()`; return whether it is of as many environments.

        Writable arrays become the buffers' own, for memory to hold them once.
        If not, the transitions are dealt to the rings there are. Frames of another size than the
        buffers' are left out, with their transitions.

        Raises:
            ValueError: The arrays are not those of buffers of this memory.
        """
        parts = list(_parts(arrays))
        if len(parts) == len(self.each):
            for ring, part in zip(self.each, parts, strict=True):
                ring.load(part)
            return True
        for env, part in enumerate(parts):
            self._deal(self.each[env % len(self.each)], part)
        return False

    def _deal(self, ring: FrameBuffer, part: Mapping[str, NDArray[np.generic]]) -> None:
        """Add the transitions of a stored ring to one of these."""
        stored = FrameBuffer(max(len(part["frames"]), 1), self.frame_shape)
        stored.load(part)
        ring.lost |= not stored.complete
        ring.unsaid += stored.unsaid
        moves = stored.transitions()
        for before, outcome, after in zip(
            moves.before, stored.outcomes(), moves.after, strict=True
        ):
            action, reward, terminated, first = outcome
            if first:
                ring.begin(before)
            ring.step(action, reward, terminated, after)


def _parts(
    arrays: Mapping[str, NDArray[np.generic]],
) -> Iterator[dict[str, NDArray[np.generic]]]:
    """Yield the arrays of each ring.

    Raises:
        ValueError: A name is of none.
    """
    named = [(_NAME.fullmatch(name), name) for name in arrays]
    if not any(match for match, _ in named):
        yield dict(arrays)
        return
    if not all(match for match, _ in named):
        raise ValueError(f"{sorted(arrays)} are not the names of rings of frames")
    by_env: dict[int, dict[str, NDArray[np.generic]]] = {}
    for match, name in named:
        assert match is not None
        by_env.setdefault(int(match[1]), {})[match[2]] = arrays[name]
    if sorted(by_env) != list(range(len(by_env))):
        raise ValueError(f"{sorted(by_env)} are not the numbers of rings of frames")
    for _, part in sorted(by_env.items()):
        yield part


def frame_buffers(memory: int, frame_shape: tuple[int, ...], count: int) -> FrameBuffers:
    """Return buffers for the frames of `memory` steps in `count` environments.

    Raises:
        ConfigError: It does not fit into memory.
    """
    require_at_most("num_envs", count, memory, "perception.memory, which is ")
    try:  # Buffers grow with play, so memory that will not suffice shows here or much later.
        mmap.mmap(-1, memory * math.prod(frame_shape)).close()
    except (OSError, ValueError, OverflowError) as error:
        size = " x ".join(map(str, frame_shape))
        raise ConfigError(
            f"perception.memory is {memory}, but so many frames of {size} bytes do not fit into "
            "memory; give a smaller one."
        ) from error
    return FrameBuffers(memory, frame_shape, count)
