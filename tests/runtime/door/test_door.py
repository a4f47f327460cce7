"""The door on an environment that hands over whatever a test wants."""

from __future__ import annotations

import contextlib
import math
import warnings
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces
from hostile import SHAPE, Hostile, frame
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from dsrl_agent.config import DoorThresholds
from dsrl_agent.errors import HandoverError, ObservationError
from dsrl_agent.runtime.door.door import Door, at_door, door_of
from dsrl_agent.runtime.door.handover import HandoverWarning
from dsrl_agent.runtime.door.view import View


def begun(**parts: Any) -> Door:
    env = Door(Hostile(**parts))
    env.reset(seed=5)
    return env


def test_a_good_step_passes_unchanged() -> None:
    env = begun(reward=1.5, terminated=True, info={"n": 1})
    observation, reward, terminated, truncated, info = env.step(2)
    assert_array_equal(observation, frame())
    assert (reward, terminated, truncated, info) == (1.5, True, False, {"n": 1})
    assert not env.taken


def test_frames_and_info_of_one_buffer_are_copied() -> None:
    buffer, truth = frame(), {"cells": np.zeros(3)}
    env = begun(observation=buffer, info={"truth": truth})
    before, *_, info = env.step(0)
    buffer[:] = 9
    truth["cells"][:] = 9
    assert before.max() == 0
    assert info["truth"]["cells"].max() == 0


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float32("nan")], ids=repr)
def test_a_reward_that_is_not_finite_is_refused_where_it_comes(value: Any) -> None:
    env = Door(Hostile(reward=value))
    for _ in range(3):
        env.reset(seed=0)
    with pytest.raises(HandoverError) as caught:
        env.step(2)
    assert str(caught.value).startswith(
        f"Hostile, at step 1 after reset 3 (action 2): The reward is {float(value)}, but it must "
        "be a finite number"
    )


def test_such_rewards_count_as_0_if_asked() -> None:
    env = Door(Hostile(reward=math.nan), DoorThresholds(bad_rewards="zero"))
    env.reset(seed=0)
    with pytest.warns(HandoverWarning, match="the reward is nan, and counts as 0"):
        assert env.step(0)[1] == 0.0
    assert env.step(0)[1] == 0.0
    assert env.taken == {"the reward is nan, and counts as 0": 2}


def test_what_is_taken_is_warned_of_once_and_counted() -> None:
    env = begun(reward=np.array([2.0]), terminated=0)
    with pytest.warns(HandoverWarning) as caught:
        first = env.step(0)
    assert len(caught) == 2
    later = [env.step(0) for _ in range(2)]
    assert [step[1:3] for step in (first, *later)] == [(2.0, False)] * 3
    assert sorted(env.taken.values()) == [3, 3]


def test_an_environment_that_raises_is_named_with_the_step() -> None:
    env = begun()
    env.step(0)
    env.unwrapped.error = KeyError("lever")  # type: ignore[attr-defined]
    with pytest.raises(HandoverError, match=r"Hostile raised KeyError at step 2 after reset 1"):
        env.step(3)


def test_errors_at_a_reset_name_the_seed() -> None:
    env = begun()
    env.unwrapped.first = None  # type: ignore[attr-defined]
    with pytest.raises(HandoverError, match=r"at reset 2 \(seed 8\): reset\(\) returned None"):
        env.reset(seed=8)


def test_actions_are_counted_from_0_for_everyone() -> None:
    hostile = Hostile()
    hostile.action_space = spaces.Discrete(3, start=5)
    env = Door(hostile)
    env.reset(seed=0)
    env.step(2)
    assert hostile.actions == [7]
    assert env.action_space == spaces.Discrete(3)


def test_seeds_reach_the_environment() -> None:
    env = begun()
    assert env.unwrapped.seeds[-1] == 5  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("actions", "remedy"),
    [
        (spaces.MultiDiscrete([2, 2]), "number the combinations that matter"),
        (spaces.MultiBinary(4), "number the combinations that matter"),
        (spaces.Box(-1, 1, (2,), np.float32), "choose a few actions to take"),
        (spaces.Text(3), "number the actions"),
        (None, "number the actions"),
    ],
    ids=str,
)
def test_other_actions_are_refused_with_a_remedy(actions: Any, remedy: str) -> None:
    hostile = Hostile()
    hostile.action_space = actions
    with pytest.raises(ObservationError) as caught:
        Door(hostile)
    assert str(caught.value).startswith(f"The action space is {actions}, but it must be Discrete; ")
    assert remedy in str(caught.value)


