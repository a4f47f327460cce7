"""Generate the steps of an actor in an environment as records.

Metrics, files, progress bars and plots are left to the consumers of the records.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from typing import Any, NamedTuple, Protocol

import gymnasium as gym

from dsrl_agent.types import Frame


class Actor(Protocol):
    """Chooses actions: an agent, random play or an oracle."""

    def begin(self) -> None:
        """Prepare for a new episode."""

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        """Choose an action. An agent never reads `info`; baselines on true facts do."""


class Step(NamedTuple):
    """One step of an episode."""

    episode: int  # number of the episode
    number: int  # number of the step in its episode, from 0
    frame: Frame  # observation before the action
    info: dict[str, Any]  # the environment's `info` with `frame`
    action: int  # action taken
    reward: float  # reward of the action
    terminated: bool  # the step reached a terminal state
    truncated: bool  # the episode was cut off after the step
    next_frame: Frame  # observation after the action
    next_info: dict[str, Any]  # the environment's `info` with `next_frame`
    env: int = 0  # number of the environment, where several are played together

    @property
    def last(self) -> bool:
        """True if the episode is over."""
        return self.terminated or self.truncated


class Position(NamedTuple):
    """The position of an environment inside a running episode."""

    episode: int  # number of the episode
    number: int  # steps taken in it
    frame: Frame  # the latest observation
    info: dict[str, Any]  # the environment's `info` with it


def play(
    env: gym.Env[Any, Any],
    actor: Actor,
    episodes: Iterable[int],
    seed_for: Callable[[int], int],
) -> Generator[Step]:
    """Play episodes one after another and yield their steps; the environment steps on demand.

    `seed_for` maps an episode's number to its seed, so that any episode can be played again.
    """
    for episode in episodes:
        frame, info = env.reset(seed=seed_for(episode))
        actor.begin()
        yield from _steps(env, actor, Position(episode, 0, frame, info))


def _steps(env: gym.Env[Any, Any], actor: Actor, start: Position) -> Generator[Step]:
    """Yield the steps of an episode from a position to its end."""
    episode, number, frame, info = start
    over = False
    while not over:
        action = actor.act(frame, info)
        next_frame, reward, terminated, truncated, next_info = env.step(action)
        step = Step(
            episode=episode,
            number=number,
            frame=frame,
            info=info,
            action=action,
            reward=float(reward),
            terminated=bool(terminated),
            truncated=bool(truncated),
            next_frame=next_frame,
            next_info=next_info,
        )
        yield step
        frame, info, number, over = next_frame, next_info, number + 1, step.last
