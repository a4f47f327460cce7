"""Rewards in another unit are another way to say the same: every action stays as it was."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from others_worlds import OthersWorld, trained
from true_facts import true_facts

import shapes_grid  # noqa: F401  (registers its ids)
from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end import make_front_end
from dsrl_agent.front_end.relations import greedy_actions, rounding
from dsrl_agent.types import Transition

KINDS = ["relational", "rules", "srl_cs", "garnelo2016", "flat"]
SCALES = [1e-6, 0.02, 1 / 3, 50.0, 1e6]


def actions_of(name: str, kind: str, steps: int, scale: float) -> list[int]:
    """Return the actions of a front end that learns from true facts and scaled rewards."""
    env = gym.make(f"shapes_grid:ShapesGrid{name}-v0")
    assert isinstance(env.action_space, gym.spaces.Discrete)
    front_end = make_front_end(int(env.action_space.n), FrontEndConfig(kind=kind))
    rng, episode = np.random.default_rng(3), 0
    actions: list[int] = []
    while len(actions) < steps:
        _, info = env.reset(seed=3000 + episode)
        episode += 1
        facts, first, over = true_facts(info), True, False
        shape = info["truth"]["cells"].shape
        memory = front_end.begin(shape)
        while not over:
            actions.append(front_end.decide(facts, memory, rng, 0.1))
            _, reward, terminated, truncated, info = env.step(actions[-1])
            following, over = true_facts(info), terminated or truncated
            paid = scale * float(reward)
            told = Transition(facts, actions[-1], paid, following, terminated, first, shape)
            front_end.learn(told, rng)
            facts, first = following, False
    return actions


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["", "-Lethal"])
def test_rewards_in_any_unit_give_the_same_actions(name: str, kind: str) -> None:
    actions = actions_of(name, kind, 100, 1.0)
    for scale in SCALES:
        assert actions_of(name, kind, 100, scale) == actions


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["-KeyDoor", "-Push", "-Heading", "-Walls", "-Movers"])
def test_rewards_in_any_unit_give_the_same_actions_in_worlds_of_all_kinds(
    name: str, kind: str
) -> None:
    actions = actions_of(name, kind, 400, 1.0)
    for scale in SCALES:
        assert actions_of(name, kind, 400, scale) == actions


@pytest.mark.parametrize("name", ["CliffWalking", "FrozenLake-4x4-slippery"])
@pytest.mark.parametrize("kind", ["rules", "relational"])
def test_costs_of_steps_and_chance_in_any_unit_give_the_same_episodes(name: str, kind: Any) -> None:
    courses = []
    for scale in (1.0, 0.02, 1e6):
        world = OthersWorld(name)
        front_end = make_front_end(world.num_actions, FrontEndConfig(kind=kind))
        course = trained(front_end, world, seed=1, steps=200, scale=scale)
        courses.append((course.steps, course.wins))
    assert courses[1:] == courses[:1] * 2


def test_values_are_equal_within_a_share_of_the_largest() -> None:
    values = np.array([2.0, 1.0, 2.0 - 1e-9, -4.0])
    assert rounding(values) == pytest.approx(4e-9)
    for scale in SCALES:
        assert greedy_actions(scale * values) == [0, 2]
    assert greedy_actions(np.zeros(3)) == [0, 1, 2]
    assert rounding(np.array([])) == 0.0
