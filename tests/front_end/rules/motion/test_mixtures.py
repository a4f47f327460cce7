"""Chances of directions: estimated in part from what is seen in part, shared or apart."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from dsrl_agent.front_end.rules.motion.mixtures import Counts, chances_of
from dsrl_agent.types import BESIDE

EAST, SOUTH, WEST, NORTH = BESIDE


def test_a_single_action_has_the_shares_seen() -> None:
    counts: dict[int, Counts] = {3: {(EAST,): 6, (SOUTH,): 3, (NORTH,): 1}}
    found = chances_of(counts, rounds=20)
    assert found[3] == pytest.approx({EAST: 0.6, SOUTH: 0.3, WEST: 0.0, NORTH: 0.1})


def test_what_is_seen_in_part_is_shared_by_what_is_seen_whole() -> None:
    """Two in three of the whole ones go east, so two in three of the partial ones do."""
    found = chances_of({0: {(EAST,): 4, (SOUTH,): 2, (EAST, SOUTH): 6}}, rounds=50)
    assert found[0][EAST] == pytest.approx(2 / 3, abs=1e-6)
    assert found[0][SOUTH] == pytest.approx(1 / 3, abs=1e-6)


def test_actions_that_slip_alike_share_their_evidence() -> None:
    """Each goes ahead in 8 steps of 10, and to each side in one; 10 steps are few for one alone."""
    ahead = {0: EAST, 1: SOUTH, 2: WEST, 3: NORTH}
    counts: dict[int, Counts] = {}
    for action, way in ahead.items():
        left, right = (BESIDE[(BESIDE.index(way) + by) % 4] for by in (3, 1))
        counts[action] = {(way,): 8, (left,): 2 - action % 2, (right,): action % 2}
    found = chances_of(counts, rounds=30)
    for action, way in ahead.items():
        right = BESIDE[(BESIDE.index(way) + 1) % 4]
        assert found[action][way] == pytest.approx(32 / 40, abs=1e-6)
        assert found[action][right] == pytest.approx(2 / 40, abs=1e-6)


def test_actions_that_slip_otherwise_keep_their_own_chances() -> None:
    counts: dict[int, Counts] = {0: {(EAST,): 90, (WEST,): 10}, 1: {(SOUTH,): 50, (EAST,): 50}}
    found = chances_of(counts, rounds=30)
    assert found[0] == pytest.approx({EAST: 0.9, SOUTH: 0.0, WEST: 0.1, NORTH: 0.0})
    assert found[1] == pytest.approx({EAST: 0.5, SOUTH: 0.5, WEST: 0.0, NORTH: 0.0})


@pytest.mark.parametrize("seed", range(3))
def test_a_corner_in_which_an_action_only_ever_stays_is_explained_by_the_others(seed: int) -> None:
    """At the left edge alone, going left could as well mean going up: the others decide."""
    rng = np.random.default_rng(seed)
    counts: dict[int, Counts] = {}
    for action in range(3):
        drawn = Counter(BESIDE[(action + int(by)) % 4] for by in rng.integers(-1, 2, size=300))
        counts[action] = {(way,): count for way, count in drawn.items()}
    drawn = Counter(BESIDE[(3 + int(by)) % 4] for by in rng.integers(-1, 2, size=300))
    counts[3] = {(EAST,): drawn[EAST], (NORTH, WEST): drawn[NORTH] + drawn[WEST]}
    chances = chances_of(counts, rounds=30)[3]
    for way in (EAST, NORTH, WEST):
        assert chances[way] == pytest.approx(1 / 3, abs=0.05)


def test_actions_are_turned_against_each_other_until_none_turns_any_more() -> None:
    """North by action 2 is two quarters from south by 0: found in the third round only."""
    seen: dict[int, Counts] = {0: {(SOUTH, NORTH): 6}, 1: {(WEST,): 6}, 2: {(NORTH,): 3}}
    found = chances_of({**seen, 3: {(EAST, SOUTH): 4}}, rounds=20)
    for action, way in enumerate((SOUTH, WEST, NORTH, SOUTH)):
        assert found[action][way] == pytest.approx(1.0, abs=1e-6)


def test_nothing_seen_gives_no_chances() -> None:
    assert chances_of({}, rounds=5) == {}
