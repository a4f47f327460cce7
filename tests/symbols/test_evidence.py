"""The log evidence of rewards by type."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.symbols.evidence import reward_evidence


def test_evidence_is_that_of_the_dirichlet_multinomial() -> None:
    types, rewards = np.array([0, 0, 0, 1, 1]), np.array([1.0, 1.0, -1.0, -1.0, -1.0])
    # With a pseudo-count of 1 for each of two rewards: 2! 1! / 4! for the first type, and
    # 0! 2! / 3! for the second.
    expected = np.log(2 / 24) + np.log(2 / 6)
    assert reward_evidence(types, rewards, 1.0) == pytest.approx(expected)
    assert reward_evidence(np.zeros(5, np.int64), rewards, 1.0) == pytest.approx(np.log(12 / 720))


def test_equal_rewards_do_not_exclude_another() -> None:
    assert reward_evidence(np.zeros(1, np.int64), np.ones(1), 0.5) == pytest.approx(np.log(0.5))


def test_types_that_mix_rewards_cost_more_than_a_further_type() -> None:
    rewards = np.array([1.0, -1.0] * 10)
    apart, together = np.array([0, 1] * 10), np.zeros(20, np.int64)
    assert reward_evidence(apart, rewards, 0.5) > reward_evidence(together, rewards, 0.5) + 5
    same = np.ones(20)
    assert reward_evidence(together, same, 0.5) > reward_evidence(apart, same, 0.5)


def test_without_touches_there_is_no_evidence() -> None:
    assert reward_evidence(np.empty(0, np.int64), np.empty(0), 0.5) == 0.0
