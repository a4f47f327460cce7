"""Settings by keyword, by mapping and as a config; errors that name the nearest."""

from __future__ import annotations

from typing import Any

import pytest

from dsrl_agent import DSRL, AgentConfig, ConfigError, FrontEndConfig, PerceptionConfig
from dsrl_agent.agent.habits.settings import (
    _OF_MODELS,
    agent_settings,
    drawn_seed,
    is_setting,
    require_no_policy,
    whole_steps,
)
from dsrl_agent.config.reading import hints_of


def test_nothing_given_is_the_default() -> None:
    assert agent_settings(None, {}) == AgentConfig()
    config = AgentConfig(front_end=FrontEndConfig(kind="rules"))
    assert agent_settings(config, {}) is config


@pytest.mark.parametrize(
    "given",
    [
        {"front_end": "rules", "epsilon": 0.25},
        {"front_end": {"kind": "rules", "epsilon": 0.25}},
        {"front_end": FrontEndConfig(kind="rules", epsilon=0.25)},
        {"front_end.kind": "rules", "front_end.epsilon": 0.25},
    ],
)
def test_a_setting_is_given_in_several_ways(given: dict[str, Any]) -> None:
    expected = AgentConfig(front_end=FrontEndConfig(kind="rules", epsilon=0.25))
    assert agent_settings(None, given) == expected
    assert agent_settings({"front_end": {"kind": "flat"}}, given) == expected


def test_settings_stand_beside_those_of_the_config_at_every_depth() -> None:
    config = AgentConfig(PerceptionConfig(frames=50))
    given = {"perception": {"things": {"sprites": {"samples": 3}}}, "back_end": "pca"}
    found = agent_settings(config, given)
    assert found.perception.frames == 50
    assert found.perception.things.sprites.samples == 3
    assert found.back_end.kind == "pca"


def test_settings_whose_rules_speak_of_each_other_are_taken_at_once() -> None:
    found = agent_settings(None, {"perception": {"memory": 30, "frames": 20, "first_frames": 20}})
    assert (found.perception.memory, found.perception.frames) == (30, 20)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"front_nd": 1}, "front_nd (here 1) is no setting; did you mean front_end?"),
        ({"front_end": "rule"}, "front_end.kind is 'rule' (did you mean rules?)"),
        ({"back_end": "vaee"}, "back_end.kind is 'vaee' (did you mean vae?)"),
        ({"back_end.kind": "pixel"}, "back_end.kind is 'pixel' (did you mean pixels?)"),
        ({"front_end": {"epsilom": 1}}, "front_end.epsilom (here 1) is no setting; did you mean"),
        ({"front_end": 7}, "front_end is 7, but it must be a mapping of settings."),
        ({"epsilon": 3}, "front_end.epsilon is 3.0, but it must be at least 0 and at most 1"),
        ({"learning_rate": 1.0}, "as in DSRL(env, **{'back_end.learning_rate': 1.0})."),
        ({"policy_kwargs": {}}, "policy_kwargs (here {}) is no setting; see docs/settings.md for"),
    ],
)
def test_a_wrong_setting_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        agent_settings(None, given)
    assert message in str(caught.value)


def test_a_config_of_another_kind_is_refused() -> None:
    wrong: Any = 3
    with pytest.raises(ConfigError, match="config is 3, but it must be an AgentConfig or a mapp"):
        agent_settings(wrong, {})


def test_parts_ready_made_are_no_settings() -> None:
    assert all(map(is_setting, ("rules", {}, FrontEndConfig())))
    assert not any(map(is_setting, (None, object(), FrontEndConfig)))


def test_a_policy_in_place_of_the_environment_gets_one_sentence_that_helps() -> None:
    with pytest.raises(ConfigError, match=r'front end decides: DSRL\(env, front_end="rules"\)\.'):
        DSRL("CnnPolicy", "shapes_grid:ShapesGrid-v0")  # type: ignore[arg-type]
    require_no_policy("shapes_grid:ShapesGrid-v0")


@pytest.mark.parametrize(("steps", "whole"), [(3, 3), (1e5, 100_000), (2.0, 2)])
def test_steps_may_be_written_as_a_power_of_ten(steps: Any, whole: int) -> None:
    assert whole_steps(steps) == whole
    assert isinstance(whole_steps(steps), int)


@pytest.mark.parametrize("steps", [0, -1, 1.5, True, "3", float("nan"), float("inf")])
def test_what_is_no_number_of_steps_is_refused(steps: Any) -> None:
    with pytest.raises(ConfigError, match="total_timesteps is"):
        whole_steps(steps)


def test_a_seed_is_drawn_where_none_is_given() -> None:
    seeds = {drawn_seed() for _ in range(3)}
    assert len(seeds) == 3
    assert DSRL("shapes_grid:ShapesGrid-v0", seed=None).seed >= 0


def test_settings_of_other_models_are_named_as_they_are_called_here() -> None:
    with pytest.raises(
        ConfigError, match=r"gamma \(here 0.9\) is no setting; here it is front_end"
    ):
        agent_settings(None, {"gamma": 0.9})
    known = dict(hints_of(AgentConfig))
    assert set(_OF_MODELS.values()) <= set(known)
    assert not set(_OF_MODELS) & set(known)
