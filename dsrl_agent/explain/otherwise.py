"""What would have made the agent act otherwise: the nearest fact whose change flips the action."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dsrl_agent.explain.deciding import (
    Actions,
    Judge,
    objects_by_distance,
    replaced,
    without,
)
from dsrl_agent.types import Fact, Facts


class Otherwise(NamedTuple):
    """A change of one fact, and what the agent would do then.

    Attributes:
        fact: The fact that changes.
        becomes: Its type then; `None` if it is taken away.
        actions: The greedy actions then.
        flips: Whether the action taken is none of them; else they only tie otherwise.
    """

    fact: Fact
    becomes: int | None
    actions: Actions
    flips: bool


def otherwise(
    judge: Judge, agent: Fact, facts: Facts, types: Sequence[int], taken: int
) -> Otherwise | None:
    """Return the nearest change of one fact that flips the action.

    Taking a fact away comes before another type for it. Where no change of one fact makes the
    agent drop its action, the nearest that makes others as good is returned, and `None` where
    there is none either.

    Args:
        judge: Tells what the agent would do.
        agent: Its own fact.
        facts: The scene.
        types: The types that an object may change to.
        taken: The action, one of the greedy ones.
    """
    whole = judge(facts)
    weak: Otherwise | None = None
    for fact, becomes, changed in _changes(agent, facts, types):
        actions = judge(changed)
        if taken not in actions:
            return Otherwise(fact, becomes, actions, flips=True)
        if weak is None and actions != whole:
            weak = Otherwise(fact, becomes, actions, flips=False)
    return weak


def _changes(
    agent: Fact, facts: Facts, types: Sequence[int]
) -> Iterator[tuple[Fact, int | None, Facts]]:
    for fact in objects_by_distance(agent, facts):
        yield fact, None, without(facts, [fact])
        for number in types:
            if number != fact.type:
                yield fact, number, replaced(facts, fact, fact._replace(type=number))
