"""Believe rewards of touches: when a change is believed, and when a belief is firm."""

from __future__ import annotations

import pytest
from drawings import TYPES

from dsrl_agent.config import RulesThresholds
from dsrl_agent.front_end.rules.beliefs.belief import Belief

X, O, WALL, BOX, KEY, DOOR = (TYPES[letter] for letter in "xo#bkd")  # noqa: E741
NEW = 30


def firm(reward: float = 1.0, times: int = 9) -> Belief:
    return Belief(reward, agreeing=times, touches=times, confirmed=times)


def take(belief: Belief, noise: float, *rewards: float) -> list[bool]:
    """Let it observe rewards; return whether each changed it."""
    return [belief.observe(reward, False, 100 + i, noise) for i, reward in enumerate(rewards)]


@pytest.mark.parametrize(
    ("noise", "surprises"),
    [
        (0.001, 1),  # 0.0005 < 0.001
        (0.0019, 1),  # 0.00095
        (0.002, 2),  # 0.001, not less; 0.000001
        (0.05, 2),  # 0.025; 0.025^2 = 0.000625
        (0.1, 3),  # 0.05; 0.05^2 = 0.0025; 0.05^3 = 0.000125
        (0.2, 4),  # 0.1; 0.01; 0.1^3 = 0.001000..02 in floating point; 0.0001
        (0.5, 5),  # 0.25; 0.0625; 0.0156; 0.0039; 0.25^5 = 0.00098
    ],
)
def test_agreeing_surprises_count_as_a_change_by_the_error_rate(
    noise: float, surprises: int
) -> None:
    assert RulesThresholds().change_rate == 0.001
    belief = firm()
    assert take(belief, noise, *surprises * [-1.0]) == [False] * (surprises - 1) + [True]
    assert (belief.reward, belief.agreeing, belief.touches) == (-1.0, surprises, surprises)
    assert belief.surprises == []
    assert belief.changed == belief.confirmed == 99 + surprises


def test_only_the_latest_agreeing_surprises_are_counted() -> None:
    belief = firm()
    assert take(belief, 0.05, -1.0, 2.0, -1.0, 3.0, 3.0) == 4 * [False] + [True]
    assert (belief.reward, belief.agreeing) == (3.0, 2)


def test_surprises_that_differ_do_not_pile_up() -> None:
    belief = firm()
    assert take(belief, 0.05, *range(2, 900), 7.0, 7.0) == 899 * [False] + [True]
    belief = firm()
    assert take(belief, 0.05, *range(2, 900)) == 898 * [False]
    assert belief.surprises == [899]


def test_the_believed_reward_clears_the_surprises() -> None:
    belief = firm()
    assert take(belief, 0.05, -1.0, 1.0, -1.0, 1.0 + 1e-9) == 4 * [False]
    assert (belief.reward, belief.agreeing, belief.touches) == (1.0, 11, 13)
    assert (belief.surprises, belief.confirmed) == ([], 103)


def test_a_belief_with_fewer_touches_than_surprises_is_replaced() -> None:
    # At noise 0.1 it would take three, but one touch stands against two; nothing has changed.
    belief = firm(times=1)
    assert take(belief, 0.1, -1.0, -1.0) == [False, False]
    assert (belief.reward, belief.agreeing, belief.changed) == (-1.0, 2, -1)


def test_a_belief_is_firm_after_two_touches_or_one_without_reading_errors() -> None:
    for noise, times, expected in [(0.001, 1, True), (0.05, 1, False), (0.05, 2, True)]:
        assert firm(times=times).is_firm(noise) is expected
    doubted = firm()
    doubted.doubted = True
    assert not doubted.is_firm(0.001)


def test_after_a_change_a_belief_is_firm_after_four_touches_with_reading_errors() -> None:
    for noise, firm_at in [(0.001, 1), (0.05, 4)]:
        belief = firm(times=9)
        assert not belief.is_questioned(noise)
        changes = take(belief, noise, -1.0, -1.0)
        assert any(changes)
        questioned = []
        for _ in range(4):
            questioned.append((belief.agreeing, belief.is_questioned(noise)))
            take(belief, noise, -1.0)
        assert all(doubt == (touches < firm_at) for touches, doubt in questioned)
        assert {doubt for _, doubt in questioned} == ({False} if firm_at == 1 else {True, False})


def test_the_majority_of_touches_decides_whether_the_episode_ends() -> None:
    belief = firm(times=0)
    for ends, expected in [(True, True), (False, False), (True, True), (False, False)]:
        belief.observe(1.0, ends, 1, 0.05)
        assert belief.ends is expected
    # After a change the latest touch alone says whether it ends.
    belief = Belief(1.0, agreeing=3, touches=3, ended=3)
    belief.observe(-1.0, False, 1, 0.001)
    assert not belief.ends
    belief = Belief(1.0, agreeing=3, touches=3, ended=3)
    belief.observe(-1.0, True, 1, 0.001)
    assert belief.ends
