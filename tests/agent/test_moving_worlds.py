"""Worlds that move by themselves, from their pixels: the agent foresees, catches and shoots."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from arcade import ArcadeEnv, Catch, Gallery, World

from dsrl_agent import DSRL
from dsrl_agent.config import AgentConfig, FrontEndConfig
from dsrl_agent.front_end.rules.front_end import RulesFrontEnd


class Rewards(gym.Wrapper[Any, Any, Any, Any]):
    """Keeps the reward of each step."""

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        super().__init__(env)
        self.each: list[float] = []

    def step(self, action: Any) -> Any:
        taken = self.env.step(action)
        self.each.append(float(taken[1]))
        return taken


@pytest.mark.parametrize(
    ("world", "most", "least"),
    # A ball falls for 6 steps, and one in 5 is caught at random. A shot takes a rest of 3 steps and
    # flies for 5; at random 2 in 100 steps hit.
    [(Catch(), 0, 14), (Gallery(), 0, 10)],
)
def test_a_world_that_moves_by_itself_is_mastered_from_pixels(
    world: World, most: int, least: int
) -> None:
    env = Rewards(ArcadeEnv(world))
    agent = DSRL(env, AgentConfig(front_end=FrontEndConfig(kind="rules")), seed=0, device="cpu")
    agent.learn(400)
    front_end = agent.front_end
    assert isinstance(front_end, RulesFrontEnd)
    foresight = front_end.understanding.foresight
    assert foresight is not None
    assert foresight.needed
    late = np.array(env.each[-100:])
    assert (late < 0).sum() <= most
    assert (late > 0).sum() >= least
