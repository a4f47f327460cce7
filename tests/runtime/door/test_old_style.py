"""Environments in the style of the old gym."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.wrappers import OrderEnforcing, TimeLimit

from dsrl_agent.runtime.door.old_style import OldStyle, adapted


class Old(gym.Env[Any, Any]):
    """Takes no seed at a reset and returns four values at a step."""

    observation_space = spaces.Box(0, 255, (4, 4, 3), np.uint8)
    action_space = spaces.Discrete(2)

    def __init__(self) -> None:
        self.seeded: list[int] = []

    def seed(self, seed: int) -> None:
        self.seeded.append(seed)

    def reset(self) -> Any:  # type: ignore[override]
        return np.zeros((4, 4, 3), np.uint8)

    def step(self, action: Any) -> Any:
        return np.ones((4, 4, 3), np.uint8), 1.0, False, {}


class WithoutSeed(Old):
    """Has no method `seed` either."""

    seed: Any = None


def test_a_seed_goes_to_the_method_seed() -> None:
    notes: list[str] = []
    env = Old()
    frame, info = adapted(env, notes.append).reset(seed=3)
    assert (frame.max(), info, env.seeded) == (0, {}, [3])
    assert notes[0] == "reset() takes no seed: seed() is called in its place"


def test_without_that_method_the_loss_is_noted() -> None:
    notes: list[str] = []
    adapted(WithoutSeed(), notes.append).reset(seed=3)
    assert notes[0] == "reset() takes no seed: episodes cannot be repeated by their seeds"


def test_wrappers_around_an_old_environment_work() -> None:
    env = adapted(TimeLimit(OrderEnforcing(Old()), 2), lambda text: None)
    env.reset(seed=1)
    assert env.step(0)[1:] == (1.0, False, False, {})
    assert env.step(0)[2:4] == (False, True)


def test_an_environment_of_today_stays_as_it_is() -> None:
    env = gym.make("FrozenLake-v1")
    innermost = env.unwrapped
    assert adapted(env, print) is env
    assert env.unwrapped is innermost
    assert not isinstance(adapted(innermost, print), OldStyle)
