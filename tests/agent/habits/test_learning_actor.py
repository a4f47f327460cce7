"""An agent that goes on learning while another loop plays."""

from __future__ import annotations

import gymnasium as gym
import pytest

import shapes_grid  # noqa: F401 - registers the worlds
from dsrl_agent import DSRL
from dsrl_agent.agent.habits.learning_actor import LearningActor
from dsrl_agent.errors import PerceptionError
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.runtime.episodes import play

ID = "shapes_grid:ShapesGrid-v0"


def test_an_agent_learns_from_steps_that_another_loop_takes() -> None:
    agent = DSRL(gym.make(ID, step_limit=20), front_end="rules", frames=60, seed=3).learn(65)
    rules = agent.front_end.knowledge().rules
    assert rules is not None
    actor = agent.learner()
    assert isinstance(actor, LearningActor)
    actor.begin()
    assert (actor.steps, actor.state) == (0, None)
    env, places = make_env(ID, {"step_limit": 20}), []
    for step in play(env, actor, range(3), lambda episode: episode):
        assert actor.state is not None
        assert len(actor.state) == 1
        actor.observe(step)
        places.append(step.number)
    assert places.count(0) == 3
    assert actor.steps == len(places) >= 20
    assert agent.num_timesteps == 65 + len(places)
    later = agent.front_end.knowledge().rules
    assert later is not None
    assert sum(each.rule.cases for each in later) > sum(each.rule.cases for each in rules)
    agent.learn(10)  # training goes on with another episode
    assert agent.num_timesteps == 75 + len(places)


def test_an_agent_that_cannot_see_yet_is_refused() -> None:
    with pytest.raises(PerceptionError, match=r"cannot see yet; call learn\(\) first"):
        DSRL(gym.make(ID)).learner()
