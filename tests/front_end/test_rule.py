"""Conditions of rules: the answers of tests about a context."""

from __future__ import annotations

import pytest
from drawings import DOWN, RIGHT, TYPES

from dsrl_agent.front_end.rule import Condition, Context, ContextTest
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
