"""What is taken of a reset or a step, and the words with which all else is refused."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from dsrl_agent.errors import HandoverError
from dsrl_agent.runtime.door import handover

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.binary(),
    st.complex_numbers(),
)
NESTED = st.recursive(ANYTHING, lambda part: st.lists(part) | st.dictionaries(st.text(), part))
SHAPE, UINT8 = (2, 2, 3), np.dtype(np.uint8)


def nothing_noted(text: str) -> None:
    raise AssertionError(text)


@pytest.mark.parametrize(
    "value", [1, 1.0, True, np.float32(1), np.int8(1), np.bool_(True), Fraction(1)]
)
def test_numbers_of_any_kind_are_rewards(value: Any) -> None:
    reward = handover.plain_reward(value, nothing_noted)
    assert (type(reward), reward) == (float, 1.0)


@pytest.mark.parametrize("value", [np.array(2.5), np.array([2.5]), np.array([[2.5]], np.float32)])
def test_an_array_of_one_reward_is_taken_with_a_note(value: Any) -> None:
    notes: list[str] = []
    assert handover.plain_reward(value, notes.append) == 2.5
    assert notes == ["the reward is an array of one number"]


@pytest.mark.parametrize(
    "value",
    [
        None,
        "1.0",
        [1.0],
        1j,
        Decimal(1),
        np.zeros(2),
        np.zeros(0),
        np.array("1"),
        np.array([None]),
        np.ma.masked,
        np.ma.array([1.0], mask=[True]),
        10**400,
    ],
    ids=repr,
)
def test_other_rewards_are_refused(value: Any) -> None:
    with pytest.raises(HandoverError, match=r"(reward) is"):
        handover.plain_reward(value, nothing_noted)


@pytest.mark.parametrize("value", [np.array([0.0, -1.0]), [0.0, -1.0], (1, 2)])
def test_rewards_for_several_objectives_are_to_be_weighed(value: Any) -> None:
    with pytest.raises(HandoverError, match=r"one number; weigh its numbers into one with a wr"):
        handover.plain_reward(value, nothing_noted)


@pytest.mark.parametrize(("value", "flag"), [(True, True), (np.bool_(False), False)])
def test_flags_are_bools(value: Any, flag: bool) -> None:
    assert handover.plain_flag("terminated", value, nothing_noted) is flag


@pytest.mark.parametrize("value", [1, 1.0, np.int64(1), np.array(True), np.array([1])], ids=repr)
def test_a_one_is_a_true_flag_with_a_note(value: Any) -> None:
    notes: list[str] = []
    assert handover.plain_flag("truncated", value, notes.append) is True
    assert notes == [f"`truncated` is a {type(value).__name__}, not a bool"]


@pytest.mark.parametrize(
    "value", ["False", None, math.nan, 2, [], [True], np.zeros(2), np.array("False")], ids=repr
)
def test_other_flags_are_refused(value: Any) -> None:
    with pytest.raises(HandoverError, match=r"`terminated` is .*must be True or False"):
        handover.plain_flag("terminated", value, nothing_noted)


@settings(deadline=None, max_examples=50)
@given(value=NESTED)
def test_no_reward_or_flag_raises_anything_else(value: Any) -> None:
    for check in (handover.plain_reward, lambda v, n: handover.plain_flag("truncated", v, n)):
        try:
            result = check(value, lambda text: None)
        except HandoverError:
            continue
        assert type(result) in (float, bool)


def test_info_is_copied_deeply() -> None:
    info = {"truth": {"cells": np.zeros(3), "names": ["a", {"b": np.ones(1)}]}, "n": 1}
    copy = handover.plain_info(info, nothing_noted)
    info["truth"]["cells"][:] = 9  # type: ignore[index]
    info["truth"]["names"][1]["b"][:] = 9  # type: ignore[index]
    assert copy["truth"]["cells"].tolist() == [0, 0, 0]
    assert copy["truth"]["names"][1]["b"].tolist() == [1]
    assert copy["n"] == 1


def test_info_may_be_missing_but_nothing_else() -> None:
    notes: list[str] = []
    assert handover.plain_info(None, notes.append) == {}
    assert notes == ["`info` is None, not a dict"]
    with pytest.raises(HandoverError, match=r"`info` is \[1\] \(a list\), but it must be a dict"):
        handover.plain_info([1], nothing_noted)


def taken(value: Any, notes: list[str]) -> Any:
    return handover.plain_array(value, SHAPE, UINT8, 255.0, notes.append)


@pytest.mark.parametrize("kind", ["list", "int64", "float64", "masked"])
def test_a_frame_in_another_form_is_taken_if_its_values_fit(kind: str) -> None:
    frame = np.arange(12).reshape(SHAPE)
    given = {
        "list": frame.tolist(),
        "int64": frame,
        "float64": frame.astype(np.float64),
        "masked": np.ma.array(frame.astype(np.uint8)),
    }[kind]
    notes: list[str] = []
    assert_array_equal(taken(given, notes), frame)
    assert len(notes) == (kind != "masked")


def test_a_black_frame_is_black_in_any_unit() -> None:
    assert_array_equal(taken(np.zeros(SHAPE, np.float32), []), np.zeros(SHAPE, np.uint8))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "The observation is None, but its space promises an array of uint8"),
        ("frame", "The observation is 'frame'"),
        ({}, "The observation is {}"),
        ([[1, 2], [3]], "The observation is"),
        (np.zeros((2, 2, 4), np.uint8), "has shape [2, 2, 4], but its space promises [2, 2, 3]"),
        (np.zeros((2, 3), np.uint8), "has shape [2, 3]"),
        (np.full(SHAPE, 0.5), "has dtype float64 with values from 0.5 to 0.5"),
        (np.ones(SHAPE), "has dtype float64 with values from 1 to 1"),
        (np.full(SHAPE, np.nan), "has dtype float64"),
        (np.full(SHAPE, 256), "values from 256 to 256, but its space promises 0 to 255"),
        (np.full(SHAPE, -1), "values from -1 to -1"),
        (np.ones(SHAPE, np.bool_), "has dtype bool"),
        (np.ma.array(np.zeros(SHAPE, np.uint8), mask=True), "masked entries"),
        (np.full(SHAPE, 1j), "The observation is"),
    ],
    ids=str,
)
def test_other_observations_are_refused(value: Any, message: str) -> None:
    with pytest.raises(HandoverError) as caught:
        taken(value, [])
    assert message in str(caught.value)


def test_scaled_floats_must_stay_within_their_space() -> None:
    def of(value: float) -> Any:
        given = np.full(SHAPE, value, np.float32)
        return handover.plain_array(given, SHAPE, np.dtype(np.float32), 1.0, nothing_noted)

    assert of(0.5).max() == 0.5
    for value in (1.5, -0.1):
        with pytest.raises(HandoverError, match="promises 0 to 1"):
            of(value)
    with pytest.raises(HandoverError, match="NaN or infinite"):
        of(math.inf)


@settings(deadline=None, max_examples=50)
@given(value=NESTED)
def test_no_observation_raises_anything_else(value: Any) -> None:
    try:
        taken(value, [])
    except HandoverError:
        return
    raise AssertionError("no such value is a frame")


@pytest.mark.parametrize("result", [None, 3, (), (1, 2, 3), (1, 2, 3, 4), "four", {}], ids=repr)
def test_results_of_a_wrong_number_of_values_are_refused(result: Any) -> None:
    with pytest.raises(HandoverError, match=r"step\(\) returned .*must return a tuple"):
        handover.split_step(result, nothing_noted)
    with pytest.raises(HandoverError, match=r"reset\(\) returned .*must return a tuple"):
        handover.split_reset(result, nothing_noted)


def test_the_old_style_is_taken_with_a_note() -> None:
    notes: list[str] = []
    frame = np.zeros(SHAPE)
    assert handover.split_reset(frame, notes.append) == (frame, {})
    ended = handover.split_step(("o", 1.0, True, {}), notes.append)
    late = handover.split_step(("o", 1.0, True, {"TimeLimit.truncated": True}), notes.append)
    assert (ended[2:4], late[2:4]) == ((True, False), (False, True))
    assert len(notes) == 3


def test_long_values_are_cut_and_broken_ones_are_named_by_type() -> None:
    class Broken:
        def __repr__(self) -> str:
            raise RuntimeError

    assert handover.shown("a" * 100) == "'" + "a" * 59 + "... (a str)"
    assert handover.shown(Broken()) == "? (a Broken)"
