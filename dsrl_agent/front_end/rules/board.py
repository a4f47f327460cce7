"""Represent a scene for rules: the content of each cell, the agent's place, the things taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from dsrl_agent.front_end.rule import Taken, in_pairs, require_whole
from dsrl_agent.types import EDGE, FREE, frozen


class SinceStart(NamedTuple):
    """What has come and gone in a scene since the episode began, ascending."""

    came: tuple[int, ...] = ()  # types that were not there
    gone: tuple[int, ...] = ()  # types of which nothing is left
    last: tuple[int, ...] = ()  # types of which one thing is left

    def gone_beside(self, front: int) -> tuple[int, ...]:
        """Return the types of which nothing is left beside a thing of type `front`."""
        return tuple(sorted((*self.gone, front))) if front in self.last else self.gone


class Board(NamedTuple):
    """A scene, hashable. Places are cells counted row by row."""

    shape: tuple[int, int]  # rows and columns
    # the type at each place, or `FREE`; at the agent's place, what it stands on
    cells: tuple[int, ...]
    place: int  # where the agent stands
    body: int  # the agent's type: one of its appearances
    taken: Taken = ()  # the things it has taken
    held: int = FREE  # the type of the thing in hand, or `FREE`

    def at(self, place: int) -> int:
        """Return the type at a place; place -1 is beyond the edge."""
        return EDGE if place < 0 else self.cells[place]

    def since(self, start: frozenset[int]) -> SinceStart:
        """Return what has come and gone; `start` holds the types seen when the episode began."""
        return _since(self.cells, start)

    def standing(self, place: int, body: int) -> Board:
        """Return the scene with the agent elsewhere, or of another appearance."""
        # `_replace` takes three times as long, and searches do this for every contact.
        return Board(self.shape, self.cells, place, body, self.taken, self.held)


def board_from(state: Iterable[Any]) -> Board:
    """Return a board that a checkpoint holds, after a round through JSON.

    Raises:
        TypeError, ValueError: It is no such board.
    """
    board = Board(*(frozen(part) for part in state))
    (rows, cols), cells = board.shape, board.cells
    require_whole(rows, cols, *cells, board.place, board.body, *in_pairs(board.taken), board.held)
    if min(rows, cols) < 1 or len(cells) != rows * cols or not 0 <= board.place < len(cells):
        raise ValueError(f"{len(cells)} cells and the place {board.place} are no {rows} x {cols}")
    return board


@lru_cache(maxsize=1024)
def came_up(cells: tuple[int, ...], start: frozenset[int]) -> tuple[int, ...]:
    """Return the types in the cells that are not among those of the start, ascending."""
    return tuple(sorted(set(cells) - start - {FREE}))


@lru_cache(maxsize=256)
def steps(shape: tuple[int, int], d_row: int, d_col: int) -> tuple[int, ...]:
    """Return for each place the place that a displacement leads to, or -1 beyond the edge."""
    rows, cols = shape
    return tuple(
        (row + d_row) * cols + col + d_col
        if 0 <= row + d_row < rows and 0 <= col + d_col < cols
        else -1
        for row in range(rows)
        for col in range(cols)
    )


@lru_cache(maxsize=1024)
def with_taken(taken: Taken, number: int, times: int = 1) -> Taken:
    """Return the things taken after a type was taken `times` times more."""
    counts = dict(taken)
    counts[number] = counts.get(number, 0) + times
    return tuple(sorted((of, count) for of, count in counts.items() if count > 0))


def replaced(cells: tuple[int, ...], changes: dict[int, int]) -> tuple[int, ...]:
    """Return cells with the changes, by place, made."""
    changed = list(cells)
    for place, label in changes.items():
        changed[place] = label
    return tuple(changed)


@lru_cache(maxsize=1024)
def _since(cells: tuple[int, ...], start: frozenset[int]) -> SinceStart:
    counts = Counter(cells)
    gone, last = start - counts.keys(), (of for of in start if counts[of] == 1)
    return SinceStart(came_up(cells, start), tuple(sorted(gone)), tuple(sorted(last)))
