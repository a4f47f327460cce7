"""Settings halved and doubled."""

from __future__ import annotations

import pytest

from dsrl_agent.config import AgentConfig, PerceptionConfig
from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.studies.setting_variants import SettingVariant, changed, variants


def tried(group: str, factor: float = 2.0) -> list[SettingVariant]:
    return list(variants(AgentConfig(), group, factor))


def test_a_number_is_halved_and_doubled() -> None:
    assert tried("perception.memory") == [
        # frames, 160, is below the half of 1000.
        SettingVariant("perception.memory", 1000, 500),
        SettingVariant("perception.memory", 1000, 2000),
    ]


def test_a_share_that_cannot_be_doubled_has_its_distance_from_1_halved() -> None:
    half, nearer = tried("perception.explained")
    assert half == SettingVariant("perception.explained", 0.9, 0.45)
    assert nearer == SettingVariant("perception.explained", 0.9, pytest.approx(0.95))


def test_values_that_the_settings_refuse_are_named_with_the_rule() -> None:
    half, double = tried("perception.retry_growth")  # 1.5, must be greater than 1
    assert (half.value, double.value, double.refused) == (0.75, 3.0, "")
    assert half.refused.startswith("perception.retry_growth is 0.75, but it must be")


def test_groups_hold_their_numbers_and_those_of_their_groups() -> None:
    inner, outer = tried("perception.typing"), tried("perception")
    assert {each.setting.rpartition(".")[0] for each in inner} == {"perception.typing"}
    assert set(map(str, inner)) < set(map(str, outer))
    assert not [each for each in outer if isinstance(each.default, str | bool)]
    assert "perception.sight" not in {each.setting for each in outer}


def test_whole_numbers_that_rounding_brings_back_are_left_out() -> None:
    assert [each.value for each in tried("perception.max_types", 1.01)] == []
    assert tried("perception.sight") == []


def test_an_unknown_group_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"group is 'perception.typin'; did you mean"):
        tried("perception.typin")


def test_a_setting_is_replaced_alone() -> None:
    config = changed(AgentConfig(), "perception.max_types", 5)
    assert config == AgentConfig(PerceptionConfig(max_types=5))
    with pytest.raises(ConfigError, match="max_types is 1"):
        changed(config, "perception.max_types", 1)
