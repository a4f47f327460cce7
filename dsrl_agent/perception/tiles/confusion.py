"""Notice that a sight of things takes tiles for one another that are told apart."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import permutations
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.types import EMPTY, UNKNOWN, Ints

Place = tuple[int, int]
"""A row and a column."""


class TileContacts(NamedTuple):
    """The times that the agent went for a tile."""

    entered: int = 0  # it came to stand there
    # it stayed where it was; from the same place for the same cell this counts once
    blocked: int = 0
    # it stayed where it was, and the tile became this other one: how often
    turned: Mapping[int, int] = MappingProxyType({})


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


def contacts_of(
    before: Ints, actions: Ints, after: Ints, own: frozenset[int]
) -> dict[int, TileContacts]:
    """Return, by tile, how the agent fared that went for it.

    `before` and `after` `[N, rows, cols]` are the tiles around each of the actions `[N]`; `own` are
    those of the agent. An action goes for the cell to which it most often leads an agent of this
    look.
    """
    seen = list(_steps(before, actions, after, own))
    led: dict[tuple[int, int], Counter[Place]] = {}
    for step in seen:
        if any(step.moved):
            led.setdefault((step.look, step.action), Counter())[step.moved] += 1
    entered, held_up = Counter[int](), set[tuple[int, Place, Place]]()
    turned: dict[int, Counter[int]] = {}
    for step in seen:
        if (step.look, step.action) not in led:
            continue
        (down, right), _ = led[step.look, step.action].most_common(1)[0]
        target = (step.start[0] + down, step.start[1] + right)
        if not all(0 <= at < size for at, size in zip(target, step.before.shape, strict=True)):
            continue
        tile = int(step.before[target])
        if step.moved == (down, right):
            entered[tile] += 1
        elif not any(step.moved):
            now = int(step.after[target])
            if now == tile:
                held_up.add((tile, step.start, target))
            else:
                turned.setdefault(tile, Counter())[now] += 1
    stops = Counter(tile for tile, _, _ in held_up)
    met = {*entered, *stops, *turned}
    return {
        tile: TileContacts(entered[tile], stops[tile], turned.get(tile, Counter())) for tile in met
    }


class _TileStep(NamedTuple):
    """A step of an agent that is seen once before and after."""

    look: int
    action: int
    start: Place
    moved: Place  # rows down and columns right
    before: Ints  # `[rows, cols]`: the tiles
    after: Ints


def _steps(before: Ints, actions: Ints, after: Ints, own: frozenset[int]) -> Iterator[_TileStep]:
    for tiles, action, then in zip(before, actions.tolist(), after, strict=True):
        start, end = (np.argwhere(np.isin(each, list(own))).tolist() for each in (tiles, then))
        if len(start) == len(end) == 1:
            (row, col), (to_row, to_col) = start[0], end[0]
            moved = (to_row - row, to_col - col)
            yield _TileStep(int(tiles[row, col]), action, (row, col), moved, tiles, then)


def takes_unlike_for_alike(
    types: Ints, tiles: Ints, met: Mapping[int, TileContacts], thresholds: TilesThresholds
) -> bool:
    """Return whether tiles are taken for one that the agent has found to be different.

    Some let it in, and others never do: that they would do so by chance, were they alike, is at
    most one in `chances`. With `e` entries of the one and `b` stops before the other it is one in
    `e + b` over `e`. Or one becomes the other, at least `turned` times, when it goes for it.
    """
    shown, chances = _tiles_of(types, tiles), thresholds.chances
    groups = [group for of, group in shown.items() if of not in (EMPTY, UNKNOWN)]
    if any(
        times >= thresholds.turned and {tile, now} <= group
        for group in groups
        for tile in group & met.keys()
        for now, times in met[tile].turned.items()
    ):
        return True
    return any(
        not way.blocked and not wall.entered
        and math.comb(way.entered + wall.blocked, way.entered) >= chances
        for group in groups
        for way, wall in permutations([met.get(tile, TileContacts()) for tile in sorted(group)], 2)
    )  # fmt: skip


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
