"""The interaction of an actor with an environment, as a generator of records.

It knows nothing of disks, bars or plots: those consume the records.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Any, NamedTuple, Protocol

import gymnasium as gym

from dsrl_agent.types import Frame


class Actor(Protocol):
    """Whatever chooses actions: an agent, random play, an oracle."""

    def begin(self) -> None:
        """Be told that an episode begins."""

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        """Choose an action. Only the oracle looks into `info`."""


class Step(NamedTuple):
    """One step of an episode.

    Attributes:
        episode: Number of the episode.
        number: Number of the step in it, from 0.
        frame: The observation before.
        info: What came with it.
        action: What was done.
        reward: What it gave.
        terminated: Whether the episode reached an end of its own.
        truncated: Whether it was cut short.
        next_frame: The observation after.
        next_info: What came with it.
    """

    episode: int
    number: int
    frame: Frame
    info: dict[str, Any]
    action: int
    reward: float
    terminated: bool
    truncated: bool
    next_frame: Frame
    next_info: dict[str, Any]

    @property
    def last(self) -> bool:
        """Whether the episode is over."""
        return self.terminated or self.truncated


def play(
    env: gym.Env[Any, Any],
    actor: Actor,
    episodes: Iterable[int],
    seed_for: Callable[[int], int],
) -> Generator[Step]:
    """Play episodes one after another.

    Args:
        env: The environment.
        actor: Chooses the actions.
        episodes: Their numbers.
        seed_for: Gives an episode's seed by its number, so that any episode can be played again.
    """
    for episode in episodes:
        frame, info = env.reset(seed=seed_for(episode))
        actor.begin()
        number, over = 0, False
        while not over:
            action = actor.act(frame, info)
            next_frame, reward, terminated, truncated, next_info = env.step(action)
            step = Step(
                episode, number, frame, info, action, float(reward),
                bool(terminated), bool(truncated), next_frame, next_info,
            )  # fmt: skip
            yield step
            frame, info, number, over = next_frame, next_info, number + 1, step.last
