"""Counts of rewards in bounded memory."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end.usual import RewardCounts


def counted(rewards: list[float], most: int = FrontEndConfig.rewards) -> RewardCounts:
    counts = RewardCounts(most)
    for reward in rewards:
        counts.add(reward)
    return counts


def test_the_reward_met_most_often_is_usual_of_several_the_first_or_the_largest() -> None:
    assert RewardCounts(3).usual == RewardCounts(3).largest_usual == 0.0
    counts = counted([-1.0, 5.0, 5.0, -1.0, 2.0], 3)
    assert counts.counts == {-1.0: 2, 5.0: 2, 2.0: 1}
    assert counts.usual == -1.0
    assert counts.largest_usual == 5.0


def test_a_new_reward_takes_the_place_and_the_count_of_the_seldomest() -> None:
    counts = counted([1.0, 1.0, 2.0, 3.0, 4.0], 3)  # 2 and 3 were met once, 2 before
    assert list(counts.counts.items()) == [(1.0, 2), (3.0, 1), (4.0, 2)]
    counts.add(3.0)
    assert counts.counts == {1.0: 2, 3.0: 2, 4.0: 2}


@pytest.mark.parametrize("order", ["mixed", "last", "between"])
def test_of_5000_rewards_few_are_kept_and_the_one_that_dominates_is_usual(order: str) -> None:
    odd = np.random.default_rng(0).normal(size=5000).tolist()
    plain = [-0.01] * 5000
    pairs = zip(odd, plain, strict=True)
    rewards = odd + plain if order == "last" else [reward for pair in pairs for reward in pair]
    if order == "mixed":
        rewards = np.random.default_rng(1).permutation(odd + plain).tolist()
    counts = counted(rewards)
    assert len(counts.counts) == 64
    assert counts.usual == counts.largest_usual == -0.01
    assert len(json.dumps(counts.state())) < 3000


@given(st.lists(st.integers(-9, 9).map(float), max_size=80), st.integers(1, 20))
def test_counts_are_never_too_low_nor_too_high_by_more_than_a_share(
    rewards: list[float], most: int
) -> None:
    counts, true = counted(rewards, most).counts, Counter(rewards)
    assert len(counts) == min(most, len(true))
    assert sum(counts.values()) == len(rewards)
    for reward, count in counts.items():
        assert true[reward] <= count <= true[reward] + len(rewards) / most
    assert {reward for reward, n in true.items() if n > len(rewards) / most} <= set(counts)
    if len(true) <= most:
        assert counts == true


def test_of_the_counts_of_an_older_version_the_highest_are_taken_in_their_order() -> None:
    counts = RewardCounts(2)
    counts.load({5.0: 1, 1.0: 7, -1.0: 7, 0.0: 2})
    assert list(counts.counts.items()) == [(1.0, 7), (-1.0, 7)]
    assert counts.usual == 1.0


@pytest.mark.parametrize("odd", [{"x": 1}, {None: 1}, {0.0: 1.5}, {0.0: True}, {0.0: "1"}])
def test_what_is_no_count_of_a_reward_is_refused(odd: dict[float, int]) -> None:
    with pytest.raises(ValueError, match=r"are no rewards|is no whole number"):
        RewardCounts(2).load(odd)
