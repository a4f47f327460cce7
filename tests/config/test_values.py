"""Settings: each refuses what breaks its rule, and says the field, the value and the rule."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest

from dsrl_agent.config import (
    AgentConfig,
    BackEndConfig,
    EnvConfig,
    EvaluationConfig,
    FrontEndConfig,
    PerceptionConfig,
    TrainConfig,
    group_of,
    hints_of,
)
from dsrl_agent.errors import ConfigError

WHOLE = "but it must be a whole number."
NUMBER = "but it must be a number."
CLASSES: dict[str, type[Any]] = {
    "perception": PerceptionConfig,
    "back_end": BackEndConfig,
    "front_end": FrontEndConfig,
    "evaluation": EvaluationConfig,
    "": TrainConfig,
}

# Each whole number's lowest value, and the rule as it is told.
WHOLES = [
    ("perception.first_frames", 20, "at least 20."),
    ("perception.frames", 20, "at least 20."),
    ("perception.memory", 160, "at least perception.frames, which is 160."),
    ("perception.max_types", 2, "at least 2."),
    ("back_end.latents", 1, "at least 1."),
    ("back_end.width", 1, "at least 1."),
    ("back_end.batch_places", 1, "at least 1."),
    ("back_end.steps", 1, "at least 1."),
    ("back_end.refit_steps", 1, "at least 1."),
    ("front_end.replay", 0, "at least 0."),
    ("front_end.memory", 1, "at least 1."),
    ("evaluation.episodes", 1, "at least 1."),
    ("total_timesteps", 1, "at least 1."),
    ("seed", 0, "at least 0."),
    ("checkpoint_every", 1, "at least 1."),
]
# Each number's values that just fit, those that just do not, and the rule.
UNIT = "at least 0 and at most 1 and finite."
OPEN_UNIT = "greater than 0 and at most 1 and finite."
NEVER = "0 (never) or greater than 1, and finite."
NUMBERS: list[tuple[str, list[float], list[float], str]] = [
    ("perception.explained", [0, 1.0], [-0.001, 1.001], UNIT),
    ("perception.retry_growth", [1.001, 10], [1.0, 0.0], "greater than 1 and finite."),
    ("perception.refit_growth", [0, 0.0, 1.001, 10], [1.0, 0.5, -1.0], NEVER),
    ("back_end.beta", [0.0, 1e6], [-1e-9], "at least 0 and finite."),
    ("back_end.learning_rate", [1e-9, 1.0], [0.0, -1.0, 1.001], OPEN_UNIT),
    ("front_end.learning_rate", [1e-9, 1], [0.0, -0.5, 2], OPEN_UNIT),
    ("front_end.discount", [0, 1.0], [-0.001, 1.001], UNIT),
    ("front_end.epsilon", [0.0, 1], [-0.001, 1.001], UNIT),
]


def build(key: str, value: Any) -> Any:
    """Make the config that has a setting, with this value, and return what it then holds."""
    prefix, _, name = key.rpartition(".")
    return getattr(CLASSES[prefix](**{name: value}), name)


def refusal(key: str, value: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        build(key, value)
    return str(caught.value)


@pytest.mark.parametrize(("key", "low", "rule"), WHOLES)
def test_whole_numbers(key: str, low: int, rule: str) -> None:
    assert build(key, low) == low
    assert refusal(key, low - 1) == f"{key} is {low - 1}, but it must be {rule}"
    for value in (low + 0.5, float(low), str(low), True, None):
        assert refusal(key, value) == f"{key} is {value!r}, {WHOLE}"


@pytest.mark.parametrize(("key", "good", "bad", "rule"), NUMBERS)
def test_numbers(key: str, good: list[float], bad: list[float], rule: str) -> None:
    assert [build(key, value) for value in good] == good
    for value in (*bad, math.nan, math.inf, -math.inf):
        assert refusal(key, value) == f"{key} is {value!r}, but it must be {rule}"
    for other in ("1", True, False, None, [1.0]):
        assert refusal(key, other) == f"{key} is {other!r}, {NUMBER}"


def test_every_number_is_tested_here() -> None:
    given = {key for key, *_ in (*WHOLES, *NUMBERS)}
    numbers = {
        f"{prefix}.{field.name}".lstrip(".")
        for prefix, config in CLASSES.items()
        for field in dataclasses.fields(config)
        if field.type in ("int", "float")
    }
    assert numbers == given


GROUPS = {name: group_of(hint) for name, hint in hints_of(TrainConfig)}
NUMBER_SETTINGS = {name: hint for name, hint in hints_of(TrainConfig) if hint in (int, float)}


@pytest.mark.parametrize("key", NUMBER_SETTINGS)
def test_every_number_refuses_values_of_other_types(key: str) -> None:
    prefix, _, name = key.rpartition(".")
    config: type[Any] = GROUPS.get(prefix) or TrainConfig
    wrong = [0.5] if NUMBER_SETTINGS[key] is int else [math.nan, math.inf]
    for value in ("1", True, None, [1.0], *wrong):
        with pytest.raises(ConfigError) as caught:
            config(**{name: value})
        assert str(caught.value).startswith(f"{key} is {value!r}, but it must be")


def test_the_front_ends_kind() -> None:
    for kind in ("relational", "rules", "srl_cs", "dsrl", "flat"):
        assert build("front_end.kind", kind) == kind
    assert refusal("front_end.kind", "deep") == (
        "front_end.kind is 'deep', but it must be one of relational, rules, srl_cs, dsrl, flat."
    )


def test_the_frames_memory_may_be_as_small_as_the_first_frames() -> None:
    assert PerceptionConfig(frames=30, memory=30).memory == 30


def test_configs_are_frozen_and_share_nothing() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        TrainConfig().seed = 1  # type: ignore[misc]
    EnvConfig().kwargs["rows"] = 9
    assert EnvConfig().kwargs == {}
    assert AgentConfig() == AgentConfig()
