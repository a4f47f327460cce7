"""Thresholds of symbols: some whose rule is not that of all thresholds."""

from __future__ import annotations

from setting_rules import UNIT, assert_number, assert_whole, refusal

from dsrl_agent.config.symbols import TypingThresholds


def test_the_upper_bound_of_the_spread_is_not_below_the_lower() -> None:
    assert TypingThresholds(least_spread=0.2, most_spread=0.2).most_spread == 0.2
    assert refusal("perception.typing.most_spread", 0.01) == (
        "perception.typing.most_spread is 0.01, but it must be at least 0.02 and finite."
    )


def test_shares_are_at_most_1() -> None:
    assert_number("perception.merging.gathered", [0.0, 1.0], [-0.001, 1.001], UNIT)


def test_counts_are_at_least_1() -> None:
    assert_whole("perception.novelty.enough", 1)