def test_an_environment_of_the_old_gym_is_sent_to_shimmy() -> None:
    class OldGym:
        def reset(self) -> None: ...
        def step(self) -> None: ...

    with pytest.raises(ObservationError, match=r"shimmy.GymV26CompatibilityV0\(env=env\)"):
        Door(OldGym())  # type: ignore[arg-type]


def test_a_class_in_place_of_an_environment_is_sent_to_its_instance() -> None:
    with pytest.raises(ObservationError) as caught:
        Door(Hostile)  # type: ignore[arg-type]
    fault = "The environment is the class Hostile; give an instance of it: Hostile()."
    assert str(caught.value) == fault


def test_a_door_is_put_up_once_and_found_through_wrappers() -> None:
    env = Door(Hostile())
    assert at_door(env) is env
    assert at_door(env, view=View()) is env
    wrapped = gym.wrappers.RecordEpisodeStatistics(env)
    assert door_of(wrapped) is env
    outer = at_door(wrapped)
    assert isinstance(outer, Door)
    assert door_of(outer) is outer
    assert door_of(Hostile()) is None


def test_the_door_that_converts_is_the_one_that_counts() -> None:
    view = View(factor=2)
    inner = Door(Hostile(), view=view)
    assert inner.observation_space.shape == (20, 25, 3)
    assert door_of(Door(inner)) is inner
    assert at_door(Door(Hostile()), view=view).observation_space.shape == (20, 25, 3)


def test_the_part_of_a_dict_that_goes_missing_is_named() -> None:
    hostile = Hostile(observation={"other": frame()})
    hostile.observation_space = spaces.Dict({"view": spaces.Box(0, 255, SHAPE, np.uint8)})
    hostile.first = ({"view": frame(100)}, {})
    env = Door(hostile)
    env.reset(seed=0)
    with pytest.raises(HandoverError, match="The observation is a dict without 'view', but its"):
        env.step(0)


def test_raw_observations_become_the_frames_that_come_through_the_door() -> None:
    hostile = Hostile(observation={"view": frame(100)})
    hostile.observation_space = spaces.Dict({"view": spaces.Box(0, 255, SHAPE, np.uint8)})
    hostile.first = ({"view": frame(100)}, {})
    env = Door(hostile, view=View(path=("view",), factor=2))
    through, _ = env.reset(seed=0)
    assert_array_equal(env.frames_of({"view": frame(100)}), through)
    assert_array_equal(env.frames_of(np.stack([frame(100)] * 3)), np.stack([through] * 3))
    assert env.frames_of(through) is through
    assert env.frames_of(3) == 3
    plain = frame()
    assert Door(Hostile()).frames_of(plain) is plain


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=3),
    st.lists(st.integers(), max_size=3),
    st.sampled_from(
        [
            np.zeros(SHAPE),
            np.zeros(SHAPE, np.uint8),
            np.zeros((3, 3), np.uint8),
            np.float32(1),
            np.array([1]),
            np.ma.array([1], mask=[True]),
            np.array("text"),
            {"n": np.ones(2)},
            object(),
        ]
    ),
)


@settings(deadline=None, max_examples=50)
@given(parts=st.dictionaries(st.sampled_from(list(Hostile().good)), ODD))
def test_a_hostile_step_gives_plain_values_or_one_error(parts: dict[str, Any]) -> None:
    env = begun(**parts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HandoverWarning)
        try:
            observation, reward, terminated, truncated, info = env.step(1)
        except HandoverError as error:
            refused = str(error)
        else:
            refused = ""
    if refused:
        assert "at step 1 after reset 1 (action 1)" in refused
        return
    assert observation.shape == SHAPE
    assert observation.dtype == np.uint8
    assert (type(reward), type(terminated), type(truncated)) == (float, bool, bool)
    assert math.isfinite(reward)
    assert type(info) is dict


@settings(deadline=None, max_examples=50)
@given(whole=st.one_of(ODD, st.lists(ODD, max_size=6), st.lists(ODD, max_size=6).map(tuple)))
def test_a_hostile_result_gives_a_step_or_one_error(whole: Any) -> None:
    hostile = Hostile()
    env = Door(hostile)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HandoverWarning)
        for call in (lambda: env.reset(seed=0), lambda: env.step(0)):
            hostile.first = hostile.whole = whole
            with contextlib.suppress(HandoverError):
                call()
