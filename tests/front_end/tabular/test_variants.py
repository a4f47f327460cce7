"""Value scenes by each tabular front end's own sum, and choose actions by the values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from drawings import RIGHT, acquainted, tabular
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.front_end import (
    TabularEpisode,
    TabularFrontEnd,
    Valuation,
    relate,
)
from dsrl_agent.front_end.tabular.relational_q import RelationalQ
from dsrl_agent.front_end.tabular.variants import SRLCS, FlatQ, GarneloQ
from dsrl_agent.types import Fact, Facts

KINDS = [front_end.kind for front_end in (RelationalQ, SRLCS, GarneloQ, FlatQ)]
AGENT = Fact(0, 2, 2)

Rows = dict[Any, list[float]]


def knowing(kind: str, rows: Rows, discount: float = 0.9) -> TabularFrontEnd:
    """Make a front end whose agent is type 0 and whose table holds the given rows."""
    front_end = tabular(kind, discount=discount)
    front_end.agency = acquainted()
    front_end.table = {key: np.array(row) for key, row in rows.items()}
    return front_end


def parts(valuation: Valuation) -> list[tuple[Fact, list[float]]]:
    return [(fact, part.tolist()) for fact, part in valuation.parts]


RIGHT_OF, BELOW, FAR = Fact(1, 2, 3), Fact(1, 3, 2), Fact(2, 3, 3)
ROWS: Rows = {
    (1, 0, 1): [0.0, 0.75, -0.25, 0.5],
    (1, 1, 0): [0.25, 0.5, -0.5, 1.0],
    (2, 1, 1): [-0.5, 0.5, -1.0, 0.0],
}


def test_garnelo2016_sums_the_entries_of_all_objects() -> None:
    valuation = knowing("garnelo2016", ROWS).values((AGENT, RIGHT_OF, BELOW, FAR))
    assert parts(valuation) == [
        (RIGHT_OF, [0.0, 0.75, -0.25, 0.5]),
        (BELOW, [0.25, 0.5, -0.5, 1.0]),
        (FAR, [-0.5, 0.5, -1.0, 0.0]),
    ]
    assert valuation.values.tolist() == [-0.25, 1.75, -1.75, 1.5]
    assert valuation.correction.tolist() == [0.0] * 4


def test_srl_cs_divides_entries_by_the_squared_distance() -> None:
    facts = (AGENT, Fact(1, 2, 4), BELOW, FAR)
    rows = {**ROWS, (1, 0, 2): [0.0, 0.5, 0.0, 1.0]}
    valuation = knowing("srl_cs", rows).values(facts)
    assert parts(valuation) == [
        (Fact(1, 2, 4), [0.0, 0.125, 0.0, 0.25]),  # / (0 + 4)
        (BELOW, [0.25, 0.5, -0.5, 1.0]),  # / (1 + 0)
        (FAR, [-0.25, 0.25, -0.5, 0.0]),  # / (1 + 1)
    ]
    assert valuation.values.tolist() == [0.0, 0.875, -1.0, 1.25]


def test_relational_values_walks_to_objects_by_the_tables() -> None:
    valuation = knowing("relational", ROWS).values((AGENT, RIGHT_OF, BELOW, FAR))
    # Seen are 4 x 4 cells. A type 1 is worth 0.75 by a step to the right, 1.0 by one down; of type
    # 2 nothing is known. After a step up, right and down touch one from above: 0.9 * 0.9 * 1.0 (so
    # would down and down the other; the first is taken). After one left, it has to come back.
    assert parts(valuation) == [
        (RIGHT_OF, [0.0, 0.75, pytest.approx(0.81), 0.0]),
        (BELOW, [pytest.approx(0.81), 0.0, 0.0, 1.0]),
    ]
    assert valuation.values.tolist() == pytest.approx([0.81, 0.75, 0.81, 1.0])
    assert valuation.correction.tolist() == pytest.approx([0.0] * 4)


def test_flat_looks_up_the_whole_scene() -> None:
    facts = (AGENT, RIGHT_OF)
    front_end = knowing("flat", {facts: [0.0, 1.0, 0.0, -1.0]})
    assert front_end.values(facts).values.tolist() == [0.0, 1.0, 0.0, -1.0]
    assert front_end.values(facts).parts == ()
    assert front_end.values((AGENT, BELOW)).values.tolist() == [0.0] * 4


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "facts", [(), (RIGHT_OF,), (AGENT, AGENT._replace(row=0), RIGHT_OF), (AGENT,)]
)
def test_values_are_zero_without_one_agent_or_without_objects(kind: str, facts: Facts) -> None:
    valuation = knowing(kind, ROWS).values(facts, TabularEpisode())
    assert valuation.values.tolist() == [0.0] * 4
    assert valuation.parts == ()


places = st.tuples(st.integers(0, 4), st.integers(0, 4))
rows_of_four = st.lists(st.floats(-2, 2, width=16), min_size=4, max_size=4)


@st.composite
def scenes(draw: st.DrawFn) -> Facts:
    """Draw an agent (type 0) and objects of types 1 and 2 on cells of their own."""
    agent, *others = draw(st.lists(places, min_size=1, max_size=7, unique=True))
    return tuple(sorted([Fact(0, *agent), *(Fact(draw(st.integers(1, 2)), *p) for p in others)]))


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(KINDS), scenes(), st.data())
def test_the_parts_and_the_correction_add_up_and_reading_writes_nothing(
    kind: str, facts: Facts, data: st.DataObject
) -> None:
    agent = facts[0]
    met = [(fact.type, d_row, d_col) for fact, d_row, d_col in relate(agent, facts)]
    keys = [facts] if kind == "flat" else met[: data.draw(st.integers(0, 6))]
    front_end = knowing(kind, {key: data.draw(rows_of_four) for key in keys})
    memory = front_end.begin((5, 5))
    kept = {key: row.copy() for key, row in front_end.table.items()}
    valuation = front_end.values(facts, memory)
    first = valuation.values.copy()
    others = [fact for fact in facts if fact != agent]
    if kind != "flat":
        whole = sum((part for _, part in valuation.parts), valuation.correction)
        assert_allclose(valuation.values, whole, rtol=0, atol=1e-12)
    if kind in ("garnelo2016", "srl_cs"):
        assert [fact for fact, _ in valuation.parts] == others
    assert [fact for fact, _ in valuation.parts if fact not in others] == []
    assert_array_equal(front_end.action_values(facts, memory), first)
    # What was handed out belongs to the caller: writing into it changes nothing learned.
    for array in (valuation.values, valuation.correction, *(part for _, part in valuation.parts)):
        array += 7.0
    front_end.table.get((1, 9, 9))
    front_end.decide(facts, memory.copy(), np.random.default_rng(0), 0.0)
    assert front_end.table.keys() == kept.keys()
    for key, row in kept.items():
        assert_array_equal(front_end.table[key], row)
    assert_array_equal(front_end.values(facts, memory).values, first)


def choices(
    front_end: TabularFrontEnd, facts: Facts, epsilon: float, seed: int, count: int = 4000
) -> list[int]:
    rng = np.random.default_rng(seed)
    memory = TabularEpisode()
    return [front_end.decide(facts, memory, rng, epsilon) for _ in range(count)]


@pytest.mark.parametrize("kind", KINDS)
def test_ties_share_their_probability(kind: str) -> None:
    facts: Facts = (AGENT, RIGHT_OF)
    key: Any = facts if kind == "flat" else (1, 0, 1)
    rows: Rows = {key: [0.5, 0.5 + 1e-12, 0.25, 0.5]}
    if kind == "relational":  # here ties are between objects
        facts = (*facts, Fact(1, 2, 1), Fact(1, 3, 2))
        rows = {(1, 0, -1): [0.5] * 4, (1, 0, 1): [0.5 + 1e-12] * 4, (1, 1, 0): [0.5] * 4}
    front_end = knowing(kind, rows)
    shares = np.bincount(choices(front_end, facts, 0.0, seed=1), minlength=4) / 4000
    # A third each, and a standard deviation of sqrt(1/3 * 2/3 / 4000) = 0.0075
    assert_allclose(shares, [1 / 3, 1 / 3, 0.0, 1 / 3], atol=0.03)
    assert shares[2] == 0.0


def test_the_choice_comes_from_the_given_generator_alone() -> None:
    front_end, facts = knowing("relational", {}), (AGENT, RIGHT_OF)
    assert choices(front_end, facts, 0.5, 3, 50) == choices(front_end, facts, 0.5, 3, 50)
    assert choices(front_end, facts, 0.5, 3, 50) != choices(front_end, facts, 0.5, 4, 50)


@pytest.mark.parametrize(
    ("epsilon", "shares"),
    [
        (0.0, [0.0, 1.0, 0.0, 0.0]),
        (0.4, [0.1, 0.7, 0.1, 0.1]),  # 0.4 / 4 each, and 0.6 more for the greedy action
        (1.0, [0.25, 0.25, 0.25, 0.25]),
    ],
)
def test_epsilon_is_the_share_of_random_actions(epsilon: float, shares: list[float]) -> None:
    front_end = knowing("srl_cs", {(1, 0, 1): [0.0, 1.0, 0.0, 0.0]})
    drawn = np.bincount(choices(front_end, (AGENT, RIGHT_OF), epsilon, seed=2), minlength=4) / 4000
    assert_allclose(drawn, shares, atol=0.03)


def test_the_greedy_action_has_the_highest_value() -> None:
    front_end, facts = knowing("garnelo2016", ROWS), (AGENT, RIGHT_OF, FAR)
    action = front_end.decide(facts, TabularEpisode(), np.random.default_rng(0), 0.0)
    assert action == RIGHT
    assert front_end.values(facts).values.tolist() == [-0.5, 1.25, -1.25, 0.5]
