"""Collect an agent's beliefs: of itself, of touching each type, of its table or rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dsrl_agent.explain.beliefs.contacts import ContactStatistics, contacts
from dsrl_agent.explain.policy import names_of
from dsrl_agent.front_end import AnyFrontEnd
from dsrl_agent.front_end.knowledge import AnyKnowledge, RuleBelief
from dsrl_agent.types import Floats


class SelfBelief(NamedTuple):
    """The agent's belief about itself. The fields are keys of the JSON."""

    type: int | None  # its own type, or `None` while nothing responds to the actions
    names: tuple[str, ...]  # the actions' names
    # The effect of each action on each of its appearances: (type, action, rows, columns, type
    # afterwards). An agent that turns has several appearances.
    motions: tuple[tuple[int, int, int, int, int], ...]
    acts: tuple[int, ...] = ()  # actions that do not move it, but act on a cell that they reach


class Promise(NamedTuple):
    """The table's entries for a type at a distance: the best and the worst action there."""

    distance: int  # steps from the agent along rows and columns
    best: float  # the highest entry at this distance
    worst: float  # the lowest
    places: int  # relative positions at this distance that the table has entries for


class TableSize(NamedTuple):
    """The size of a table."""

    entries: int  # its keys
    value_bytes: int  # bytes of their values, 8 each


@dataclass(frozen=True, kw_only=True)
class TypeBelief:
    """The agent's belief about a type of object. The fields are keys of the JSON."""

    type: int
    touched: int  # touches in the agent's whole life
    # their results in the stored transitions; `None` if there are none
    contact: ContactStatistics | None
    # the table's entries, by distance; empty without a table over relations
    promises: tuple[Promise, ...]
    updates: int  # stored transitions that have updated the table about this type


@dataclass(frozen=True, kw_only=True)
class Beliefs:
    """All beliefs of an agent. The fields are keys of the JSON."""

    kind: str  # the front end's kind
    moves: SelfBelief  # the belief about itself
    types: tuple[TypeBelief, ...]  # the belief about every type of object, ascending
    table: TableSize | None  # the size of its table; `None` for a front end of rules
    rules: tuple[RuleBelief, ...]  # its rules; none for a table
    remembered: int  # stored transitions that the counts rest on


def beliefs(front_end: AnyFrontEnd, known: Sequence[int]) -> Beliefs:
    """Return the beliefs of a front end about the types that perception tells apart."""
    knowledge = front_end.knowledge()
    agency = knowledge.agency
    statistics = contacts(knowledge)
    table = TableSize(knowledge.entries, knowledge.value_bytes)
    others = [number for number in known if number not in agency.self_types]
    return Beliefs(
        kind=knowledge.kind,
        moves=_of_itself(knowledge, tuple(names_of(front_end))),
        types=tuple(_belief(knowledge, number, statistics) for number in others),
        table=table if knowledge.rules is None else None,
        rules=knowledge.rules or (),
        remembered=len(knowledge.transitions),
    )


def _of_itself(knowledge: AnyKnowledge, names: tuple[str, ...]) -> SelfBelief:
    """Return the belief about itself; a cell that an action only reaches is no motion."""
    agency, known = knowledge.agency, sorted(knowledge.effects.items())
    movers = {action for (_, action), effect in agency.effects().items() if effect.moves}
    acts = {action for (_, action), effect in known if effect.moves} - movers
    motions = tuple(
        (*key, *effect) for key, effect in known if key[1] in movers or not effect.moves
    )
    return SelfBelief(agency.self_type, names, motions, tuple(sorted(acts)))


def _belief(
    knowledge: AnyKnowledge, number: int, statistics: Mapping[int, ContactStatistics]
) -> TypeBelief:
    contact, totals = statistics.get(number), knowledge.touches.get(number)
    lately = 0 if contact is None else contact.of
    return TypeBelief(
        type=number,
        touched=lately if totals is None else totals.times,
        contact=contact,
        promises=_promises(knowledge, number),
        updates=knowledge.taught.get(number, 0),
    )


def _promises(knowledge: AnyKnowledge, number: int) -> tuple[Promise, ...]:
    rows: dict[int, list[Floats]] = {}
    for (d_row, d_col), row in knowledge.entries_of(number).items():
        rows.setdefault(abs(d_row) + abs(d_col), []).append(row)
    return tuple(
        Promise(distance, float(np.max(found)), float(np.min(found)), len(found))
        for distance, found in sorted(rows.items())
        if distance > 0
    )
