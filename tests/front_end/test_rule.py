"""Conditions of rules: the answers of tests about a context."""

from __future__ import annotations

import json
from typing import Any

import pytest
from drawings import DOWN, RIGHT, TYPES

from dsrl_agent.front_end.rule import (
    Condition,
    Context,
    ContextTest,
    Effect,
    context_from,
    effect_from,
)
from dsrl_agent.types import FREE

X, WALL, KEY = (TYPES[letter] for letter in "x#k")


def before(beyond: int = FREE, action: int = RIGHT, body: int = 0, **taken: int) -> Context:
    had = tuple(sorted((TYPES[letter], times) for letter, times in taken.items()))
    return Context(WALL, beyond, body, action, had)


@pytest.mark.parametrize(
    ("test", "context", "holds"),
    [
        (ContextTest("beyond", X), before(X), True),
        (ContextTest("beyond", X), before(FREE), False),
        (ContextTest("body", 3), before(body=3), True),
        (ContextTest("body", 3), before(), False),
        (ContextTest("action", DOWN), before(action=DOWN), True),
        (ContextTest("action", DOWN), before(), False),
        (ContextTest("taken", KEY), before(k=1), True),
        (ContextTest("taken", KEY), before(), False),
        (ContextTest("carried", KEY), before(k=1), True),
        (ContextTest("carried", KEY), before(k=1, **{"#": 1}), False),  # it was used
        (ContextTest("carried", KEY), before(k=2, **{"#": 1}), True),
        (ContextTest("taken", KEY), before(k=1, **{"#": 1}), True),
    ],
)
def test_the_answers_of_tests(test: ContextTest, context: Context, holds: bool) -> None:
    assert test.holds(context) is holds
    assert Condition(test, True).holds(context) is holds
    assert Condition(test, False).holds(context) is not holds


def test_stored_contexts_and_effects_are_read() -> None:
    context = Context(1, 2, 0, 3, ((4, 1),), 5, (6, 7))
    assert context_from(json.loads(json.dumps(context))) == context
    effect = Effect(True, 1, 2, ((3, 4),), True, -1)
    assert effect_from(json.loads(json.dumps(effect))) == effect
    assert effect_from([False, 1]) == Effect(False, 1)  # of an older version


@pytest.mark.parametrize("spoiled", [None, "x", 1.5, [[1]], ["12"], {"a": 1}, True])
@pytest.mark.parametrize("place", range(7))
def test_what_is_no_context_is_refused(place: int, spoiled: Any) -> None:
    stored: list[Any] = [1, 2, 0, 3, [[4, 1]], 5, [6, 7]]
    with pytest.raises((ValueError, TypeError)):
        context_from([*stored[:place], spoiled, *stored[place + 1 :]])


@pytest.mark.parametrize("spoiled", [None, "x", 1.5, [[1]], ["12"], {"a": 1}, 2])
@pytest.mark.parametrize("place", range(6))
def test_what_is_no_effect_is_refused(place: int, spoiled: Any) -> None:
    stored: list[Any] = [True, 1, 2, [[3, 4]], False, 1]
    if type(stored[place]) is int and spoiled == 2:
        pytest.skip("a whole number is as good")
    with pytest.raises((ValueError, TypeError)):
        effect_from([*stored[:place], spoiled, *stored[place + 1 :]])
