"""Read off transitions how objects change, and tell their motions from being put to a place.

An object that changes its place may have moved by some rows and columns, or may have been put to a
place, as where a cliff throws it back to the start. That it moves explains the same displacement
from several places at the price of one; that it is put explains the same arrival. From a single
place either explains as much: then a step to a cell beside is believed, and a farther one is not.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from dsrl_agent.front_end.rule import require_whole
from dsrl_agent.types import UNKNOWN, Fact, Facts, Transition

Place = tuple[int, int]
"""Row and column."""


class ObservedChange(NamedTuple):
    """A change of an object whose type a frame shows exactly once."""

    type: int  # its type before
    action: int
    new_type: int  # its type after
    d_row: int  # rows that it went down
    d_col: int  # columns that it went right


class PlaceChange(NamedTuple):
    """A change of an object's place, whatever it looks like afterwards."""

    type: int  # its type before
    action: int
    d_row: int  # rows that it went down
    d_col: int  # columns that it went right

    @property
    def is_step(self) -> bool:
        """Whether it leads to a cell beside."""
        return abs(self.d_row) + abs(self.d_col) == 1

    @property
    def moves(self) -> bool:
        """Whether it changes the place at all."""
        return (self.d_row, self.d_col) != (0, 0)


def place_change_of(change: ObservedChange) -> PlaceChange:
    """Return where a change leads."""
    return PlaceChange(change.type, change.action, change.d_row, change.d_col)


class Overview(NamedTuple):
    """What a frame shows of each type."""

    types: tuple[int, ...]  # the types seen, ascending
    pairs: tuple[tuple[int, int], ...]  # those seen together
    singles: dict[int, Fact]  # by type, the facts of types seen once; two unknown ones may differ


@lru_cache(maxsize=256)  # facts are looked at after one step and before the next
def overview(facts: Facts) -> Overview:
    """Return what a frame shows of each type."""
    found: dict[int, Fact] = {}
    several = {UNKNOWN}
    for fact in facts:
        if fact[0] in found:
            several.add(fact[0])
        found[fact[0]] = fact
    types = tuple(sorted(found))
    singles = {number: fact for number, fact in found.items() if number not in several}
    return Overview(types, tuple(itertools.combinations(types, 2)), singles)


def changes_of(transition: Transition) -> list[tuple[ObservedChange, Place]]:
    """Return the changes that a transition shows, each with the place where it began."""
    before, after = overview(transition.facts), overview(transition.next_facts)
    old, new = before.types, after.types
    came = [fact for number, fact in after.singles.items() if number not in old]
    found = []
    for number, a in before.singles.items():
        if number in after.singles:
            followers = [after.singles[number]]
        elif number not in new:
            followers = [b for b in came if abs(b.row - a.row) + abs(b.col - a.col) <= 1]
        else:
            followers = []
        for b in followers:
            d_row, d_col = b.row - a.row, b.col - a.col
            change = ObservedChange(number, transition.action, b.type, d_row, d_col)
            found.append((change, (a.row, a.col)))
    return found


class Displacements:
    """Remembers from which places objects were displaced: two places of each displacement."""

    def __init__(self) -> None:
        self._places: dict[PlaceChange, list[Place]] = {}
        self._thrown: dict[int, Counter[Place]] = {}  # by type, where single farther ones arrive

    def add(self, change: ObservedChange, place: Place) -> bool:
        """Take a change that began at a place; return whether that may alter what moves."""
        seen = place_change_of(change)
        if not seen.moves:
            return False
        places = self._places.setdefault(seen, [])
        if len(places) > 1 or place in places:
            return False
        places.append(place)
        if not seen.is_step:  # from several places it is a motion of its own
            thrown = self._thrown.setdefault(seen.type, Counter())
            thrown[_arrival(seen, places[0])] += 1 if len(places) == 1 else -1
        return True

    def several(self, seen: PlaceChange) -> bool:
        """Say whether a displacement was seen from several places."""
        return len(self._places.get(seen, ())) > 1

    def is_put(self, seen: PlaceChange) -> bool:
        """Say whether a change of place is no motion, as far as is known, but being put to a place.

        A step from a single place is one where farther changes, of whatever action, arrive there.
        """
        places = self._places.get(seen, [])
        if len(places) != 1:
            return False
        thrown = self._thrown.get(seen.type, Counter())
        return not seen.is_step or thrown[_arrival(seen, places[0])] > 0

    def puts(self, types: Iterable[int]) -> frozenset[PlaceChange]:
        """Return the steps of objects of some types that are no motions: they were put."""
        chosen = frozenset(types)
        own = (seen for seen in self._places if seen.type in chosen and seen.is_step)
        return frozenset(seen for seen in own if self.is_put(seen))

    def state(self) -> list[list[int]]:
        """Return the places for a checkpoint, a list of numbers for each."""
        return [[*seen, *place] for seen, places in self._places.items() for place in places]

    def load(self, state: list[list[int]], changes: Iterable[ObservedChange] = ()) -> None:
        """Take what `state()` gave, and the changes counted so far.

        Older versions kept no places: what they counted passes for motion. The places from where it
        is said to have led arrive at none of a grid.
        """
        self._places, self._thrown = {}, {}
        for row in state:
            require_whole(*row)
            number, action, d_row, d_col, *place = row
            self.add(ObservedChange(number, action, number, d_row, d_col), (place[0], place[1]))
        for change in () if state else changes:
            for col in range(2):
                self.add(change, (-1 - change.d_row, col))


def _arrival(seen: PlaceChange, place: Place) -> Place:
    return place[0] + seen.d_row, place[1] + seen.d_col
