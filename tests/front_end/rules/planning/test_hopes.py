"""Hopes: the gains of good things less the steps between them, never less than a plan can bring."""

from __future__ import annotations

import itertools

import pytest
from drawings import TYPES, board
from hypothesis import given, settings
from hypothesis import strategies as st

from dsrl_agent.front_end.rules.planning.hopes import Hope, Hopes, steps_from
from dsrl_agent.types import FREE

X, O = TYPES["x"], TYPES["o"]  # noqa: E741
WORTH = {X: 1.0, O: 0.5}
SHAPE = (3, 5)


def hopes(stride: int = 1, exact: int = 6) -> Hopes:
    return Hopes(lambda label: WORTH.get(label, 0.0), 0.01, stride, exact)


def is_near(hope: Hope, expected: Hope) -> bool:
    """Say whether hopes are the same but for rounding."""
    same = hope._replace(most=0.0, joined=0.0) == expected._replace(most=0.0, joined=0.0)
    found, drawn = (hope.most, hope.joined), (expected.most, expected.joined)
    return same and found == pytest.approx(drawn)


DRAWN = board("+...x ..... o...x")


def test_things_are_joined_by_the_fewest_steps() -> None:
    hope = hopes().of(DRAWN)
    # The x are two steps apart, the o four from the nearest.
    joined = 2.5 - 0.06
    assert is_near(hope, Hope(3, 2.5, joined - 0.01, (4, 10, 14), (1.0, 0.5, 1.0), joined))
    # From the corner the o is two steps away; beside an x, and on it, it is one at least.
    left = [hopes().at(hope, SHAPE, place) for place in (0, 3, 4)]
    assert left == pytest.approx([2.44 - 0.02, 2.44 - 0.01, 2.44 - 0.01])


def test_what_is_taken_is_hoped_for_no_more() -> None:
    all_three = hopes().of(DRAWN)
    assert hopes().without(all_three, SHAPE, 7) is all_three
    two = hopes().without(all_three, SHAPE, 14)
    # The x in the other corner is six steps from the o.
    assert is_near(two, Hope(2, 1.5, 1.5 - 0.07, (4, 10), (1.0, 0.5), 1.5 - 0.06))
    one = hopes().without(two, SHAPE, 4)
    assert is_near(one, Hope(1, 0.5, 0.49, (10,), (0.5,), 0.5))
    assert hopes().without(one, SHAPE, 10) == Hope(0, 0.0, 0.0)
    assert hopes().of(board("+....")) == Hope(0, 0.0, 0.0)


def test_longer_strides_are_fewer_steps() -> None:
    assert steps_from((1, 5), 1, 1) == (1, 0, 1, 2, 3)
    assert steps_from((2, 3), 0, 2) == (0, 1, 1, 1, 1, 2)
    hope = hopes(2).of(DRAWN)
    assert hope.joined == pytest.approx(2.5 - 0.01 * (1 + 2))


@pytest.mark.parametrize(
    "kind", [hopes(0), hopes(exact=2)], ids=["nothing is known of ways", "too many things"]
)
def test_where_ways_are_not_known_a_step_is_counted_for_each(kind: Hopes) -> None:
    hope = kind.of(DRAWN)
    assert is_near(hope, Hope(3, 2.5, 2.5 - 3 * kind.step))
    assert kind.at(hope, SHAPE, 0) == hope.most


def test_a_thing_that_may_not_be_worth_the_way_is_not_gone_out_of_the_way_for() -> None:
    worth = {X: 1.0, O: 0.05}
    found = Hopes(lambda label: worth.get(label, 0.0), 0.01, 1)
    assert is_near(found.of(DRAWN), Hope(3, 2.05, 0.99 + 0.99 + 0.04))
    worth[O] = 0.005  # less than a step
    assert Hopes(lambda label: worth.get(label, 0.0), 0.01, 1).of(DRAWN).most == pytest.approx(1.98)


def test_to_put_something_down_may_be_worth_something_anywhere() -> None:
    worth = {FREE: 1.0, X: 1.0}
    found = Hopes(lambda label: worth.get(label, 0.0), 0.01, 1).of(board("+x"))
    assert is_near(found, Hope(2, 2.0, 1.98))


@given(
    st.sets(st.integers(0, 19), min_size=1, max_size=5),
    st.integers(0, 19),
    st.integers(1, 3),
    st.data(),
)
@settings(max_examples=200, deadline=None)
def test_no_way_brings_more_than_is_hoped_for(
    places: set[int], start: int, stride: int, data: st.DataObject
) -> None:
    cells = [FREE] * 20
    for place in places:
        cells[place] = data.draw(st.sampled_from([X, O]))
    drawn = board("+.... ..... ..... .....")._replace(cells=tuple(cells))
    kind, shape = hopes(stride), (4, 5)
    hope = kind.of(drawn)
    best = 0.0
    for count in range(1, len(places) + 1):
        for way in itertools.permutations(places, count):
            steps = sum(
                max(1, steps_from(shape, last, stride)[place])
                for last, place in itertools.pairwise([start, *way])
            )
            best = max(best, sum(WORTH[cells[place]] for place in way) - kind.step * steps)
    assert best <= kind.at(hope, shape, start) + 1e-9
    assert kind.at(hope, shape, start) <= hope.most + 1e-9
