"""What the agent believes: of itself, of touching each type, and what its table or rules say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dsrl_agent.explain.contacts import Contact, contacts
from dsrl_agent.explain.deciding import Explained, names_of
from dsrl_agent.explain.rules import RuleBelief, rule_beliefs
from dsrl_agent.front_end import TabularFrontEnd
from dsrl_agent.front_end.rules.front_end import RulesFrontEnd
from dsrl_agent.types import Floats


class Moves(NamedTuple):
    """What the agent believes of itself.

    Attributes:
        type: Its own type, or `None` while nothing responds to the actions.
        names: The actions' names.
        motions: What each action does to each of its looks: (type, action, rows, columns, type
            afterwards). An agent that turns has several looks.
    """

    type: int | None
    names: tuple[str, ...]
    motions: tuple[tuple[int, int, int, int, int], ...]


class Promise(NamedTuple):
    """What a table says of a type at a distance: the best and the worst action there.

    Attributes:
        distance: Steps from the agent along rows and columns.
        best: The highest entry at this distance.
        worst: The lowest.
        places: Relative positions at this distance that the table has entries for.
    """

    distance: int
    best: float
    worst: float
    places: int


class Table(NamedTuple):
    """How large a table is.

    Attributes:
        entries: Its keys.
        value_bytes: What their values take, 8 bytes each.
    """

    entries: int
    value_bytes: int


@dataclass(frozen=True)
class TypeBelief:
    """What the agent believes of a type of object.

    Attributes:
        type: The type.
        touched: How often it was touched in the agent's whole life.
        contact: What came of it, by the transitions remembered; `None` if none is among these.
        promises: What the table says, by distance; empty for a table of whole scenes.
        updates: Remembered transitions that have taught the table about this type.
    """

    type: int
    touched: int
    contact: Contact | None
    promises: tuple[Promise, ...]
    updates: int


@dataclass(frozen=True)
class Beliefs:
    """All that an agent believes.

    Attributes:
        kind: The front end.
        moves: About itself.
        types: About every type of object, ascending.
        table: How large its table is; `None` for a front end without one.
        rules: Its rules; none for a table.
        remembered: Transitions that the counts rest on.
    """

    kind: str
    moves: Moves
    types: tuple[TypeBelief, ...]
    table: Table | None
    rules: tuple[RuleBelief, ...]
    remembered: int


def beliefs(front_end: Explained, known: Sequence[int]) -> Beliefs:
    """Return what a front end believes.

    Args:
        front_end: Who.
        known: The types that perception tells apart, the agent's among them.
    """
    agency = front_end.agency
    came = contacts(agency, front_end.memory)
    taught = _updates_by_type(front_end)
    types = tuple(
        TypeBelief(
            number,
            _touched(front_end, number, came),
            came.get(number),
            _promises(front_end, number),
            taught[number],
        )
        for number in known
        if number not in own_types(front_end)
    )
    motions = tuple(
        (look, action, motion.d_row, motion.d_col, motion.type)
        for (look, action), motion in sorted(agency.motions().items())
    )
    return Beliefs(
        front_end.kind,
        Moves(agency.self_type, tuple(names_of(front_end)), motions),
        types,
        table_size(front_end),
        rule_beliefs(front_end) if isinstance(front_end, RulesFrontEnd) else (),
        len(front_end.memory),
    )


def own_types(front_end: Explained) -> frozenset[int]:
    """Return the types that are the agent's own: none while nothing responds to the actions."""
    return front_end.agency.self_types


def table_size(front_end: Explained) -> Table | None:
    """Return how large a front end's table is, `None` if it has none."""
    if not isinstance(front_end, TabularFrontEnd):
        return None
    rows = front_end.table.values()
    return Table(len(rows), sum(row.nbytes for row in rows))


def entries_of(front_end: Explained, number: int) -> dict[tuple[int, int], Floats]:
    """Return the table's entries for a type by relative position (rows, columns)."""
    if not isinstance(front_end, TabularFrontEnd) or front_end.kind == "flat":
        return {}
    keys = [key for key in front_end.table if isinstance(key, tuple) and key[0] == number]
    return {(key[1], key[2]): front_end.table[key] for key in keys}


def _touched(front_end: Explained, number: int, came: Mapping[int, Contact]) -> int:
    if isinstance(front_end, TabularFrontEnd) and number in front_end.touches:
        return front_end.touches[number].times
    return came[number].of if number in came else 0


def _promises(front_end: Explained, number: int) -> tuple[Promise, ...]:
    rows: dict[int, list[Floats]] = {}
    for (d_row, d_col), row in entries_of(front_end, number).items():
        rows.setdefault(abs(d_row) + abs(d_col), []).append(row)
    return tuple(
        Promise(
            distance,
            max(float(row.max()) for row in found),
            min(float(row.min()) for row in found),
            len(found),
        )
        for distance, found in sorted(rows.items())
        if distance > 0
    )


def _updates_by_type(front_end: Explained) -> Counter[int]:
    counts: Counter[int] = Counter()
    if not isinstance(front_end, TabularFrontEnd) or front_end.kind == "flat":
        return counts
    for transition in front_end.memory:
        keys = (update.key for update in front_end.updates(transition))
        counts.update({key[0] for key in keys if isinstance(key, tuple)})
    return counts
