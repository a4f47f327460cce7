"""Statistics over runs, by hand-worked numbers."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.experiments.analysis.statistics import (
    interquartile_mean,
    performance_profile,
    probability_of_improvement,
    rank_test,
    ratio_of_medians,
    steps_to,
)


def test_the_interquartile_mean_leaves_out_a_quarter_on_each_side() -> None:
    # Of 0, 1, 2, 3, 4, 5, 6, 100 the middle half is 2, 3, 4, 5.
    estimate = interquartile_mean([np.array([100.0, 0, 1, 2, 3, 4, 5, 6])])
    assert estimate.value == 3.5
    assert estimate.low < 3.5 < estimate.high


def test_worlds_are_strata() -> None:
    # Runs agree within each world, so no resample differs: all have two 0 and two 1.
    estimate = interquartile_mean([np.zeros(2), np.ones(2)])
    assert tuple(estimate) == (0.5, 0.5, 0.5)


def test_one_run_has_no_interval() -> None:
    assert tuple(interquartile_mean([np.array([0.3])])) == (0.3, -np.inf, np.inf)


def test_the_probability_of_improvement_counts_ties_one_half() -> None:
    # 1 beats 0; 2 beats 0 and ties with 2; 3 beats 0 and 2: 4 and a half of 9.
    a, b = np.array([1.0, 2, 3]), np.array([0.0, 2, 5])
    assert probability_of_improvement([a], [b]).value == 0.5
    # A second world in which each beats each: the mean of 1/2 and 1.
    assert probability_of_improvement([a, b + 9], [b, b]).value == 0.75


def test_a_profile_is_the_share_of_runs_above_each_level() -> None:
    runs = [np.array([0.1, 0.5]), np.array([0.9, 1.0])]
    profile = performance_profile(runs, np.array([0.0, 0.4, 0.9]))
    assert [estimate.value for estimate in profile] == [1.0, 0.75, 0.25]


def test_steps_to_a_score_say_who_did_not_get_there() -> None:
    there = [(200, 0.4), (400, 0.96), (1000, 0.94)]  # the first mark counts
    quick = [(400, 0.99), (200, 0.97)]
    never = [(200, 0.1), (1000, 0.94)]
    found = steps_to(0.95, [there, quick, never])
    assert found.steps.tolist() == [400, 200, 1000]
    assert found.before.tolist() == [200, 0, 1000]
    assert found.reached.tolist() == [True, True, False]
    assert not found.censored
    assert str(found) == "400 (2 of 3 runs)"
    assert str(steps_to(0.95, [never])) == "not reached by 1,000"
    assert str(steps_to(0.95, [there, never])) == "not reached by 1,000 (1 of 2 runs did)"
    # Seconds: a fast run takes less than one, which is no 0.
    assert str(steps_to(0.95, [[(0.32, 1.0)]])) == "0.3"
    assert str(steps_to(0.95, [[(0.04, 1.0)]])) == "0.04"
    assert str(steps_to(0.95, [[(1.6, 1.0)]])) == "2"


def test_the_ratio_of_steps_is_a_bound_where_the_slower_never_got_there() -> None:
    ours = steps_to(0.9, [[(100, 0.95)], [(100, 0.95)]])
    theirs = steps_to(0.9, [[(5000, 0.2)], [(5000, 0.3)]])
    ratio = ratio_of_medians(theirs, ours)
    assert ratio is not None
    assert tuple(ratio) == (50.0, 50.0, np.inf)
    assert ratio_of_medians(ours, theirs) is None  # nothing bounds it


def test_the_ratio_of_steps_is_as_wide_as_marks_are_apart() -> None:
    ours = steps_to(0.9, [[(50, 0.1), (100, 0.95)]] * 3)
    theirs = steps_to(0.9, [[(2000, 0.2), (5000, 0.92)]] * 3)
    # Between 2,000 / 100 and 5,000 / 50.
    assert ratio_of_medians(theirs, ours) == (50.0, 20.0, 100.0)
    # One run of three never got there: in resamples with two of it there is no bound above.
    some = steps_to(0.9, [*[[(2000, 0.2), (5000, 0.92)]] * 2, [(2000, 0.2), (5000, 0.3)]])
    assert ratio_of_medians(some, ours) == (50.0, 20.0, np.inf)


def test_worlds_must_be_the_same() -> None:
    with pytest.raises(ValueError, match="1 worlds against 2"):
        probability_of_improvement([np.ones(2)], [np.ones(2), np.ones(2)])


def test_ranks_of_few_runs_decide_nothing() -> None:
    low, high = np.array([0.1, 0.2, 0.3]), np.array([0.7, 0.8, 0.9])
    # Of the 20 ways to take three of six two are as far apart.
    assert rank_test([high], [low]) == pytest.approx(2 / 20, abs=0.01)
    assert rank_test([low], [high]) == rank_test([high], [low])
    assert rank_test([np.full(3, 0.8)], [np.full(3, 0.9)]) == pytest.approx(2 / 20, abs=0.01)
    assert rank_test([high], [high]) == 1.0


def test_ranks_of_several_worlds_are_taken_about_each_world_s_median() -> None:
    easy, hard = np.array([0.9, 0.91, 0.92]), np.array([0.1, 0.11, 0.12])
    better, worse = [easy + 0.03, hard + 0.03], [easy, hard]
    # Of 20 x 20 ways two are as far apart; pooled ranks would see nothing but the worlds.
    assert rank_test(better, worse) == pytest.approx(2 / 400, abs=0.002)
    pooled = np.concatenate(better), np.concatenate(worse)
    assert rank_test([pooled[0]], [pooled[1]]) > 0.15
