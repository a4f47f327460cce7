"""PPO as a contestant."""

from __future__ import annotations

from pathlib import Path

import pytest
from learners import one_cross, quick_learner, quick_suite, score

from dsrl_agent.baselines.ppo import PPOLearner
from dsrl_agent.baselines.settings import PPOConfig
from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.run.suites import run_suite


def test_it_counts_the_steps_of_whole_rollouts() -> None:
    learner = quick_learner("ppo")
    learner.learn(80)
    assert learner.steps == 80
    learner.learn(100)  # in the middle of the third
    assert learner.steps == 120
    learner.learn(120)
    assert learner.steps == 120


@pytest.mark.usefixtures("one_thread")
def test_it_solves_an_easy_world() -> None:
    config = PPOConfig(sight="symbols", features=32, rollout=400, learning_rate=3e-3, discount=0.9)
    learner = PPOLearner(one_cross, config, seed=0)
    assert score(learner) < 0.3
    learner.learn(1200)
    assert score(learner) > 0.7


def test_measurements_between_ends_of_rollouts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"'ppo' learns from rollouts of 40 steps.*after 100"):
        run_suite(quick_suite("ppo", marks=(80, 100)), tmp_path / "out")
    assert not (tmp_path / "out").exists()
