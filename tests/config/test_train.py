"""Settings of a run; and what holds for all settings: frozen, and each number has a rule."""

from __future__ import annotations

import dataclasses
import math

import pytest
from setting_rules import assert_whole, refusal

from dsrl_agent.checks import shown
from dsrl_agent.config.reading import group_of, hints_of
from dsrl_agent.config.train import AgentConfig, EnvConfig, TrainConfig

NUMBERS = {name: hint for name, hint in hints_of(TrainConfig) if hint in (int, float)}
GROUPS = {name: group for name, hint in hints_of(TrainConfig) if (group := group_of(hint))}


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


@pytest.mark.parametrize("key", GROUPS)
def test_every_group_refuses_what_is_not_of_its_class(key: str) -> None:
    for value in ({}, {"kind": "rules"}, None, "rules", GROUPS[key]):
        message = refusal(key, value)
        assert message.startswith(f"{key} is {shown(value)}, but it must be a ")
        assert GROUPS[key].__name__ in message


def test_configs_are_frozen_and_share_nothing() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        TrainConfig().seed = 1  # type: ignore[misc]
    EnvConfig().kwargs["rows"] = 9
    assert EnvConfig().kwargs == {}
    assert AgentConfig() == AgentConfig()
