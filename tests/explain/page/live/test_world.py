"""Worlds that go back to where they were, by their editor or by playing again."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from inspected import ENV, WORLD
from live_sessions import NoEditor

from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.page.live.world import LiveWorld
from dsrl_agent.runtime.envs import make_env


@pytest.mark.parametrize("editor", [True, False])
def test_a_world_goes_back_to_a_mark(editor: bool) -> None:
    env = make_env(ENV, {**WORLD, "objects": {"cross": (2, 4)}, "noise": 0.05})
    world = LiveWorld(env if editor else NoEditor(env))
    marks, frames = [], [world.begin(3)]
    assert (world.editor is not None) == editor
    for action in (0, 1, 2, 3):
        marks.append(world.mark())
        frames.append(world.step(action).frame)
    for number in (2, 0):
        np.testing.assert_array_equal(world.back_to(marks[number]), frames[number])
        np.testing.assert_array_equal(world.step(number).frame, frames[number + 1])


class Fickle(gym.Env[Any, Any]):
    """Ends after fewer steps each time."""

    observation_space = gym.spaces.Box(0, 255, (2, 2, 3), np.uint8)
    action_space = gym.spaces.Discrete(1)
    most = 4

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        self.most, self.steps = self.most - 1, 0
        return np.zeros((2, 2, 3), np.uint8), {}

    def step(self, action: Any) -> Any:
        self.steps += 1
        return np.zeros((2, 2, 3), np.uint8), 0.0, self.steps >= self.most, False, {}


def test_a_world_that_does_not_repeat_itself_is_told() -> None:
    world = LiveWorld(Fickle())
    world.begin(0)
    for _ in range(3):
        assert world.step(0).reward == 0.0
    with pytest.raises(ConfigError, match="did not take the same course again"):
        world.back_to((0, 0, 0))
