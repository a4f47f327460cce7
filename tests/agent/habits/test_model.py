"""What models of Stable-Baselines3 have: environment, spaces, logger, and a line of text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium as gym
import pytest
from inspected import ENV, WORLD, agent_of
from stable_baselines3.common.logger import configure

from dsrl_agent import DSRL, ConfigError
from dsrl_agent.agent.habits.model import ModelHabits

pytestmark = pytest.mark.usefixtures("one_thread")


def made(**given: Any) -> DSRL:
    return DSRL(gym.make(ENV, **{**WORLD, **given}))


def test_an_agent_has_the_habits_of_a_model() -> None:
    assert isinstance(made(), ModelHabits)


def test_spaces_and_environment_are_those_behind_the_door() -> None:
    agent = made()
    vector = agent.get_env()
    assert vector is agent.get_env()
    assert vector.observation_space == agent.observation_space == agent.env.observation_space
    assert vector.action_space == agent.action_space
    frames: Any = vector.reset()
    assert frames.shape == (1, 37, 37, 3)


def test_another_environment_is_taken_if_it_fits() -> None:
    agent = made()
    first = agent.get_env()
    agent.set_env(gym.make(ENV, **{**WORLD, "objects": {"cross": 1}}))
    assert agent.get_env() is not first
    agent.learn(70)
    with pytest.raises(ConfigError, match=r"frames \[45, 45, 3\], but the agent remembers frames"):
        agent.set_env(gym.make(ENV, cell=8))
    with pytest.raises(ConfigError, match="has 3 actions, but the agent knows 4"):
        agent.set_env(gym.make("shapes_grid:ShapesGrid-Heading-v0"))
    agent.learn(10)  # in the environment that was taken last
    assert agent.num_timesteps == 80


def test_a_logger_can_be_given(tmp_path: Path) -> None:
    agent = made()
    logger = configure(str(tmp_path), ["csv"])
    agent.set_logger(logger)
    assert agent.logger is logger
    agent.learn(60, log_interval=1)
    logger.close()
    head, *lines = (tmp_path / "progress.csv").read_text().splitlines()
    assert "rollout/ep_rew_mean" in head
    assert lines


def test_an_agent_is_a_line_of_text() -> None:
    assert repr(made()) == (
        "DSRL('ShapesGrid-v0', front_end='relational', seed=0: 0 steps, sees nothing yet)"
    )
    assert repr(agent_of("rules")) == (
        "DSRL('ShapesGrid-v0', front_end='rules', seed=0: 120 steps, 3 types)"
    )


def test_nothing_is_normalised() -> None:
    agent = made()
    assert agent.get_vec_normalize_env() is None  # type: ignore[func-returns-value]
