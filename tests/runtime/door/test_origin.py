"""How an environment was made, in a checkpoint, and made again from there."""

from __future__ import annotations

import json
import math
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from hostile import Hostile

from dsrl_agent.config import DoorThresholds
from dsrl_agent.errors import CheckpointError
from dsrl_agent.runtime.door import Door, View, make_env
from dsrl_agent.runtime.door.origin import made_again, origin_of, wrappers_of

ID = "shapes_grid:ShapesGrid-v0"


def test_the_wrappers_that_an_id_does_not_stand_for_are_named() -> None:
    made = make_env(ID, {}, [{"gymnasium.wrappers:TransformReward": {"func": float}}])
    assert [name.rpartition(":")[2] for name in wrappers_of(made)] == ["TransformReward"]
    assert wrappers_of(make_env("FrozenLake-v1", {})) == []
    assert wrappers_of(make_env(ID, {"step_limit": 5})) == []


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"env_id": None}, "trained in an environment without an id; give"),
        ({"env_id": ID, "env_wrappers": ["a:B"]}, "trained within the wrappers a:B, of which"),
    ],
)
def test_an_environment_that_cannot_be_made_again_is_not_replaced_by_another(
    data: dict[str, Any], fault: str
) -> None:
    with pytest.raises(CheckpointError, match=fault):
        made_again({**data, "env_kwargs": {}}, "agent")


def test_the_environment_of_a_checkpoint_is_made_with_its_recipe() -> None:
    env = made_again(
        {
            "env_id": ID,
            "env_kwargs": {"rows": 3, "objects": {}},
            "view": View(factor=2).to_json(),
        },
        "agent",
    )
    assert env.observation_space.shape == (16, 25, 3)


def again(env: Any) -> Door:
    """Return an environment that went through a checkpoint's JSON."""
    return made_again(json.loads(json.dumps(origin_of(env))), "agent")


def limits(env: Any) -> list[int]:
    found = []
    while isinstance(env, gym.Wrapper):
        if isinstance(env, gym.wrappers.TimeLimit):
            found.append(env._max_episode_steps)
        env = env.env
    return found


@pytest.mark.parametrize("limit", [7, None])
def test_the_limit_of_an_episode_comes_back(limit: int | None) -> None:
    env = gym.make("FrozenLake-v1", max_episode_steps=-1 if limit is None else limit)
    shown = gym.make("FrozenLake-v1")
    assert limits(again(Door(env))) == ([] if limit is None else [limit])
    assert limits(again(Door(shown))) == [100]
    assert limits(again(Door(gym.wrappers.TimeLimit(shown, 9)))) == [9]


def test_keywords_of_numpy_come_back_as_numbers() -> None:
    kwargs = {"cell": np.int64(9), "border": (np.int32(1), 2, 3, 4), "rows": 6}
    stored = origin_of(make_env(ID, kwargs))
    assert stored["env_kwargs"] == {"cell": 9, "border": [1, 2, 3, 4], "rows": 6}
    assert stored["env_fault"] == ""
    shape = make_env(ID, kwargs).observation_space.shape
    assert again(make_env(ID, kwargs)).observation_space.shape == shape


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (np.zeros(2), "a ndarray"),
        (math.nan, "the number nan"),
        (len, "a builtin_function_or_method"),
        ({1: 2}, "a dict"),
    ],
)
def test_a_keyword_that_no_file_holds_asks_for_the_environment(value: Any, said: str) -> None:
    entry: Any = lambda odd: Hostile()  # noqa: E731
    gym.register("AnyKeyword-v0", entry)
    origin = origin_of(make_env("AnyKeyword-v0", {"odd": value}))
    gym.registry.pop("AnyKeyword-v0")
    with pytest.raises(CheckpointError, match=f"with the keyword odd, {said}, which .*; give the"):
        made_again(json.loads(json.dumps(origin)), "agent")


def test_the_rules_of_a_step_come_back() -> None:
    thresholds = DoorThresholds(bad_rewards="zero")
    assert again(make_env(ID, {}, thresholds=thresholds)).thresholds == thresholds


def test_a_module_that_a_file_names_is_not_imported() -> None:
    with pytest.raises(CheckpointError, match="agent names 'this:X-v0', but nothing is imported"):
        made_again({"env_id": "this:X-v0", "env_kwargs": {}}, "agent")
    old = {"env_id": "GymV26Environment-v0", "env_kwargs": {"env_id": "this:X-v0"}}
    with pytest.raises(CheckpointError, match="names 'this:X-v0'"):
        made_again(old, "agent")
