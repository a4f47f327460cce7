"""Learn from which sides cells cannot be left: walls that are drawn at the border of a cell."""

from __future__ import annotations

from collections.abc import Mapping

from dsrl_agent.front_end.rule import Effect
from dsrl_agent.types import FREE

Side = tuple[int, int, int]
"""The type that the agent stands on, and the displacement of its step: rows and columns."""


class Fences:
    """Counts steps off each type that led on, and those that were held up by nothing else."""

    def __init__(self) -> None:
        self._passed: dict[Side, int] = {}
        self._held_up: dict[Side, int] = {}
        self.types: frozenset[int] = frozenset()  # the types that have a side with a fence

    def learn(self, side: Side, effect: Effect, *, held_up: bool, hidden: bool) -> bool:
        """Learn from a step; return whether what the agent stood on held it up.

        `held_up` says whether it was held up where nothing else hinders: the cell gone for is
        empty, or of a type that is always walked over. `hidden` says that what it stood on was
        never seen.
        """
        if side[0] == FREE:
            return held_up and hidden
        if held_up or effect.enters:
            self.observe(side, passes=effect.enters)
        return held_up

    def observe(self, side: Side, *, passes: bool) -> None:
        """Count a step."""
        counts = self._passed if passes else self._held_up
        counts[side] = counts.get(side, 0) + 1
        self._refresh()

    def holds_up(self, side: Side) -> bool:
        """Say whether steps to a side are mostly held up."""
        return self._held_up.get(side, 0) > self._passed.get(side, 0)

    def state(self) -> list[list[int]]:
        """Return the counts for a checkpoint."""
        sides = sorted(self._passed.keys() | self._held_up.keys())
        return [[*side, self._passed.get(side, 0), self._held_up.get(side, 0)] for side in sides]

    def load(self, state: list[list[int]]) -> None:
        """Take what `state()` gave."""
        self._passed = {(of, down, right): n for of, down, right, n, _ in state if n}
        self._held_up = {(of, down, right): n for of, down, right, _, n in state if n}
        self._refresh()

    def described(self) -> list[str]:
        """Return a sentence for each fence."""
        ways: Mapping[tuple[int, int], str] = {
            (-1, 0): "upwards", (1, 0): "downwards", (0, -1): "to the left", (0, 1): "to the right",
        }  # fmt: skip
        return [
            f"leaving type {of} {ways.get((down, right), 'that way')}: held up "
            f"({count} of {count + self._passed.get((of, down, right), 0)} times)"
            for (of, down, right), count in sorted(self._held_up.items())
            if self.holds_up((of, down, right))
        ]

    def _refresh(self) -> None:
        self.types = frozenset(side[0] for side in self._held_up if self.holds_up(side))
