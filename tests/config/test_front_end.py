"""Settings of the front ends: known kinds, old words, and thresholds that refuse bad values."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest
from setting_rules import OPEN_UNIT, UNIT, assert_number, assert_whole

from dsrl_agent.config import (
    AgencyThresholds,
    DynaThresholds,
    FrontEndConfig,
    RulesThresholds,
    front_end_kinds,
    read_config,
)
from dsrl_agent.errors import ConfigError

GROUPS: dict[str, type[Any]] = {
    "agency": AgencyThresholds,
    "dyna": DynaThresholds,
    "rules": RulesThresholds,
}
FIELDS = [
    (group, field.name, field.default)
    for group, kind in GROUPS.items()
    for field in dataclasses.fields(kind)
]


def test_whole_numbers() -> None:
    assert_whole("front_end.replay", 0)
    assert_whole("front_end.memory", 1)


def test_numbers() -> None:
    assert_number("front_end.learning_rate", [1e-9, 1], [0.0, -0.5, 2], OPEN_UNIT)
    assert_number("front_end.discount", [0, 1.0], [-0.001, 1.001], UNIT)
    assert_number("front_end.epsilon", [0.0, 1], [-0.001, 1.001], UNIT)


def test_every_known_kind_is_accepted_and_the_default_comes_first() -> None:
    kinds = ("relational", "rules", "srl_cs", "garnelo2016", "flat")
    assert front_end_kinds() == kinds
    assert [FrontEndConfig(kind=kind).kind for kind in kinds] == list(kinds)
    assert FrontEndConfig().kind == kinds[0]


def test_the_word_of_older_versions_is_read_as_todays() -> None:
    assert FrontEndConfig(kind="dsrl") == FrontEndConfig(kind="garnelo2016")
    assert read_config(FrontEndConfig, {"kind": "dsrl"}).kind == "garnelo2016"


@pytest.mark.parametrize(
    ("kind", "hint"),
    [("deep", ""), ("rule", " (did you mean rules?)"), (None, ""), (["flat"], "")],
)
def test_an_unknown_kind_is_refused_with_the_known_ones(kind: Any, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        FrontEndConfig(kind=kind)
    assert str(caught.value) == (
        f"front_end.kind is {kind!r}{hint}, but it must be one of relational, rules, srl_cs, "
        "garnelo2016, flat."
    )


def test_stored_settings_without_thresholds_have_todays_defaults() -> None:
    stored = {"kind": "rules", "learning_rate": 1.0, "discount": 0.9, "epsilon": 0.1}
    assert read_config(FrontEndConfig, stored) == FrontEndConfig(kind="rules")
    assert hash(FrontEndConfig()) == hash(FrontEndConfig())


def test_a_threshold_is_read_from_its_group() -> None:
    config = read_config(FrontEndConfig, {"rules": {"calm_contacts": 5}})
    assert config.rules == RulesThresholds(calm_contacts=5)


@pytest.mark.parametrize(("group", "name", "default"), FIELDS)
def test_a_threshold_refuses_negative_numbers_and_texts(
    group: str, name: str, default: float
) -> None:
    for value in (-1, math.nan, "1", None):
        with pytest.raises(ConfigError, match=rf"^front_end\.{group}\.{name} is "):
            GROUPS[group](**{name: value})
    assert getattr(GROUPS[group](**{name: default}), name) == default


@pytest.mark.parametrize(("group", "name", "default"), FIELDS)
def test_a_threshold_is_documented(group: str, name: str, default: float) -> None:
    text = str(GROUPS[group].__doc__)
    assert f"        {name}: " in text
    after = text.split(f"        {name}: ")[1]
    assert "searched" in after or "chosen on" in after  # its origin
