"""Which objects decide what the agent does: those that an explanation names.

A set of objects decides a scene if the agent would do the same were these objects alone with it
(they suffice), and would not were only they missing (they are necessary). An explanation names the
smallest such set, of equal ones the set nearest to the agent. What the agent would do is asked of
the agent: its parts are those that it gives the objects that are left.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations, islice
from typing import NamedTuple

from dsrl_agent.explain.deciding import Actions, Judge, objects_by_distance, without
from dsrl_agent.types import Fact, Facts

_FEW = 3  # the most objects of the sets that are all tried
_TRIES = 600  # and the most sets


class Named(NamedTuple):
    """The objects that decide a scene.

    Attributes:
        objects: They, the nearest to the agent first.
        suffice: Whether the agent does the same where they alone are left.
        necessary: Whether it does otherwise where they alone are missing.
        smallest: Whether no smaller set does both; large sets are not all tried.
    """

    objects: Facts
    suffice: bool
    necessary: bool
    smallest: bool


def name_objects(judge: Judge, agent: Fact, facts: Facts) -> Named:
    """Return the objects that decide which actions are greedy.

    Args:
        judge: Tells what the agent would do.
        agent: Its own fact.
        facts: The scene.
    """
    whole = judge(facts)
    objects = objects_by_distance(agent, facts)
    for few in islice(_small_sets(objects), _TRIES):
        if _suffice(judge, agent, few, whole) and judge(without(facts, few)) != whole:
            return Named(few, suffice=True, necessary=True, smallest=True)
    grown = _grown(judge, agent, facts, whole)
    return Named(
        grown,
        suffice=_suffice(judge, agent, grown, whole),
        necessary=judge(without(facts, grown)) != whole,
        smallest=False,
    )


def _small_sets(objects: Facts) -> Iterator[Facts]:
    return chain.from_iterable(combinations(objects, size) for size in range(1, _FEW + 1))


def _suffice(judge: Judge, agent: Fact, objects: Facts, whole: Actions) -> bool:
    return judge(tuple(sorted((agent, *objects)))) == whole


def _grown(judge: Judge, agent: Fact, facts: Facts, whole: Actions) -> Facts:
    """Return a set that can be made no smaller, united with those that could stand in for it."""
    named: set[Fact] = set()
    rest = facts
    while judge(rest) == whole and len(rest) > 1:
        enough = _irreducible(judge, agent, rest, whole)
        if not enough:  # the agent does this even alone
            break
        named |= set(enough)
        rest = without(rest, enough)
    return objects_by_distance(agent, tuple(named))


def _irreducible(judge: Judge, agent: Fact, facts: Facts, whole: Actions) -> Facts:
    """Drop objects, the farthest first, as long as what is left suffices."""
    kept = facts
    for fact in reversed(objects_by_distance(agent, facts)):
        fewer = without(kept, [fact])
        if judge(fewer) == whole:
            kept = fewer
    return without(kept, [agent])
