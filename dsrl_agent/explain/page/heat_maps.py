"""Lay out the table's entries for each type as heat maps around the agent."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from dsrl_agent.explain.policy import greedy, near_entries, telling
from dsrl_agent.front_end.knowledge import AnyKnowledge
from dsrl_agent.front_end.relations import rounding
from dsrl_agent.types import Floats

_NO_USE = "\N{MULTIPLICATION SIGN}"
_WRITTEN = 3  # digits after the point


class Square(NamedTuple):
    """The table's entry for an object at a place around the agent."""

    col: int  # from the left of the map
    row: int  # from the top
    share: float  # of the largest value in all maps: 1 the best, -1 the worst
    marks: str  # arrows to where the best actions lead; a cross where none is worth anything
    title: str  # the place and the value of each action


class HeatMap(NamedTuple):
    """The table's entries for a type at all places around the agent."""

    number: int  # of the type
    cols: int
    rows: int
    middle: tuple[int, int]  # column and row of the agent
    squares: tuple[Square, ...]


def heat_maps(
    knowledge: AnyKnowledge, known: Sequence[int], actions: Sequence[str]
) -> list[HeatMap]:
    """Return a map of each type that the table has entries for; `actions` are names."""
    own = knowledge.agency.self_types
    entries = {number: knowledge.entries_of(number) for number in known if number not in own}
    values = [abs(telling(row)) for found in entries.values() for row in found.values()]
    most = max(values, default=0.0) or 1.0
    moves = knowledge.agency.moves()
    return [_map(number, found, most, moves, actions) for number, found in entries.items() if found]


def _map(
    number: int,
    found: Mapping[tuple[int, int], Floats],
    most: float,
    moves: Mapping[int, tuple[int, int]],
    actions: Sequence[str],
) -> HeatMap:
    down, right, entries = near_entries(found)
    squares = tuple(
        Square(
            col + right,
            row + down,
            telling(entry) / most,
            "" if (row, col) == (0, 0) else _marks(entry, moves),
            _title(row, col, entry, actions),
        )
        for (row, col), entry in sorted(entries.items())
    )
    return HeatMap(number, 2 * right + 1, 2 * down + 1, (right, down), squares)


def _marks(entry: Floats, moves: Mapping[int, tuple[int, int]]) -> str:
    same = rounding(entry)
    if np.ptp(entry) <= same:
        return ""
    if entry.max() <= same:
        return _NO_USE
    return "".join(_arrow(*moves.get(action, (0, 0))) for action in sorted(greedy(entry)))


def _arrow(down: int, right: int) -> str:
    """Return an arrow in the nearest of 8 directions, a dot for no move."""
    if (down, right) == (0, 0):
        return "·"
    eighth = round(math.atan2(down, right) / (math.pi / 4)) % 8
    return "→↘↓↙←↖↑↗"[eighth]


def _title(row: int, col: int, entry: Floats, actions: Sequence[str]) -> str:
    worth = ", ".join(
        f"{name} {value:+.{_WRITTEN}f}" for name, value in zip(actions, entry, strict=True)
    )
    return f"{row:+d} rows, {col:+d} columns: {worth}"
