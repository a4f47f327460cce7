"""Time works by a clock that ticks on a tape."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence

import pytest
import torch

from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.timing.clock import (
    Samples,
    clock_of,
    in_turns,
    repeat,
    seconds_of,
    time_in_turns,
)


def tape(times: Sequence[float]) -> Callable[[], float]:
    """Return a clock that reads the given times, one a call."""
    return iter(times).__next__


def test_samples_give_median_ends_and_quantiles() -> None:
    samples = Samples((4.0, 1.0, 2.0, 3.0))
    assert (samples.low, samples.median, samples.high) == (1.0, 2.5, 4.0)
    # 0.5 of the way from the first to the last of four is 1.5 steps: between 2 and 3.
    assert samples.quantile(0.5) == 2.5
    assert samples.quantile(1.0) == 4.0


def test_a_ratio_is_taken_within_each_turn() -> None:
    ratio = Samples((6.0, 20.0, 4.0)).over(Samples((2.0, 4.0, 4.0)))
    assert ratio == Samples((3.0, 5.0, 1.0))
    assert ratio.median == 3.0  # the ratio of the medians is 6 / 4


def test_samples_of_unequal_numbers_of_turns_have_no_ratio() -> None:
    with pytest.raises(ValueError, match="2 turns against 1"):
        Samples((1.0, 2.0)).over(Samples((1.0,)))


def test_there_are_no_samples_without_a_turn() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Samples(())


def test_seconds_are_those_between_begin_and_end_of_a_call() -> None:
    assert seconds_of(lambda: "made", tape([10.0, 12.5])) == ("made", 2.5)


def test_a_work_is_repeated_until_its_seconds_are_over() -> None:
    # From 1: 0 seconds after the first call, then 2, then 3.
    numbers = iter(range(5))
    assert repeat(numbers.__next__, 2.5, tape([1.0, 1.0, 3.0, 4.0])) == ([0, 1, 2], 3.0)


def test_a_clock_that_has_not_moved_asks_for_another_call() -> None:
    assert repeat(lambda: None, 0.0, tape([1.0, 1.0, 1.5])) == ([None, None], 0.5)


def test_works_take_turns() -> None:
    calls: list[str] = []

    def work(name: str) -> Callable[[], int]:
        def call() -> int:
            calls.append(name)
            return len(calls)

        return call

    assert in_turns({"a": work("a"), "b": work("b")}, 2) == {"a": [1, 3], "b": [2, 4]}
    assert calls == ["a", "b", "a", "b"]


def test_the_first_turn_is_not_counted() -> None:
    # Two readings a call: turn 0 takes 9 and 9, turn 1 takes 2 and 5, turn 2 takes 3 and 7.
    clock = tape([0, 9, 9, 18, 18, 20, 20, 25, 25, 28, 28, 35])
    works = {"a": lambda: None, "b": lambda: None}
    assert time_in_turns(works, 2, clock) == {"a": Samples((2, 3)), "b": Samples((5, 7))}


@pytest.mark.parametrize("take", [in_turns, time_in_turns])
def test_fewer_turns_than_one_are_refused(take: Callable[..., object]) -> None:
    with pytest.raises(ConfigError, match="turns is 0, but it must be at least 1"):
        take({"a": lambda: None}, 0)


def test_work_on_the_processor_is_timed_in_cpu_seconds() -> None:
    clock, unit = clock_of(torch.device("cpu"))
    assert unit == "CPU"
    start = clock()
    while clock() == start:  # ends: CPU time passes
        pass


def test_the_clock_needs_no_learning_library() -> None:
    code = "import sys, dsrl_agent.experiments.timing.clock; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
