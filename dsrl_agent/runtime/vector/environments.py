"""Define several environments that take their steps together, whoever made them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import gymnasium as gym

from dsrl_agent.runtime.door import View
from dsrl_agent.types import Frame


class FirstFrame(NamedTuple):
    """The beginning of an episode."""

    frame: Frame  # `uint8 [H, W, 3]`
    info: dict[str, Any]


class StepResult(NamedTuple):
    """What a step of one environment led to."""

    frame: Frame  # `uint8 [H, W, 3]`: at the end of an episode its last one, never the next's first
    reward: float
    terminated: bool
    truncated: bool
    info: dict[str, Any]


class StepResults(NamedTuple):
    """What a step of all environments led to."""

    taken: dict[int, StepResult]  # by environment; those that only began an episode are left out
    begun: dict[int, FirstFrame]  # the episodes that environments began by themselves


class Environments(ABC):
    """Environments with equal spaces that take their steps together.

    Attributes:
        num_envs: Number of environments, n; each has a number from 0 to n - 1.
        num_actions: Number of actions, A.
        frame_shape: The shape `(H, W, 3)` of frames.
        reset_themselves: Whether each environment begins its next episode by itself. Otherwise
            every episode is begun with a seed of its own, and can be played again.
        view: The recipe from observations to frames, `None` where observations are frames.
        said: What was done to the observations, in a line; empty if they are frames already.
        taken: How often each unusual thing was taken (see `runtime.door`).
    """

    num_envs: int
    num_actions: int
    frame_shape: tuple[int, int, int]
    reset_themselves: bool
    view: View | None = None
    said: str = ""
    taken: Counter[str]

    @abstractmethod
    def begin(self, seeds: Mapping[int, int]) -> dict[int, FirstFrame]:
        """Begin an episode in the environments named, each with its seed.

        Environments that reset themselves are all begun at once, and only once.

        Raises:
            HandoverError: An environment breaks a rule, or raises; the message has its number.
        """

    @abstractmethod
    def step(self, actions: Sequence[int]) -> StepResults:
        """Take an action, counted from 0, in every environment.

        Raises:
            HandoverError: An environment breaks a rule, or raises; the message has its number.
        """

    @property
    @abstractmethod
    def first(self) -> gym.Env[Any, Any]:
        """One of the environments as a single one, behind its door if it has one."""

    @abstractmethod
    def close(self) -> None:
        """Free what the environments hold."""
