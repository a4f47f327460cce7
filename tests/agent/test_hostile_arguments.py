"""Arguments that cannot be: one line before any work, whatever stands there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium as gym
import pytest
from gymnasium import wrappers

from dsrl_agent import DSRL
from dsrl_agent.config import FrontEndConfig
from dsrl_agent.errors import ConfigError, DSRLError, StorageError
from dsrl_agent.front_end.rules.front_end import RulesFrontEnd
from dsrl_agent.runtime.door.origin import OriginWarning
from dsrl_agent.runtime.envs import make_env

ENV_ID = "shapes_grid:ShapesGrid-v0"
LONG = 10**5000  # more digits than Python turns into text
LONG_SHOWN = "a number of 5001 digits"

ARGUMENTS: list[tuple[dict[str, Any], str]] = [
    ({"seed": LONG}, f"seed is {LONG_SHOWN}, but must have at most 128 bits"),
    ({"seed": -LONG}, f"seed is {LONG_SHOWN}, but must be an integer of at least 0"),
    ({"seed": 1.5}, "seed is 1.5, but must be an integer"),
    ({"num_envs": LONG}, f"num_envs is {LONG_SHOWN}, but it must be less than"),
    ({"num_envs": 10**9}, "num_envs is 1000000000, but it must be at most perception.memory"),
    ({"num_envs": 0}, "num_envs is 0, but it must be at least 1"),
    (
        {"perception": {"memory": 10**12}},
        "perception.memory is 1000000000000, but so many frames of 50 x 50 x 3",
    ),
    ({"perception": {"memory": LONG}}, f"perception.memory is {LONG_SHOWN}, but"),
    ({"gamma": LONG}, f"gamma (here {LONG_SHOWN}) is no setting; here it is front_end.discount"),
    ({"learning_rate": LONG}, f"(here {LONG_SHOWN}) is the name of several settings"),
    ({"config": {"back_end": {"steps": LONG}}}, f"back_end.steps is {LONG_SHOWN}, but"),
    ({"config": LONG}, f"config is {LONG_SHOWN}, but"),
    ({"device": "quantum"}, "device is 'quantum', but no such device is here"),
    ({"device": "cuda:99"}, "device is 'cuda:99', but"),
    ({"device": 5}, "device is 5, but"),
    ({"env": 5}, "The environment is a int, but it must be a single gymnasium.Env"),
    ({"env": None}, "The environment is a NoneType, but"),
]


@pytest.mark.parametrize(("arguments", "expected"), ARGUMENTS, ids=[text for _, text in ARGUMENTS])
def test_an_argument_that_cannot_be_is_refused_in_one_line(
    arguments: dict[str, Any], expected: str
) -> None:
    with pytest.raises(DSRLError) as refused:
        DSRL(**{"env": ENV_ID, **arguments})
    assert expected in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_long_number_among_an_environment_s_keywords_is_refused_in_one_line() -> None:
    with pytest.raises(ConfigError, match=r"refuses its kwargs {'width': a number of 5001 digits}"):
        make_env(ENV_ID, {"width": LONG})


def test_an_agent_whose_environment_no_file_can_describe_is_saved_and_says_so(
    tmp_path: Path,
) -> None:
    with pytest.warns(OriginWarning, match="with the keyword step_limit, a number of 16610 bits"):
        agent = DSRL(make_env(ENV_ID, {"step_limit": LONG}))
    agent.save(tmp_path / "agent")
    with pytest.raises(DSRLError, match="a number of 16610 bits, which a file cannot hold"):
        DSRL.load(tmp_path / "agent")
    assert DSRL.load(tmp_path / "agent", ENV_ID).num_timesteps == 0


@pytest.mark.parametrize("name", ["/dev/null/agent", 300 * "a", "/proc/none/agent"])
def test_a_place_where_nothing_can_be_saved_is_named_in_one_line(name: str, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written") as refused:
        DSRL(ENV_ID).save(tmp_path / name)
    assert "\n" not in str(refused.value)


class Forgetful(RulesFrontEnd):
    """A front end whose state no file can hold."""

    def state(self) -> dict[str, Any]:
        return {**super().state(), "mine": {1, 2}}


def test_a_front_end_that_cannot_be_saved_is_refused_when_it_is_given() -> None:
    with pytest.raises(ConfigError, match=r"state of front_end holds a set at \['mine'\]"):
        DSRL(ENV_ID, front_end=Forgetful(4, FrontEndConfig(kind="rules")))


def test_a_loaded_agent_is_not_told_that_it_needs_the_environment(tmp_path: Path) -> None:
    def made() -> gym.Env[Any, Any]:
        return wrappers.TransformReward(gym.make(ENV_ID), lambda reward: 2 * float(reward))

    with pytest.warns(OriginWarning, match="so DSRL.load\\(path, env\\) will need") as caught:
        DSRL(made()).save(tmp_path / "agent")
    assert [each.filename for each in caught] == [__file__]
    DSRL.load(tmp_path / "agent", made())
