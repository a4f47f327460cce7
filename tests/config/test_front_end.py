"""Settings of the front ends: values that just fit and those that just do not."""

from __future__ import annotations

from typing import get_args

from setting_rules import OPEN_UNIT, UNIT, assert_number, assert_whole, build, refusal

from dsrl_agent.config.front_end import FrontEndKind


def test_whole_numbers() -> None:
    assert_whole("front_end.replay", 0)
    assert_whole("front_end.memory", 1)


def test_numbers() -> None:
    assert_number("front_end.learning_rate", [1e-9, 1], [0.0, -0.5, 2], OPEN_UNIT)
    assert_number("front_end.discount", [0, 1.0], [-0.001, 1.001], UNIT)
    assert_number("front_end.epsilon", [0.0, 1], [-0.001, 1.001], UNIT)


def test_kinds() -> None:
    for kind in get_args(FrontEndKind):
        assert build("front_end.kind", kind) == kind
    known = ", ".join(get_args(FrontEndKind))
    assert refusal("front_end.kind", "deep") == (
        f"front_end.kind is 'deep', but it must be one of {known}."
    )
