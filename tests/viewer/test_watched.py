"""Scenes of a trained agent's play."""

from __future__ import annotations

import gymnasium as gym
import pytest
from numpy.testing import assert_array_equal

import shapes_grid  # noqa: F401 - registers the worlds
from dsrl_agent import DSRL
from dsrl_agent.viewer.watched import WatchedAgent


@pytest.fixture(scope="module")
def agent() -> DSRL:
    env = gym.make("ShapesGrid-v0", step_limit=5)
    return DSRL(env, front_end="rules", frames=60).learn(120)


def world() -> gym.Env[object, object]:
    return gym.make("ShapesGrid-v0", render_mode="rgb_array", step_limit=5)


def test_there_is_a_scene_for_each_step_and_for_the_end(agent: DSRL) -> None:
    scenes = list(iter(WatchedAgent(agent, world(), 1, episodes=2).scene, None))
    assert [(each.episode, each.last) for each in scenes] == [
        (episode, step == 5) for episode in (0, 1) for step in range(6)
    ]
    assert [each.panel.chosen is None for each in scenes] == [each.last for each in scenes]
    assert scenes[5].panel.lines[1].endswith("out of time")


def test_each_fact_is_marked_and_listed(agent: DSRL) -> None:
    found = WatchedAgent(agent, world(), 1).scene()
    assert found is not None
    facts = agent.facts(found.frame)
    assert len(found.marks) == len(found.panel.facts) == len(facts) > 1
    assert [location for _, location in found.panel.facts] == [f"[{f.row}, {f.col}]" for f in facts]
    assert found.frame.shape == (50, 50, 3)
    assert found.world.shape == (400, 400, 3)


def test_another_episode_can_be_begun_at_once_and_there_is_always_one(agent: DSRL) -> None:
    watched = WatchedAgent(agent, world(), 1)
    scenes = [watched.scene(anew) for anew in (False, False, True, False, True)]
    assert [each.episode for each in scenes if each is not None] == [0, 0, 1, 1, 2]


def test_the_seed_decides_the_worlds(agent: DSRL) -> None:
    one, same, other = (WatchedAgent(agent, world(), seed).scene() for seed in (1, 1, 2))
    assert one is not None
    assert same is not None
    assert other is not None
    assert_array_equal(one.frame, same.frame)
    assert (one.frame != other.frame).any()


def test_an_agent_that_learns_counts_its_steps(agent: DSRL) -> None:
    begun = agent.num_timesteps
    watched = WatchedAgent(agent, world(), 1, episodes=2, learns=True)
    scenes = list(iter(watched.scene, None))
    assert len(scenes) == 2 * 6
    assert watched.learned == agent.num_timesteps - begun == 10
    assert WatchedAgent(agent, world(), 1).learned == 0
