"""Replay the agent's own play up to a decision to explain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import gymnasium as gym

from dsrl_agent.agent.actor import AgentActor
from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.errors import ConfigError
from dsrl_agent.front_end import Episode
from dsrl_agent.runtime.episodes import play
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Facts, Frame

Played = Callable[[int, int, float], object]
"""Is told of each earlier episode: how many were played, how many are to be, and its return."""


class Decision(NamedTuple):
    """A decision in the course of an episode."""

    frame: Frame  # the frame that the agent was shown
    facts: Facts  # the facts that it saw in it
    # the front end's memory of the episode after the decision; `None` if an episode begins here
    episode: Episode | None
    action: int | None  # the agent's action; `None` if there is none yet
    reward: float  # the action's reward
    next_frame: Frame | None = None  # the frame that the action led to
    terminated: bool = False  # whether the action reached a terminal state


class Watched(AgentActor):
    """A greedy agent as an actor that keeps the facts and the memory of its latest decision."""

    facts: Facts = ()
    episode: Episode | None = None

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        """Choose greedily from the frame alone."""
        action = super().act(frame, info)
        self.facts = self._agent.facts(frame)
        self.episode = None if self.state is None else self.state[0]
        return action


def decisions(
    agent: DSRL, env: gym.Env[Any, Any], seed: int, episode: int, played: Played | None = None
) -> Iterator[Decision]:
    """Yield the decisions of the greedy agent in one episode of what `dsrl play` shows.

    The agent is to be as loaded: its random streams break the ties. The episode is counted from 1,
    as the pictures do. `seed` seeds the worlds. `played` is told of the episodes before.

    Raises:
        ConfigError: There is no such episode.
    """
    if episode < 1:
        raise ConfigError(f"--episode is {episode}, but episodes count from 1.")
    actor, streams, total = Watched(agent), Streams(seed), 0.0
    # The episodes before are played too: ties are broken by one stream for all of them.
    for step in play(env, actor, range(episode), lambda e: streams.seed_for("play", e)):
        if step.episode < episode - 1:
            total += step.reward
            if step.last and played is not None:
                played(step.episode + 1, episode - 1, total)
            total = 0.0 if step.last else total
        else:
            yield Decision(
                frame=step.frame,
                facts=actor.facts,
                episode=None if actor.episode is None else actor.episode.copy(),
                action=step.action,
                reward=step.reward,
                next_frame=step.next_frame,
                terminated=step.terminated,
            )


def replay(
    agent: DSRL,
    env: gym.Env[Any, Any],
    seed: int,
    episode: int,
    number: int,
    played: Played | None = None,
) -> Decision:
    """Return one of the `decisions` of an episode; `number` is that of the step, from 0.

    Raises:
        ConfigError: There is no such episode or step.
    """
    if number < 0:
        raise ConfigError(f"--step is {number}, but steps count from 0.")
    length = 0
    for decision in decisions(agent, env, seed, episode, played):
        if length == number:
            return decision
        length += 1
    raise ConfigError(
        f"--step is {number}, but episode {episode} was over after {length} steps; give one from "
        f"0 to {length - 1}."
    )
