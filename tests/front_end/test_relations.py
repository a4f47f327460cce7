"""Relate facts to the agent: relative positions, extents and weights, worked out by hand."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from dsrl_agent.front_end import (
    Relation,
    relate,
)
from dsrl_agent.front_end.relations import distance_weight, extent, valuation_of
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
