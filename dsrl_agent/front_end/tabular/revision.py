"""Revise entries of tables by hand: those that bear on a scene."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from dsrl_agent.front_end.describe import action_names
from dsrl_agent.front_end.protocol import AnyFrontEnd
from dsrl_agent.front_end.revision import RevisableBelief, RevisableField
from dsrl_agent.front_end.rules.tracking import TrackedScene
from dsrl_agent.front_end.tabular.contact_table import AffairsKey, ContactTable, key_of
from dsrl_agent.types import FREE, GOING, Floats, frozen


class Entry(NamedTuple):
    """A row of a table that bears on a scene."""

    key: tuple[Any, ...]
    says: str  # what it is about; types are called by number
    values: Floats  # `[A]`; nan where nothing is known


def entry_beliefs(
    front_end: AnyFrontEnd, entries: Iterable[Entry], actions: Iterable[int] | None = None
) -> tuple[RevisableBelief, ...]:
    """Return rows of a table as beliefs with a field for each action, or for some of them."""
    words = action_words(front_end)
    shown = range(front_end.num_actions) if actions is None else sorted(actions)
    return tuple(
        RevisableBelief(
            json.dumps(entry.key),
            entry.says,
            tuple(RevisableField(words[action], _known(entry.values[action])) for action in shown),
        )
        for entry in entries
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def action_words(front_end: AnyFrontEnd) -> list[str]:
    """Return a name of its own for every action: its number where two would have the same."""
    names = action_names(front_end)
    counts = Counter(names)
    return [f"action {n}" if counts[name] > 1 else name for n, name in enumerate(names)]


def read_revision(front_end: AnyFrontEnd, key: str, name: str) -> tuple[Any, int]:
    """Return the row's key and the action that a revision is of.

    Raises:
        KeyError: There is no such action.
    """
    words = action_words(front_end)
    if name not in words:
        raise KeyError(name)
    return frozen(json.loads(key)), words.index(name)


def contact_entries(scene: TrackedScene, table: ContactTable, num_actions: int) -> list[Entry]:
    """Return the rows of a table of contacts for the types in a scene."""
    board = scene.board
    if board is None:
        return []
    fronts = sorted({front for front in board.cells if front != FREE})
    unknown = np.full(num_actions, np.nan)
    keys = [key_of(board, scene.start, front) for front in fronts]
    return [
        Entry(tuple(key), f"reaching type {key.front} as things are", table.rows.get(key, unknown))
        for key in keys
    ]


def revise_contact(table: ContactTable, key: tuple[Any, ...], action: int, value: float) -> None:
    """Give an entry of a table of contacts another value; moving actions share theirs."""
    row = table.rows.setdefault(AffairsKey(*key), np.full(table.num_actions, np.nan))
    going = table.verbs.of(action) == GOING
    row[sorted(table.verbs.moving or ()) if going and table.verbs.moving else action] = value
