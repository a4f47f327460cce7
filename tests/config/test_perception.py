"""Settings of perception: values that just fit and those that just do not."""

from __future__ import annotations

from setting_rules import UNIT, assert_number, assert_whole

from dsrl_agent.config.perception import PerceptionConfig


def test_whole_numbers() -> None:
    assert_whole("perception.first_frames", 20)
    assert_whole("perception.frames", 20)
    assert_whole("perception.memory", 160, "at least perception.frames, which is 160.")
    assert_whole("perception.max_types", 2)


def test_numbers() -> None:
    never = "0 (never) or greater than 1, and finite."
    assert_number("perception.refit_growth", [0, 0.0, 1.001, 10], [1.0, 0.5, -1.0], never)
    assert_number("perception.explained", [0, 1.0], [-0.001, 1.001], UNIT)
    over_1 = "greater than 1 and finite."
    assert_number("perception.retry_growth", [1.001, 10], [1.0, 0.0], over_1)


def test_the_frames_memory_may_be_as_small_as_the_first_frames() -> None:
    assert PerceptionConfig(frames=30, memory=30).memory == 30
