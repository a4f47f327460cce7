"""The settings of the learners, and their rules."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from dsrl_agent.baselines.settings import DQNConfig, PPOConfig, QRDQNConfig
from dsrl_agent.errors import ConfigError


@pytest.mark.parametrize(
    ("kind", "settings", "message"),
    [
        (
            DQNConfig,
            {"budget": 100, "learning_starts": 100},
            "dqn.budget is 100, but it must be more than",
        ),
        (DQNConfig, {"envs": 3}, "dqn.steps_per_round is 4, but it must be a multiple of dqn.envs"),
        (
            DQNConfig,
            {"sight": "smell"},
            "dqn.sight is 'smell', but it must be one of pixels, symbols",
        ),
        (DQNConfig, {"batch": 0}, "dqn.batch is 0, but it must be a whole number from 1"),
        (DQNConfig, {"discount": 1.5}, "dqn.discount is 1.5, but it must be a number from 0 to 1"),
        (PPOConfig, {"rollout": 100, "envs": 3}, "ppo.rollout is 100, .* multiple of ppo.envs,"),
        (PPOConfig, {"rollout": 96, "batch": 64}, "ppo.rollout is 96, .* multiple of ppo.batch"),
        (PPOConfig, {"batch": 1}, "ppo.batch is 1, but it must be at least 2"),
        (PPOConfig, {"epochs": True}, "ppo.epochs is True, but it must be a whole number from 1"),
        (PPOConfig, {"clip_range": -0.2}, "ppo.clip_range is -0.2, but it must be a number from 0"),
        (PPOConfig, {"gae_lambda": float("nan")}, "ppo.gae_lambda is nan, but it must be a number"),
        (PPOConfig, {"network": "vast"}, "ppo.network is 'vast', .* one of nature, small"),
        (QRDQNConfig, {"quantiles": 0}, "qrdqn.quantiles is 0, but it must be a whole number"),
        (QRDQNConfig, {"budget": 100}, "qrdqn.budget is 100, .* more than qrdqn.learning_starts"),
        (QRDQNConfig, {"envs": 3}, "qrdqn.steps_per_round is 4, .* a multiple of qrdqn.envs"),
    ],
)
def test_settings_that_break_their_rule_are_refused_in_one_line(
    kind: Any, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message) as refused:
        kind(**settings)
    assert "\n" not in str(refused.value)


def test_the_module_does_not_import_torch() -> None:
    code = "import sys, dsrl_agent.baselines.settings; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
