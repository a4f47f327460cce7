"""Measuring in turns, and the figures that each measurement takes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import gymnasium as gym
import pytest

from benchmarks.worlds.loops import Count
from benchmarks.worlds.measure import (
    compare,
    measure,
    measure_memory,
    measure_scaling,
    measure_speed,
)
from benchmarks.worlds.records import Comparison, Effort, Rate, Run
from dsrl_agent.errors import ConfigError
from shapes_grid import SpecError

TINY = Effort(
    repeats=1,
    seconds=0.0,
    worlds=2,
    pool=1 << 16,
    memory_steps=30,
    sizes={"worlds": (1, 2), "cells": (2, 3), "objects": (0, 90)},
)


def rate(label: str, *per_second: int) -> Rate:
    return Rate(label, tuple(Run(steps, 0, 1.0) for steps in per_second))


def test_contestants_take_turns_after_an_untimed_one() -> None:
    now, played = 0.0, []

    def contestant(label: str, takes: float) -> Callable[[], Count]:
        def turn() -> Count:
            nonlocal now
            now += takes
            played.append(label)
            return Count(10, 1)

        return turn

    rates = measure(
        {"a": contestant("a", 1.0), "b": contestant("b", 0.5)}, 2, 0.75, clock=lambda: now
    )
    # A turn of a is longer than 0.75 s, b needs two; one more of each comes first, untimed.
    assert played == ["a", "a", "b", "b", "b"] * 2
    assert rates == {
        "a": Rate("a", (Run(10, 1, 1.0),) * 2),
        "b": Rate("b", (Run(20, 2, 1.0),) * 2),
    }


def test_a_run_continues_until_the_clock_moves() -> None:
    ticks = iter([0.0, 0.0, 0.0, 2.0])
    rates = measure({"a": lambda: Count(1, 0)}, 1, 0.0, clock=lambda: next(ticks))
    assert rates["a"].runs == (Run(3, 0, 2.0),)


def test_a_number_of_turns_below_one_is_refused() -> None:
    with pytest.raises(ConfigError, match="must be at least 1"):
        measure({}, 0, 1.0)


def test_ratios_are_taken_turn_by_turn() -> None:
    # 10/2, 30/1 and 40/4: 5, 30 and 10. Dividing the medians would give 30/2 = 15.
    compared = compare(rate("a", 10, 30, 40), rate("b", 2, 1, 4), 10.0)
    assert compared == Comparison("a", "b", (5.0, 30.0, 10.0), 10.0)
    assert compared.samples.median == 10.0


def test_rates_of_different_numbers_of_turns_are_not_compared() -> None:
    with pytest.raises(ValueError, match="equally many"):
        compare(rate("a", 1, 2), rate("b", 1))


@pytest.fixture
def no_peer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "minigrid", None)
    monkeypatch.setitem(sys.modules, "minigrid.wrappers", None)


@pytest.fixture
def copies(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Record the `copy` with which each vector environment is made."""
    make_vec, asked = gym.make_vec, []

    def make(*args: Any, copy: bool, **fields: Any) -> Any:
        asked.append(copy)
        return make_vec(*args, copy=copy, **fields)

    monkeypatch.setattr(gym, "make_vec", make)
    return asked


@pytest.mark.usefixtures("no_peer")
def test_speed_is_compared_with_copies_and_with_the_plain_world(copies: list[bool]) -> None:
    measured = measure_speed(TINY, {"grid": {"layout": "grid"}})
    assert measured.peer is None
    assert copies == [True, True, False, True, True]
    kinds = ("hot", "cold", "kept", "bulk")
    assert [rate.label for rate in measured.rates] == [
        *(f"{kind} copy {side}x{side}" for side in (84, 40) for kind in kinds),
        "single 84x84",
        "2 worlds 84x84",
        "2 worlds 40x40",
        "2 worlds 84x84, copy=False",
        "2 worlds 84x84, plain",
        "single, grid",
        "2 worlds, grid",
    ]
    assert [(one.label, one.against, one.target) for one in measured.comparisons] == [
        ("2 worlds 84x84", "kept copy 84x84", 1.0),
        ("2 worlds 84x84", "cold copy 84x84", 1.0),
        ("2 worlds 84x84", "bulk copy 84x84", None),
        ("2 worlds 40x40", "kept copy 40x40", 0.5),
        ("2 worlds 40x40", "cold copy 40x40", 0.5),
        ("2 worlds 40x40", "bulk copy 40x40", None),
        ("2 worlds 84x84, copy=False", "kept copy 84x84", 4.0),
        ("2 worlds 84x84, copy=False", "cold copy 84x84", 4.0),
        ("2 worlds 84x84, copy=False", "bulk copy 84x84", None),
        ("single, grid", "single 84x84", None),
        ("2 worlds, grid", "2 worlds 84x84, plain", None),
    ]
    assert all(len(one.ratios) == TINY.repeats for one in measured.comparisons)


def test_minigrid_is_measured_on_frames_of_the_same_size() -> None:
    pytest.importorskip("minigrid")
    measured = measure_speed(TINY)
    assert measured.rates[0].label == "MiniGrid"
    assert measured.comparisons[0].against == "MiniGrid"
    assert measured.comparisons[0].target == 100.0
    assert measured.peer is not None
    assert measured.peer.startswith("MiniGrid-Empty-5x5-v0")


def test_a_rung_with_an_unknown_field_is_refused() -> None:
    with pytest.raises(SpecError, match='"layout"'):
        measure_speed(TINY, {"odd": {"layuot": "grid"}})


def test_memory_is_sampled_along_the_way() -> None:
    memory = measure_memory(10_000, worlds=2)
    assert len(memory.steps) == len(memory.resident) == 25
    assert memory.steps[-1] >= 10_000
    assert sorted(set(memory.steps)) == list(memory.steps)
    assert min(memory.resident) > 2**20
    with pytest.raises(SpecError, match="steps is 0"):
        measure_memory(0, worlds=2)


def test_costs_are_measured_by_worlds_cells_and_objects() -> None:
    points = measure_scaling(TINY)
    assert [(point.panel, point.kind, point.value) for point in points] == [
        ("worlds", "single", 1),
        ("worlds", "vector", 1),
        ("worlds", "vector", 2),
        *(("cells", kind, cells) for cells in (4, 9) for kind in ("single", "vector")),
        *(("objects", kind, share) for share in (0, 90) for kind in ("single", "vector")),
    ]
    assert all(0.0 < point.low <= point.median <= point.high for point in points)
