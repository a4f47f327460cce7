"""Summaries of what was tried on a type."""

from __future__ import annotations

import pytest

from dsrl_agent.front_end.rule import Context, Effect
from dsrl_agent.front_end.rules.beliefs.tries import (
    affairs_of,
    does_nothing,
    is_covered,
    is_tried,
    tries_in,
)
from dsrl_agent.types import EDGE, FREE, HELD

KEY, DOOR, BOX = 1, 2, 3


def test_a_summary_holds_each_circumstance_once() -> None:
    bare = Context(DOOR, FREE, 0, 5, ())
    armed = bare._replace(held=KEY, taken=((KEY, 1),), came=(BOX,), beyond=EDGE)
    found = tries_in({(bare, Effect(False, DOOR)): 3, (armed, Effect(True, FREE)): 1})
    assert (found.times, found.enters) == (4, False)
    assert found.held == {FREE, KEY}
    assert found.beyond == {FREE, EDGE}
    assert found.taken == {frozenset(), frozenset([KEY])}
    assert found.affairs == {affairs_of(bare), (KEY, frozenset([KEY]), (BOX,))}
    assert tries_in({}).times == 0


@pytest.mark.parametrize(
    ("effect", "nothing"),
    [
        (Effect(False, DOOR), True),
        (Effect(False, EDGE), True),
        (Effect(True, DOOR), False),
        (Effect(False, FREE), False),
        (Effect(False, HELD), False),
        (Effect(False, DOOR, remote=((BOX, FREE),)), False),
        (Effect(False, DOOR, flung=True), False),
        (Effect(False, DOOR, gives=1), False),
    ],
)
def test_an_effect_does_nothing_if_all_stays_as_it_was(effect: Effect, nothing: bool) -> None:
    assert does_nothing(DOOR, effect) is nothing


def test_circumstances_are_covered_one_by_one() -> None:
    plain = Context(BOX, FREE, 0, 5, ())
    with_both = plain._replace(taken=((KEY, 1), (DOOR, 1)))
    effect = Effect(True, FREE)
    bare = tries_in({(plain, effect): 1})
    both = tries_in({(plain, effect): 1, (with_both, effect): 1})
    with_key = plain._replace(taken=((KEY, 2),))
    assert not is_covered(bare, with_key)
    assert is_covered(both, with_key)  # with and without a key, with and without a door
    assert not is_covered(tries_in({(with_both, effect): 3}), plain)
    assert not is_covered(both, plain._replace(held=KEY))
    assert not is_covered(both, plain._replace(came=(KEY,)))
    assert not is_covered(tries_in({}), plain)


def test_a_state_of_affairs_is_the_same_if_what_came_up_is_alike() -> None:
    red, blue = 4, 5
    tries = tries_in({(Context(DOOR, FREE, 0, 5, (), came=(red,)), Effect(False, DOOR)): 1})
    now = Context(DOOR, FREE, 0, 5, (), came=(blue,))
    assert is_tried(tries, now, {blue: red})
    assert not is_tried(tries, now, {})
    assert not is_tried(tries, now._replace(held=KEY), {blue: red})
    assert not is_tried(tries, now._replace(taken=((KEY, 1),)), {blue: red})
