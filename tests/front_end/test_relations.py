"""Relate facts to the agent: relative positions, extents and weights, worked out by hand."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from dsrl_agent.front_end import (
    Relation,
    relate,
)
from dsrl_agent.front_end.relations import (
    ROUNDING,
    are_greedy,
    distance_weight,
    extent,
    greedy_actions,
    rounding,
    valuation_of,
)
from dsrl_agent.types import Fact

AGENT = Fact(0, 2, 2)


def test_relations_are_displacements_from_the_agent() -> None:
    facts = (AGENT, Fact(1, 2, 4), Fact(1, 3, 2), Fact(2, 0, 0))
    assert relate(AGENT, facts) == (
        Relation(Fact(1, 2, 4), 0, 2),
        Relation(Fact(1, 3, 2), 1, 0),
        Relation(Fact(2, 0, 0), -2, -2),
    )


def test_the_weight_is_the_squared_distance_and_at_least_one() -> None:
    assert [distance_weight(*at) for at in ((0, 0), (0, 1), (1, 1), (-2, 3))] == [1, 1, 2, 13]


def test_a_grid_is_as_large_as_given_or_as_far_as_facts_are_seen() -> None:
    facts = (Fact(1, 2, 4), Fact(1, 3, 2))
    assert extent(facts, None) == (4, 5)  # rows 0 to 3, columns 0 to 4
    assert extent(facts, (6, 6)) == (6, 6)
    assert extent(facts, (2, 9)) == (4, 9)
    assert extent((), None) == (0, 0)


def test_a_valuation_does_not_change() -> None:
    valuation = valuation_of(np.array([1.0]), {})
    with pytest.raises(FrozenInstanceError):
        valuation.values = np.zeros(1)  # type: ignore[misc]


def test_the_last_row_and_column_count_whether_even_or_odd() -> None:
    assert [extent((Fact(1, n, n),), None) for n in range(4)] == [(1, 1), (2, 2), (3, 3), (4, 4)]


def test_actions_share_the_choice_but_for_rounding_in_any_unit() -> None:
    for unit in (1e-6, 1.0, 1e6):
        plain = unit * np.array([1.0, 1.0 - 1e-12, 0.999])
        assert greedy_actions(plain) == [0, 1]
        assert greedy_actions(-plain) == [2]
        assert greedy_actions(0.0 * plain) == [0, 1, 2]
        both = np.array([plain, -plain, 0.0 * plain])
        assert are_greedy(both).tolist() == [[True, True, False], [False, False, True], [True] * 3]


def test_rounding_is_a_share_of_the_largest_value() -> None:
    assert rounding(np.array([2.0, -5.0])) == 5.0 * ROUNDING
    assert rounding(np.zeros(0)) == 0.0


def test_a_valuation_lists_parts_by_fact_and_what_they_leave() -> None:
    first, second = Fact(1, 0, 4), Fact(2, 0, 0)
    parts = {second: np.array([0.5, 0.0]), first: np.array([0.25, 1.0])}
    found = valuation_of(np.array([1.0, 0.0]), parts)
    assert [fact for fact, _ in found.parts] == [first, second]
    assert found.correction.tolist() == [0.25, -1.0]
