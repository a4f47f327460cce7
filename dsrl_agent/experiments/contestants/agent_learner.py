"""Make an agent a contestant: learn up to a step, move to another world, give an actor."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import gymnasium as gym

from dsrl_agent.agent.actor import AgentActor
from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.runtime.episodes import Actor

MakeEnv = Callable[[], gym.Env[Any, Any]]
"""Makes an environment of a contestant's world."""


class AgentLearner:
    """An agent as a contestant."""

    def __init__(self, agent: DSRL) -> None:
        self.agent = agent

    @property
    def steps(self) -> int:
        """Environment steps taken, those that train the back end included."""
        return self.agent.num_timesteps

    @property
    def settled(self) -> bool:
        """Whether the agent finds that it has learned what there is to learn."""
        return self.agent.settled

    def learn(self, until: int) -> None:
        """Play and learn until `until` steps have been taken in all."""
        if until > self.steps:
            self.agent.learn(until - self.steps)

    def move(self, make: MakeEnv) -> None:
        """Go on in another world."""
        self.agent.env = make()

    def actor(self, env: gym.Env[Any, Any]) -> Actor:
        """Return the greedy agent."""
        return AgentActor(self.agent)

    def size_bytes(self) -> int:
        """Return the bytes of the network, the codebook and the tables; no frames."""
        arrays = self.agent.perception.arrays()
        held = sum(array.nbytes for group in arrays.values() for array in group.values())
        return held + len(json.dumps(self.agent.front_end.state()))
