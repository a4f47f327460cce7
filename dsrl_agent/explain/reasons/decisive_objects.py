"""Find the decisive objects of a scene: a smallest set that is sufficient and necessary.

A set is sufficient if the agent would do the same were these objects alone with it. The set is
necessary if the agent would do otherwise were only they missing. An explanation names the smallest
set that is both, of equal ones the set nearest to the agent. The agent's own policy is queried: an
object's part in the values is the part that the agent gives it in the scene that is left.
"""

from __future__ import annotations

from itertools import chain, combinations, islice
from typing import NamedTuple

from dsrl_agent.explain.policy import Actions, Policy, objects_by_distance, without
from dsrl_agent.types import Fact, Facts

_LARGEST = 3  # objects of a set; all smaller sets are tried, up to _MOST_SETS
_MOST_SETS = 600


class DecisiveObjects(NamedTuple):
    """The objects that decide a scene. The fields are keys of the JSON."""

    objects: Facts  # the objects, the nearest to the agent first
    suffice: bool  # whether the agent does the same where they alone are left
    necessary: bool  # whether the agent does otherwise where they alone are missing
    smallest: bool  # whether no smaller set is both; not all large sets are tried


def decisive_objects(policy: Policy, agent: Fact, facts: Facts) -> DecisiveObjects:
    """Return the objects that decide which actions are greedy; `agent` is its own fact."""
    whole = policy(facts)
    objects = objects_by_distance(agent, facts)
    sets = chain.from_iterable(combinations(objects, size) for size in range(1, _LARGEST + 1))
    for few in islice(sets, _MOST_SETS):
        if _suffice(policy, agent, few, whole) and policy(without(facts, few)) != whole:
            return DecisiveObjects(few, suffice=True, necessary=True, smallest=True)
    grown = _grown(policy, agent, facts, whole)
    suffice = _suffice(policy, agent, grown, whole)
    necessary = policy(without(facts, grown)) != whole
    return DecisiveObjects(grown, suffice, necessary, smallest=False)


def _suffice(policy: Policy, agent: Fact, objects: Facts, whole: Actions) -> bool:
    return policy(tuple(sorted((agent, *objects)))) == whole


def _grown(policy: Policy, agent: Fact, facts: Facts, whole: Actions) -> Facts:
    """Return an irreducible sufficient set, united with the sets that could replace it."""
    named: set[Fact] = set()
    rest = facts
    while policy(rest) == whole and len(rest) > 1:
        enough = _irreducible(policy, agent, rest, whole)
        if not enough:  # the agent does this even alone
            break
        named |= set(enough)
        rest = without(rest, enough)
    return objects_by_distance(agent, tuple(named))


def _irreducible(policy: Policy, agent: Fact, facts: Facts, whole: Actions) -> Facts:
    """Drop objects, the farthest first, as long as the rest suffices."""
    kept = facts
    for fact in reversed(objects_by_distance(agent, facts)):
        fewer = without(kept, [fact])
        if policy(fewer) == whole:
            kept = fewer
    return without(kept, [agent])
