"""Find the nearest counterfactual: the change of one fact that flips the action."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dsrl_agent.explain.policy import Actions, Policy, objects_by_distance, replaced, without
from dsrl_agent.types import Fact, Facts


class Counterfactual(NamedTuple):
    """A change of one fact, and the agent's actions then. The fields are keys of the JSON."""

    fact: Fact  # the fact that changes
    becomes: int | None  # its type then; `None` if it is taken away
    actions: Actions  # the greedy actions then
    flips: bool  # whether the action taken is none of them; otherwise only the ties differ


def counterfactual(
    policy: Policy, agent: Fact, facts: Facts, types: Sequence[int], taken: int
) -> Counterfactual | None:
    """Return the nearest change of one fact that flips the action.

    A fact is first taken away, then given another type. Where no change of one fact makes the
    agent drop its action, the nearest that makes others as good is returned, and `None` where
    there is none either. `types` are those that an object may change to, and `taken` is the action,
    one of the greedy ones.
    """
    whole = policy(facts)
    weak: Counterfactual | None = None
    for fact, becomes, changed in _changes(agent, facts, types):
        actions = policy(changed)
        if taken not in actions:
            return Counterfactual(fact, becomes, actions, flips=True)
        if weak is None and actions != whole:
            weak = Counterfactual(fact, becomes, actions, flips=False)
    return weak


def _changes(
    agent: Fact, facts: Facts, types: Sequence[int]
) -> Iterator[tuple[Fact, int | None, Facts]]:
    for fact in objects_by_distance(agent, facts):
        yield fact, None, without(facts, [fact])
        for number in types:
            if number != fact.type:
                yield fact, number, replaced(facts, fact, fact._replace(type=number))
