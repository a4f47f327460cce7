"""Learn from which sides cells cannot be left: walls that are drawn at the border of a cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from dsrl_agent.front_end.rule import Effect
from dsrl_agent.types import FREE

Side = tuple[int, int, int]
"""The type that the agent stands on, and the displacement of its step: rows and columns."""


class Fences:
    """Counts steps off each type that led on, and those that were held up by nothing else.

    What they went for is kept with the latter: once it is known to hinder by itself, it explains
    them, and they say nothing of the type that the agent stood on.
    """

    def __init__(self) -> None:
        self._passed: Counter[Side] = Counter()
        self._held_up: dict[Side, Counter[int]] = {}  # by what they went for
        # what was found last, and the open types by which it was found; `None` if counts are new
        self._last: tuple[frozenset[int], frozenset[Side]] | None = None

    def learn(self, side: Side, effect: Effect, front: int, *, held_up: bool, hidden: bool) -> bool:
        """Learn from a step; return whether what the agent stood on held it up.

        `front` is what the step went for, and `held_up` says whether it was held up though that
        does not hinder: the cell is empty, or of a type that is always walked over. `hidden` says
        that what the agent stood on was never seen.
        """
        if side[0] == FREE:
            return held_up and hidden
        if held_up or effect.enters:
            self.observe(side, front, passes=effect.enters)
        return held_up

    def observe(self, side: Side, front: int = FREE, *, passes: bool) -> None:
        """Count a step."""
        if passes:
            self._passed[side] += 1
        else:
            self._held_up.setdefault(side, Counter())[front] += 1
        self._last = None

    def closed(self, walkable: frozenset[int]) -> frozenset[Side]:
        """Return the sides to which steps are mostly held up.

        `walkable` holds the types that are always walked over.
        """
        if self._last is None or self._last[0] != walkable:
            sides = (side for side in self._held_up if self._is_closed(side, walkable))
            self._last = walkable, frozenset(sides)
        return self._last[1]

    def state(self) -> list[list[int]]:
        """Return the counts for a checkpoint."""
        sides = sorted(self._passed.keys() | self._held_up.keys())
        held_up = {side: self._held_up.get(side, Counter()) for side in sides}
        empty = [[*side, self._passed[side], held_up[side][FREE]] for side in sides]
        others = ((side, front) for side in sides for front in sorted(held_up[side]))
        return empty + [
            [*side, 0, held_up[side][front], front] for side, front in others if front != FREE
        ]

    def load(self, state: list[list[int]]) -> None:
        """Take what `state()` gave, of this or an older version, which kept no fronts."""
        self._passed, self._held_up, self._last = Counter(), {}, None
        for of, down, right, passed, held_up, *front in state:
            side = of, down, right
            if passed:
                self._passed[side] += passed
            if held_up:
                self._held_up.setdefault(side, Counter())[front[0] if front else FREE] += held_up

    def described(self, walkable: frozenset[int]) -> list[str]:
        """Return a sentence for each fence; `walkable` is as `closed` takes it."""
        ways: Mapping[tuple[int, int], str] = {
            (-1, 0): "upwards", (1, 0): "downwards", (0, -1): "to the left", (0, 1): "to the right",
        }  # fmt: skip
        return [
            f"leaving type {side[0]} {ways.get(side[1:], 'that way')}: held up "
            f"({count} of {count + self._passed[side]} times)"
            for side in sorted(self.closed(walkable))
            for count in (self._count(side, walkable),)
        ]

    def _is_closed(self, side: Side, walkable: frozenset[int]) -> bool:
        return self._count(side, walkable) > self._passed[side]

    def _count(self, side: Side, walkable: Iterable[int]) -> int:
        """Return how often steps to a side were held up though what they went for is open."""
        return sum(count for of, count in self._held_up[side].items() if of in walkable)
