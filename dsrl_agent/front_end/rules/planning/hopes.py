"""Say what the good things of a scene may still give: the optimistic bound of the search for plans.

Whoever fetches several things goes from one to the next, and no way through all of them is shorter
than the tree that joins them with the fewest steps (Prim 1957), which takes no time to find.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from dsrl_agent.front_end.rules.board import Board
from dsrl_agent.types import FREE, Shape


class Hope(NamedTuple):
    """What the good things of a scene may give; in units."""

    goods: int  # the number of good things, and of goods that are no things
    whole: float  # their gain
    most: float  # that less the steps that it takes at least from anywhere
    # where the things are; none where the steps between them are not known
    places: tuple[int, ...] = ()
    gains: tuple[float, ...] = ()  # of each of them
    joined: float = 0.0  # with places: the gain less the steps between them


_NOTHING = Hope(0, 0.0, 0.0)


@dataclass(frozen=True)
class Hopes:
    """Works out hopes.

    `worth` tells the highest gain that a type, or an empty place, may give, `step` is the price of
    a step, and `stride` the most cells that a step leads away; 0 says that ways cannot be told from
    places, as where things are carried or the agent is thrown. Of more than `exact` good things
    only one step is counted for each.
    """

    worth: Callable[[int], float]  # in units, 0 or less of what is not good
    step: float  # in units
    stride: int = 0
    exact: int = 6
    _found: dict[object, Hope] = field(default_factory=dict, init=False)

    def of(self, board: Board) -> Hope:
        """Return the hope of a scene."""
        worth = self.worth
        things = enumerate(board.cells)
        places = [place for place, label in things if label != FREE and worth(label) > 0.0]
        gains = [worth(board.cells[place]) for place in places]
        empty = worth(FREE)  # to put a thing down may be worth something, anywhere
        if empty > 0.0:
            gains.append(empty)
        if not self.stride or empty > 0.0 or not 0 < len(places) <= self.exact:
            return Hope(len(gains), sum(gains), self._apart(gains))
        return self._together(board.shape, tuple(places), tuple(gains))

    def without(self, hope: Hope, shape: Shape, place: int) -> Hope:
        """Return what is left of a hope that knows places when nothing is at one of them."""
        if place not in hope.places:
            return hope
        found = hope.places.index(place)
        places = hope.places[:found] + hope.places[found + 1 :]
        gains = hope.gains[:found] + hope.gains[found + 1 :]
        return self._together(shape, places, gains) if places else _NOTHING

    def at(self, hope: Hope, shape: Shape, place: int) -> float:
        """Return what is left of a hope for an agent at a place."""
        if not hope.places:
            return hope.most
        away = steps_from(shape, place, self.stride)
        return hope.joined - self.step * max(1, min([away[good] for good in hope.places]))

    def _apart(self, gains: Iterable[float]) -> float:
        """Return gains, each less the price of a step."""
        return sum([max(0.0, gain - self.step) for gain in gains])

    def _together(self, shape: Shape, places: tuple[int, ...], gains: tuple[float, ...]) -> Hope:
        """Return the gains of all things together, less the steps that join them."""
        key = (shape, places, gains)
        if key not in self._found:
            if min(gains) < self.step * sum(shape):  # one may not be worth the way
                found = Hope(len(gains), sum(gains), self._apart(gains))
            else:
                whole = sum(gains)
                joined = whole - self.step * self._tree(shape, places)
                found = Hope(len(gains), whole, joined - self.step, places, gains, joined)
            self._found[key] = found
        return self._found[key]

    def _tree(self, shape: Shape, places: Sequence[int]) -> int:
        """Return the steps along the shortest tree that joins some places."""
        total, left = 0, dict.fromkeys(places[1:], sum(shape))
        last = places[0]
        while left:
            away = steps_from(shape, last, self.stride)
            for place, nearest in left.items():
                left[place] = min(nearest, away[place])
            last = min(left, key=left.__getitem__)
            total += left.pop(last)
        return total


@lru_cache(maxsize=4096)
def steps_from(shape: Shape, place: int, stride: int) -> tuple[int, ...]:
    """Return the least steps from a place to each, with nothing in the way.

    `stride` is the most cells that a step leads away, rows and columns together.
    """
    rows, cols = shape
    row, col = divmod(place, cols)
    return tuple(
        -(-(abs(to_row - row) + abs(to_col - col)) // stride)
        for to_row in range(rows)
        for to_col in range(cols)
    )
