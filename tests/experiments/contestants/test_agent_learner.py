"""An agent as a contestant."""

from __future__ import annotations

import json
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from dsrl_agent import DSRL, AgentConfig, BackEndConfig, PerceptionConfig
from dsrl_agent.agent.actor import AgentActor
from dsrl_agent.experiments.contestants.agent_learner import AgentLearner

QUICK = AgentConfig(
    PerceptionConfig(frames=40, memory=60, refit_growth=0.0),
    BackEndConfig(steps=4, width=8),
)

pytestmark = pytest.mark.usefixtures("one_thread")


def world(**fields: Any) -> gym.Env[Any, Any]:
    return gym.make("shapes_grid:ShapesGrid-v0", rows=3, cols=3, objects={"cross": 3}, **fields)


def test_steps_are_counted_up_to_the_mark_and_no_mark_is_passed_twice() -> None:
    learner = AgentLearner(DSRL(world(), QUICK))
    learner.learn(30)
    learner.learn(30)  # nothing is left to do
    learner.learn(50)
    assert learner.steps == learner.agent.num_timesteps == 50


def test_a_move_changes_the_world_and_keeps_what_was_learned() -> None:
    learner = AgentLearner(DSRL(world(), QUICK))
    learner.learn(45)
    front_end = learner.front_end
    learner.move(lambda: world(cell=11))
    assert learner.agent.env.observation_space.shape != world().observation_space.shape
    assert learner.front_end is front_end
    assert isinstance(learner.actor(world()), AgentActor)


def test_the_size_counts_arrays_of_perception_and_the_json_of_the_front_end() -> None:
    learner = AgentLearner(DSRL(world(), QUICK))
    learner.learn(45)
    arrays = learner.agent.perception.arrays().values()
    held = sum(np.asarray(array).nbytes for group in arrays for array in group.values())
    assert held > 0
    assert learner.size_bytes() == held + len(json.dumps(learner.front_end.state()))
