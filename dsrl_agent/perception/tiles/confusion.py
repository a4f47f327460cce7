"""Notice that a sight of things takes tiles for one another that are told apart."""

from __future__ import annotations

import numpy as np

from dsrl_agent.types import EMPTY, UNKNOWN, Ints


def confuses(types: Ints, tiles: Ints, own: frozenset[int]) -> bool:
    """Return whether a sight confuses tiles, from its types `[B, rows, cols]` in the same cells.

    `tiles` `[B, rows, cols]` are the types by the tiles alone, of which `own` are the agent's. What
    looks like the agent elsewhere is taken for it. Where equal shapes differ in colour or size,
    they do so throughout, so that each type has several tiles. Where some types have several and
    others one, things that happen to be of one shape are taken for one another.
    """
    shown = _tiles_of(types, tiles)
    groups = [group for number, group in shown.items() if number not in (EMPTY, UNKNOWN)]
    others = [group for group in groups if not own & group]
    if any(own & group and group - own for group in groups):
        return True
    looks = [len(group) for group in others]
    return min(looks, default=1) == 1 < max(looks, default=1)


def takes_for_floor(types: Ints, tiles: Ints) -> bool:
    """Return whether some tile is taken for the floor; the arguments are those of `confuses`."""
    return EMPTY in _tiles_of(types, tiles)


def _tiles_of(types: Ints, tiles: Ints) -> dict[int, set[int]]:
    """Return the tiles that are mostly taken for each type."""
    shown: dict[int, set[int]] = {}
    for tile in np.setdiff1d(tiles, [EMPTY, UNKNOWN]).tolist():
        numbers, counts = np.unique(types[tiles == tile], return_counts=True)
        shown.setdefault(int(numbers[counts.argmax()]), set()).add(tile)
    return shown
