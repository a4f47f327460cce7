"""Decisions to explain: from a picture, or from the agent's own play."""

from __future__ import annotations

from typing import Any, NamedTuple

import gymnasium as gym

from dsrl_agent.agent.dsrl import DSRL, State
from dsrl_agent.errors import ConfigError
from dsrl_agent.runtime.episodes import play
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Facts, Frame


class Decision(NamedTuple):
    """A decision in the course of an episode.

    Attributes:
        frame: What the agent was shown.
        facts: What it saw in it.
        memory: What it remembered of the episode when it had decided; `None` if an episode begins
            here.
        action: What it did; `None` if nothing yet.
        reward: What that gave.
    """

    frame: Frame
    facts: Facts
    memory: Any
    action: int | None
    reward: float


class Watched:
    """A greedy agent as an actor that keeps its latest decision."""

    def __init__(self, agent: DSRL) -> None:
        self._agent = agent
        self._state: State | None = None
        self.facts: Facts = ()
        self.memory: Any = None

    def begin(self) -> None:
        """Forget the last episode."""
        self._state = None

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        """Choose greedily from the frame alone."""
        action, self._state = self._agent.predict(frame, self._state, deterministic=True)
        self.facts = self._agent.facts(frame)
        self.memory = self._state[0]
        return int(action)


def replay(agent: DSRL, env: gym.Env[Any, Any], seed: int, episode: int, number: int) -> Decision:
    """Return one decision of the greedy agent in the worlds that `dsrl play` shows.

    Args:
        agent: Who plays, as loaded: its random streams break the ties.
        env: Where.
        seed: Decides the worlds.
        episode: The episode, counted from 1 as the pictures do.
        number: The step in it, from 0.

    Raises:
        ConfigError: There is no such episode or step.
    """
    if episode < 1 or number < 0:
        raise ConfigError(
            f"--episode is {episode} and --step {number}, but episodes count from 1 and steps "
            "from 0."
        )
    actor, streams = Watched(agent), Streams(seed)
    length = 0
    # The episodes before are played too: ties are broken by one stream for all of them.
    for step in play(env, actor, range(episode), lambda e: streams.seed_for("play", e)):
        if step.episode == episode - 1:
            if step.number == number:
                return Decision(
                    step.frame, actor.facts, actor.memory.copy(), step.action, step.reward
                )
            length = step.number + 1
    raise ConfigError(
        f"--step is {number}, but episode {episode} was over after {length} steps; give one from "
        f"0 to {length - 1}."
    )
