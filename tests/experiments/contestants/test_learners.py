"""Contestants by their kind, and their settings."""

from __future__ import annotations

from typing import Any, cast

import gymnasium as gym
import numpy as np
import pytest

from dsrl_agent.baselines.settings import DQNConfig, PPOConfig, QRDQNConfig
from dsrl_agent.config import AgentConfig
from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.contestants.learners import (
    PixelLearner,
    Resumable,
    buffer_bytes_of,
    make_learner,
    settings_of,
)
from dsrl_agent.experiments.contestants.true_facts import FactsConfig, FactsLearner
from dsrl_agent.experiments.plan.suite import Contestant, Kind, World
from dsrl_agent.runtime.envs import make_env


def one(kind: str, **settings: Any) -> Contestant:
    return Contestant("somebody", cast(Kind, kind), settings)


def world() -> gym.Env[Any, Any]:
    return make_env("shapes_grid:ShapesGrid-v0", {})


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("agent", AgentConfig),
        ("agent_on_true_facts", FactsConfig),
        ("dqn", DQNConfig),
        ("qrdqn", QRDQNConfig),
        ("ppo", PPOConfig),
    ],
)
def test_each_kind_that_learns_has_settings(kind: str, settings: type) -> None:
    assert type(settings_of(one(kind))) is settings


def test_settings_are_read_with_their_groups_and_refused_with_the_contestants_name() -> None:
    made = settings_of(one("agent", front_end={"kind": "rules"}))
    assert isinstance(made, AgentConfig)
    assert made.front_end.kind == "rules"
    with pytest.raises(ConfigError, match=r"The contestant 'somebody': .*front_end\.kin"):
        settings_of(one("agent", front_end={"kin": "rules"}))
    with pytest.raises(ConfigError, match="oracle takes none"):
        settings_of(one("oracle", budget=3))
    assert settings_of(one("random")) is None


def test_an_agent_sees_pixels_or_true_facts() -> None:
    assert isinstance(make_learner(one("agent"), world, 0), PixelLearner)
    on_facts = make_learner(one("agent_on_true_facts"), world, 0)
    assert isinstance(on_facts, FactsLearner)
    on_facts.learn(12)
    assert on_facts.steps == 12


@pytest.mark.parametrize("kind", ["random", "oracle"])
def test_who_does_not_learn_takes_no_steps_and_plays(kind: str) -> None:
    learner = make_learner(one(kind), world, 0)
    learner.learn(1000)
    assert learner.steps == 0
    assert learner.size_bytes() == 0
    assert not isinstance(learner, Resumable)
    env = world()
    frame, info = env.reset(seed=0)
    actor = learner.actor(env)
    actor.begin()
    assert 0 <= actor.act(frame, info) < 4


def test_only_replay_buffers_take_memory() -> None:
    frame = int(np.prod(cast(Any, world().observation_space).shape))
    held = buffer_bytes_of(one("dqn", buffer=100, budget=2000, learning_starts=10), World())
    assert held >= 100 * frame
    fewer = buffer_bytes_of(one("dqn", buffer=5000, budget=2000, learning_starts=10), World())
    assert held < fewer < 21 * held  # the buffer is never larger than the budget
    assert buffer_bytes_of(one("ppo"), World()) == 0
    assert buffer_bytes_of(one("agent"), World()) == 0
