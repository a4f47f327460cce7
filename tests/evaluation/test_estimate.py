"""Estimates and their intervals, by hand-worked numbers."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from scipy import stats

from dsrl_agent.evaluation.estimate import Estimate, bootstrap, mean, ratio, share
from dsrl_agent.types import Floats


def test_the_interval_of_a_mean_is_about_two_standard_errors_wide() -> None:
    # 50 zeros and 50 ones: a standard error of 0.5 / 10, so 0.5 -+ 1.96 * 0.05 = 0.402, 0.598.
    estimate = mean(np.repeat([0.0, 1.0], 50))
    assert estimate.value == 0.5
    assert [estimate.low, estimate.high] == pytest.approx([0.402, 0.598], abs=0.011)
    assert str(Estimate(0.5, 0.25, 1.0)) == "0.500 [0.250, 1.000]"


def test_one_episode_gives_an_interval_of_width_zero() -> None:
    assert ratio(np.array([3.0]), np.array([4.0])) == Estimate(0.75, 0.75, 0.75)


@pytest.mark.parametrize(
    ("above", "below"), [([np.nan, 1.0], [1.0, 1.0]), ([1.0, 1.0], [np.inf, 1.0]), ([1.0], [0.0])]
)
def test_a_ratio_without_meaning_is_none(above: list[float], below: list[float]) -> None:
    assert ratio(np.array(above), np.array(below)) is None


def test_a_resample_with_a_denominator_of_zero_counts_as_the_whole_sample() -> None:
    # Of two episodes, one touches 1 of 1 and one touches nothing: every resample gives 1, or 0 / 0.
    assert ratio(np.array([1.0, 0.0]), np.array([1.0, 0.0])) == Estimate(1.0, 1.0, 1.0)


def test_paired_samples_are_resampled_by_the_same_indices() -> None:
    def difference(a: Floats, b: Floats) -> Floats:
        return np.asarray(a.mean(axis=-1) - b.mean(axis=-1))

    values = np.arange(9.0)
    together = bootstrap(difference, (values + 2, values), paired=True)
    assert list(together) == pytest.approx([2.0, 2.0, 2.0])
    apart = bootstrap(difference, (values + 2, values))
    assert apart.low < 1.0
    assert apart.high > 3.0


@pytest.mark.parametrize("paired", [False, True])
def test_intervals_are_those_of_scipy(paired: bool) -> None:
    def statistic(a: Floats, b: Floats, axis: int = -1) -> Floats:
        return np.asarray(a.mean(axis=axis) / (1 + b.mean(axis=axis)))

    rng = np.random.default_rng(3)
    samples = (rng.random(17), rng.random(17 if paired else 11))
    settings: dict[str, Any] = {"n_resamples": 2000, "method": "percentile", "vectorized": True}
    again = np.random.default_rng(0)
    expected = stats.bootstrap(samples, statistic, paired=paired, rng=again, **settings)
    found = bootstrap(statistic, samples, paired=paired)
    assert found[1:] == pytest.approx(tuple(expected.confidence_interval), rel=1e-12)


def test_a_sample_of_one_value_is_not_resampled() -> None:
    with pytest.raises(ValueError, match="1 values"):
        bootstrap(lambda a: a.mean(axis=-1), [np.ones(1)])


def test_the_interval_of_a_share_is_that_of_wilson() -> None:
    # 8 of 10 with z = 1.96: centre (8 + 1.92) / 13.84 = 0.717, half width
    # 1.96 / 13.84 * sqrt(10 * 0.8 * 0.2 + 0.96) = 0.227.
    estimate = share([True] * 8 + [False] * 2)
    assert estimate.value == 0.8
    assert [estimate.low, estimate.high] == pytest.approx([0.490, 0.943], abs=0.001)


@pytest.mark.slow
def test_the_module_imports_neither_torch_nor_the_agent() -> None:
    code = (
        "import sys, dsrl_agent.evaluation.estimate\n"
        "print([name for name in sys.modules if name in ('torch', 'dsrl_agent.agent')])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
