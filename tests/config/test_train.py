"""Settings of a run; and what holds for all settings: frozen, and each number has a rule."""

from __future__ import annotations

import dataclasses
import math

import pytest
from setting_rules import assert_whole, refusal

from dsrl_agent.config.reading import hints_of
from dsrl_agent.config.train import AgentConfig, EnvConfig, TrainConfig

NUMBERS = {name: hint for name, hint in hints_of(TrainConfig) if hint in (int, float)}


@pytest.mark.parametrize(
    ("key", "low"),
    [("total_timesteps", 1), ("seed", 0), ("checkpoint_every", 1), ("evaluation.episodes", 1)],
)
def test_whole_numbers(key: str, low: int) -> None:
    assert_whole(key, low)


@pytest.mark.parametrize("key", NUMBERS)
def test_every_number_refuses_values_of_other_types(key: str) -> None:
    wrong = [0.5] if NUMBERS[key] is int else [math.nan, math.inf]
    for value in ("1", True, None, [1.0], *wrong):
        assert refusal(key, value).startswith(f"{key} is {value!r}, but it must be")


def test_configs_are_frozen_and_share_nothing() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        TrainConfig().seed = 1  # type: ignore[misc]
    EnvConfig().kwargs["rows"] = 9
    assert EnvConfig().kwargs == {}
    assert AgentConfig() == AgentConfig()
