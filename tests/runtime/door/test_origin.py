"""How an environment was made, in a checkpoint, and made again from there."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import wrappers
from hostile import Hostile

from dsrl_agent.config import DoorThresholds
from dsrl_agent.errors import CheckpointError
from dsrl_agent.runtime.door import Door, View, make_env
from dsrl_agent.runtime.door.origin import (
    OriginWarning,
    made_again,
    origin_of,
    warn_of_origin,
    wrappers_of,
)

ID = "shapes_grid:ShapesGrid-v0"


def shown(env: Any) -> list[str]:
    """Return the names of the wrappers around an environment, innermost first."""
    names = []
    while isinstance(env, gym.Wrapper):
        names.append(type(env).__name__)
        env = env.env
    return names[::-1]


def test_the_wrappers_that_an_id_does_not_stand_for_are_named() -> None:
    made = make_env(ID, {}, [{"gymnasium.wrappers:ClipReward": {"min_reward": -1}}])
    assert wrappers_of(made) == [{"gymnasium.wrappers:ClipReward": {"min_reward": -1}}]
    assert wrappers_of(make_env("FrozenLake-v1", {})) == []
    assert wrappers_of(make_env(ID, {"step_limit": 5})) == []


@pytest.mark.parametrize("env_id", [ID, "FrozenLake-v1"])
def test_wrappers_that_record_their_keywords_come_back(env_id: str) -> None:
    clipped = wrappers.ClipReward(gym.make(env_id), -0.5, np.float64(0.25))
    env = Door(wrappers.TimeLimit(wrappers.RepeatAction(clipped, 2), 3))
    back = again(env)
    assert shown(back) == shown(env)
    back.reset(seed=0)
    env.reset(seed=0)
    for action in (1, 2, 3):
        (frame, *rest, _), (same, *equal, _) = env.step(action), back.step(action)
        assert rest == equal
        np.testing.assert_array_equal(frame, same)
    assert rest[2]  # the limit counts repeated actions once


def test_a_wrapper_around_a_door_made_from_names_comes_back_outside_of_those() -> None:
    named = make_env(ID, {}, ["gymnasium.wrappers:OrderEnforcing"])
    back = again(Door(wrappers.ClipReward(named, -1, 1)))
    assert shown(back)[-3:] == ["OrderEnforcing", "ClipReward", "Door"]


class Unknown(gym.Wrapper[Any, Any, Any, Any]):
    """A wrapper that records nothing."""


def halved() -> gym.Env[Any, Any]:
    return wrappers.ClipReward(Door(gym.make(ID), view=View(factor=2)), -1, 1)


class Within(gym.Wrapper[Any, Any, Any, Any]):
    """The entry point of an id that wraps its environment."""

    def __init__(self) -> None:
        super().__init__(wrappers.ClipReward(Hostile(), -1, 1))


def registered(**keywords: Any) -> gym.Env[Any, Any]:
    entry: Any = Within
    gym.register("Within-v0", entry, **keywords)
    try:
        return wrappers.ClipReward(gym.make("Within-v0", disable_env_checker=True), -2, 2)
    finally:
        if not keywords.get("order_enforce", True):
            gym.registry.pop("Within-v0")


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda: Unknown(gym.make(ID)), "test_origin:Unknown, of which a checkpoint"),
        (
            lambda: wrappers.TransformReward(gym.make(ID), lambda reward: -float(reward)),
            "TransformReward with func, a function, which a file cannot hold",
        ),
        (lambda: wrappers.NormalizeReward(gym.make(ID)), "as it remembers what it met"),
        (halved, "which see frames of a door"),
        (lambda: registered(order_enforce=False), "some of which the id may stand for"),
    ],
)
def test_wrappers_that_cannot_come_back_are_told_when_they_are_given(make: Any, fault: str) -> None:
    env = make()
    with pytest.warns(OriginWarning, match=re.escape(fault)):
        warn_of_origin(env)
    with pytest.raises(CheckpointError, match=re.escape(fault)):
        again(env)


def test_wrappers_that_an_id_makes_are_not_made_twice() -> None:
    env = registered()
    assert wrappers_of(env) == [{"gymnasium.wrappers.transform_reward:ClipReward": BOUNDS}]
    gym.registry.pop("Within-v0")


BOUNDS = {"min_reward": -2, "max_reward": 2}


def test_nothing_is_told_of_environments_that_come_back_or_have_no_id() -> None:
    warn_of_origin(Door(wrappers.ClipReward(gym.make(ID), -1, 1)))
    warn_of_origin(Door(Hostile()))


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
        ({1: 2}, "a dict with keys that are no text"),
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
