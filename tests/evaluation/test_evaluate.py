"""The evaluator, on scripted episodes counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from dsrl_agent.baselines import Oracle, RandomActor
from dsrl_agent.evaluation.estimate import Estimate
from dsrl_agent.evaluation.evaluate import Limits, Report, evaluate, evaluation_env
from dsrl_agent.types import Frame
from shapes_grid import ShapesGridEnv

REWARDS = (-1.0, 1.0, 0.0, 0.5)  # of the letters o x * s

# An episode: its first row of objects, and (reward, terminated, truncated, row) of each step.
Episode = tuple[str, list[tuple[float, bool, bool, str]]]


def truth(row: str) -> dict[str, Any]:
    return {"cells": np.array([[".ox*s".index(c) for c in row]], np.int8), "rewards": REWARDS}


class TapeEnv(gym.Env[Frame, int]):
    """An environment that plays the given episodes, with or without ground truth."""

    observation_space = gym.spaces.Box(0, 255, (1, 1, 3), np.uint8)
    action_space = gym.spaces.Discrete(2)  # type: ignore[assignment]

    def __init__(self, *episodes: Episode, with_truth: bool = True) -> None:
        self.seeds: list[int | None] = []
        self.with_truth = with_truth
        self._episodes = iter(episodes)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Frame, dict[str, Any]]:
        self.seeds.append(seed)
        row, steps = next(self._episodes)
        self._steps = iter(steps)
        return self._observe(row)

    def step(self, action: int) -> tuple[Frame, float, bool, bool, dict[str, Any]]:
        reward, terminated, truncated, row = next(self._steps)
        frame, info = self._observe(row)
        return frame, reward, terminated, truncated, info

    def _observe(self, row: str) -> tuple[Frame, dict[str, Any]]:
        return np.zeros((1, 1, 3), np.uint8), {"truth": truth(row)} if self.with_truth else {}


class Still:
    """An actor that always takes action 0 and counts episodes."""

    begun = 0

    def begin(self) -> None:
        self.begun += 1

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        return 0


# Touches x, o and *; of its two positives, s is left when time is up.
FIRST: Episode = (
    "xo*s",
    [(1.0, False, False, ".o*s"), (-1.0, False, False, "..*s"), (0.0, False, True, "...s")],
)
SECOND: Episode = ("ox", [(1.0, True, False, "o.")])
THIRD: Episode = ("xx", [(0.0, False, True, "xx")])
NO_POSITIVES: Episode = ("oo*", [(-1.0, False, False, ".o*"), (0.0, False, True, ".o*")])


def values(report: Report) -> dict[str, float | None]:
    figures = report.figures()
    return {name: None if figure is None else figure[0] for name, figure in figures.items()}


def test_episodes_are_counted() -> None:
    actor = Still()
    report = evaluate(actor, TapeEnv(FIRST, SECOND, THIRD), 3, seed=0)
    assert report.returns.tolist() == [0.0, 1.0, 0.0]
    assert report.lengths.tolist() == [3.0, 1.0, 1.0]
    assert report.positives.tolist() == [2.0, 1.0, 2.0]
    assert report.touched_positives.tolist() == [1.0, 1.0, 0.0]
    assert report.touched_negatives.tolist() == [1.0, 0.0, 0.0]
    assert values(report) == {
        "positive_share": 2 / 3,  # 1 + 1 + 0 of 2 + 1 + 0 touched
        "collected": 2 / 5,  # 1 + 1 + 0 of 2 + 1 + 2
        "score": 1 / 5,  # 0 + 1 + 0 for 5 positives
        "mean_return": 1 / 3,
    }
    assert actor.begun == 3
    assert 0.0 < report.decision_seconds < 0.1


@pytest.mark.parametrize(
    ("steps", "returns"), [(2, [0.0]), (3, [0.0]), (4, [0.0, 1.0]), (5, [0.0, 1.0, 0.0])]
)
def test_the_limit_of_steps_leaves_out_an_unfinished_episode(
    steps: int, returns: list[float]
) -> None:
    # The first episode has three steps, the others one; at two steps it is all that there is.
    report = evaluate(Still(), TapeEnv(FIRST, SECOND, THIRD), 3, 0, Limits(steps=steps))
    assert report.returns.tolist() == returns
    assert report.stopped == ("" if steps == 5 else f"after {steps} steps")


def test_the_limit_of_seconds_ends_an_evaluation() -> None:
    report = evaluate(Still(), TapeEnv(FIRST, SECOND), 2, 0, Limits(seconds=1e-9))
    assert (report.lengths.tolist(), report.stopped) == ([1.0], "after 1e-09 s")


def test_without_ground_truth_only_the_return_is_measured() -> None:
    report = evaluate(Still(), TapeEnv(FIRST, SECOND, with_truth=False), 2, seed=0)
    assert values(report) == {
        "positive_share": None,
        "collected": None,
        "score": None,
        "mean_return": 0.5,
    }
    assert np.isnan([report.positives, report.touched_positives, report.touched_negatives]).all()
    assert report.lengths.tolist() == [3.0, 1.0]


def test_without_positives_there_is_no_share_of_them() -> None:
    report = evaluate(Still(), TapeEnv(NO_POSITIVES), 1, seed=0)
    assert values(report) == {
        "positive_share": 0.0,  # 0 of 1 touched
        "collected": None,
        "score": None,
        "mean_return": -1.0,
    }
    untouched: Episode = ("oo", [(0.0, False, True, "oo")])
    assert evaluate(Still(), TapeEnv(untouched), 1, seed=0).positive_share is None


def report_of(returns: list[float], good: list[float], bad: list[float]) -> Report:
    count = len(returns)
    return Report(
        returns=np.array(returns, np.float64),
        lengths=np.ones(count),
        positives=np.full(count, 4.0),
        touched_positives=np.array(good, np.float64),
        touched_negatives=np.array(bad, np.float64),
        decision_seconds=0.0,
    )


def estimates(report: Report) -> list[Estimate]:
    named = (report.positive_share, report.collected, report.score, report.mean_return)
    return [estimate for estimate in named if estimate is not None]


@st.composite
def reports(draw: st.DrawFn) -> Report:
    count = draw(st.integers(1, 30))
    touched = st.lists(st.integers(0, 4).map(float), min_size=count, max_size=count)
    return report_of(
        draw(st.lists(st.floats(-100, 100), min_size=count, max_size=count)),
        draw(touched),
        draw(touched),
    )


@settings(deadline=None, max_examples=40)
@given(reports())
def test_intervals_hold_their_value_and_come_out_the_same_again(report: Report) -> None:
    found = estimates(report)
    assert all(e.low <= e.value + 1e-9 and e.value <= e.high + 1e-9 for e in found)
    assert estimates(report) == found
    assert report.mean_return.value == pytest.approx(report.returns.mean(), abs=1e-9)


@pytest.mark.parametrize("count", [1, 2, 7])
def test_intervals_of_equal_episodes_collapse(count: int) -> None:
    report = report_of([2.0] * count, [3.0] * count, [1.0] * count)
    assert estimates(report) == [(0.75,) * 3, (0.75,) * 3, (0.5,) * 3, (2.0,) * 3]


def test_a_ratio_is_of_sums_and_episodes_are_drawn_whole() -> None:
    # Those who touch much touch well: 4 of 4 or 0 of 1. A mean of ratios would give 0.5.
    report = report_of([0.0] * 40, [4.0, 0.0] * 20, [0.0, 1.0] * 20)
    share = report.positive_share
    assert share is not None
    assert share.value == 0.8  # 80 of 100
    # With p the share of good episodes drawn, 4 p / (4 p + 1 - p): p = 0.5 -+ 0.155 gives
    # 0.678 and 0.883.
    assert [share.low, share.high] == pytest.approx([0.678, 0.883], abs=0.02)
    assert report.figures()["positive_share"] == [0.8, share.low, share.high]


class FirstFrames(gym.Wrapper[Frame, np.int64, Frame, np.int64]):
    """A wrapper that records the first frame of every episode."""

    def __init__(self) -> None:
        super().__init__(ShapesGridEnv(rows=3, cols=3, objects={"circle": 1, "cross": 1}))
        self.worlds: list[Frame] = []

    def reset(self, **given: Any) -> tuple[Frame, dict[str, Any]]:
        frame, info = self.env.reset(**given)
        self.worlds.append(frame)
        return frame, info


def test_every_actor_meets_the_same_worlds_of_a_seed() -> None:
    met = []
    for make, seed in (
        (Oracle, 5),
        (lambda _: RandomActor(4, np.random.default_rng(0)), 5),
        (Oracle, 6),
    ):
        env = FirstFrames()
        evaluate(make(env), env, 10, seed)
        met.append(np.stack(env.worlds))
    assert_array_equal(met[0], met[1])
    assert not np.array_equal(met[0], met[2])
    assert len(np.unique(met[0], axis=0)) > 5


def test_the_figures_of_a_seed_are_the_same_again() -> None:
    def figures(seed: int) -> Any:
        actor = RandomActor(4, np.random.default_rng(0))
        return evaluate(actor, ShapesGridEnv(), 20, seed).figures()

    assert figures(1) == figures(1)
    assert figures(1) != figures(2)


ID = "shapes_grid:ShapesGrid-v0"


def spec_of(env: gym.Env[Any, Any]) -> Any:
    assert isinstance(env.unwrapped, ShapesGridEnv)
    return env.unwrapped.world_spec


def test_evaluation_asks_for_the_test_worlds() -> None:
    spec = spec_of(evaluation_env(ID, {"rows": 4, "cell": 10}, None))
    assert (spec.split, spec.rows, spec.cell) == ("test", 4, 10)
    assert spec_of(evaluation_env(ID, {"split": "train"}, None)).split == "test"
    # Whoever trained in all worlds, or in those of the test, has left none unseen.
    assert spec_of(evaluation_env(ID, {"split": "all"}, None)).split == "all"


def test_replaced_keywords_are_taken_as_they_are() -> None:
    kwargs = {"rows": 4, "cols": 6}
    spec = spec_of(evaluation_env(ID, kwargs, {"rows": 7}))
    assert (spec.rows, spec.cols) == (7, 6)
    assert spec_of(evaluation_env(ID, kwargs, {"split": "all"})).split == "all"
    assert spec_of(evaluation_env(ID, kwargs, {"split": "train"})).split == "train"
    # Keywords without a split leave the test worlds asked for.
    assert spec_of(evaluation_env(ID, kwargs, {"rows": 7})).split == "test"
    assert kwargs == {"rows": 4, "cols": 6}


@pytest.fixture
def registered() -> Iterator[str]:
    """Register the scripted environment, which has no splits."""
    gym.register("Tape-v0", lambda **kwargs: TapeEnv(**kwargs), disable_env_checker=True)
    yield "Tape-v0"
    del gym.registry["Tape-v0"]


def test_an_environment_without_splits_is_made_as_in_training(registered: str) -> None:
    env = evaluation_env(registered, {"with_truth": False}, None)
    assert isinstance(env.unwrapped, TapeEnv)
    assert env.unwrapped.with_truth is False


def test_progress_is_told_after_each_episode() -> None:
    step = (1.0, False, True, ".")
    env = TapeEnv(("o", [step]), ("o", [(0.5, False, False, "."), step]))
    told: list[tuple[int, int, float]] = []
    evaluate(Still(), env, 2, 0, progress=lambda *figures: told.append(figures))
    assert told == [(1, 2, 1.0), (2, 2, 1.5)]
