"""Plan the shortest tour that collects everything good (Held & Karp 1962)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations
from math import comb, inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MOST_THINGS = 12  # 2^12 sets of things times the last one: some 1 ms
_MOST_CHOICES = 500  # sets of bad things that might be touched: some 20 ms
_ROUNDING = 1e-9  # values this close are equal
_NEVER = 2**30  # more steps than any walk has

_Walks = tuple[list[int], list[int], list[int]]


def best_tour(
    start: int, worth: Sequence[float], following: Sequence[Sequence[int]], free: Sequence[bool]
) -> list[int] | None:
    """Return the actions of the walk of greatest total worth, the shortest of several.

    Things are collected where they are walked on. `worth` is that of the thing at each place, 0 for
    none; `following` has for each place the places that the actions lead to, and `free` tells which
    places are no walls. The walk is None if too many bad things might be worth touching.
    """
    bads = [place for place, each in enumerate(worth) if each < 0]
    best, best_value, most = None, -inf, sum(each for each in worth if each > 0)
    for count in range(len(bads) + 1):
        least = sum(sorted(-worth[place] for place in bads)[:count])
        if best is not None and most - least < best_value - _ROUNDING:
            break
        if comb(len(bads), count) > _MOST_CHOICES:
            return None
        for touched in combinations(bads, count):
            passable = [ok and (worth[p] >= 0 or p in touched) for p, ok in enumerate(free)]
            goods = _reached(start, worth, following, passable)
            value = sum(worth[place] for place in (*goods, *touched))
            if value < best_value - _ROUNDING:
                continue
            if len(goods) > _MOST_THINGS:
                return None
            tour = shortest_tour(start, goods, following, passable)
            assert tour is not None
            if best is None or value > best_value + _ROUNDING or len(tour) < len(best):
                best, best_value = tour, value
    return best


def _reached(
    start: int,
    worth: Sequence[float],
    following: Sequence[Sequence[int]],
    passable: Sequence[bool],
) -> list[int]:
    """Return the places of good things that there is a way to."""
    steps = _walks_from(start, following, passable)[0]
    return [place for place, each in enumerate(worth) if each > 0 and steps[place] >= 0]


def shortest_tour(
    start: int, goods: Sequence[int], following: Sequence[Sequence[int]], passable: Sequence[bool]
) -> list[int] | None:
    """Return the actions of a shortest walk over all goods, None if one cannot be reached.

    Start and goods are places; `passable` tells which places may be entered, goods among them.
    """
    if not goods:
        return []
    ways = [_walks_from(place, following, passable) for place in (start, *goods)]
    steps = np.array([[way[0][place] for place in goods] for way in ways], np.int32)
    if (steps[0] < 0).any():
        return None
    actions: list[int] = []
    before = start
    for good in (goods[number] for number in _order(steps[0], steps[1:])):
        _, came_from, taken = ways[0] if before == start else ways[1 + goods.index(before)]
        leg, place = [], good
        while place != before:
            leg.append(taken[place])
            place = came_from[place]
        actions += leg[::-1]
        before = good
    return actions


def _walks_from(start: int, following: Sequence[Sequence[int]], passable: Sequence[bool]) -> _Walks:
    """Return the steps from the start to each place, the place before it, and the action there.

    Steps are -1 where there is no way.
    """
    steps, came_from, taken = ([-1] * len(following) for _ in range(3))
    steps[start] = 0
    queue = [start]
    for place in queue:  # it grows on the way
        further = steps[place] + 1
        for action, target in enumerate(following[place]):
            if passable[target] and steps[target] < 0:
                steps[target], came_from[target], taken[target] = further, place, action
                queue.append(target)
    return steps, came_from, taken


def _order(first: NDArray[np.int32], between: NDArray[np.int32]) -> list[int]:
    """Return the order of the shortest tour over K things.

    `first` `[K]` has the steps to each thing, `between` `[K, K]` those from one to another, which
    are as many as those back.
    """
    count = len(first)
    # [last thing, things collected]: the least steps
    shortest = np.full((count, 2**count), _NEVER, np.int32)
    each = np.arange(count)
    shortest[each, 1 << each] = first
    for masks, found, grown in _extensions(count):
        totals = (shortest[:, masks][:, None] + between[:, :, None]).min(axis=0)  # [next, set]
        shortest.reshape(-1)[grown] = totals.take(found)
    collected = 2**count - 1
    order = [int(shortest[:, collected].argmin())]
    while len(order) < count:
        last = order[-1]
        collected ^= 1 << last
        order.append(int((shortest[:, collected] + between[:, last]).argmin()))
    return order[::-1]


@cache
def _extensions(count: int) -> list[tuple[NDArray[np.int64], ...]]:
    """Return the sets of each size below `count`, as bits, and what they grow into.

    The latter is two arrays: where a thing and a set that lacks it stand in an array `[thing, set
    of this size]`, and where the thing and the grown set stand in one `[thing, set of any size]`,
    both as places in the flattened arrays.
    """
    sets = np.arange(2**count)
    holds = sets[:, None] >> np.arange(count) & 1
    found: list[Any] = []
    for size in range(1, count):
        masks = sets[holds.sum(axis=1) == size]
        things, numbers = np.nonzero(holds[masks].T == 0)
        grown = masks[numbers] | 1 << things
        found.append((masks, things * len(masks) + numbers, things * len(sets) + grown))
    return found
