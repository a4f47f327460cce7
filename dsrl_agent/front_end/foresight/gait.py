"""Learn where actions take the agent, and after how many steps it can move again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from dsrl_agent.config import ForesightThresholds
from dsrl_agent.front_end.foresight.tracks import Offset, far
from dsrl_agent.types import FREE, UNMOVED, frozen


def first_ready(rates: Sequence[float | None], held_back: float) -> int:
    """Return the first rest, counted from 1, whose rate is not held back.

    Rests before it have a known rate below a share `held_back` of the best one.
    """
    best = max((rate for rate in rates if rate is not None), default=0.0)
    for rest, rate in enumerate(rates, 1):
        if rate is None or rate >= held_back * best:
            return rest
    return 1


class Gait:
    """Counts the agent's displacements by action and by the steps since it moved last."""

    def __init__(self, num_actions: int, thresholds: ForesightThresholds) -> None:
        self.actions, self._thresholds = range(num_actions), thresholds
        # by (action, steps since it moved, content of the cell gone for)
        self._counts: dict[tuple[int, int, int], Counter[Offset]] = {}
        self._steps: dict[int, Offset] = {}
        # What was worked out from the counts: the rests, and chances by what they are of.
        self._rests: int | None = None
        self._chances: dict[tuple[int, int, int], dict[Offset, float]] = {}

    def observe(self, action: int, rest: int, front: int, offset: Offset) -> None:
        """Count a step; `rest` counts the steps since the agent moved last."""
        self._counts.setdefault((action, rest, front), Counter())[offset] += 1
        if offset != UNMOVED:
            self._steps = self._usual_steps()
        self._forget_derived()

    def _forget_derived(self) -> None:
        self._rests, self._chances = None, {}

    @property
    def steps(self) -> dict[int, Offset]:
        """The usual step of each action that moves the agent."""
        return self._steps

    def rests(self) -> int:
        """Return the number of steps after which the agent can move as well as ever."""
        if self._rests is None:
            rates = [self._rate(rest) for rest in range(1, self._thresholds.rests + 1)]
            self._rests = first_ready(rates, self._thresholds.held_back)
        return self._rests

    def chances(self, action: int, rest: int, front: int) -> dict[Offset, float]:
        """Return the chances of displacements by an action; `rest` is at most `rests()`."""
        key = action, rest, front
        if key not in self._chances:
            self._chances[key] = self._counted(*key)
        return self._chances[key]

    def _counted(self, action: int, rest: int, front: int) -> dict[Offset, float]:
        most, whole = self.rests(), self._thresholds.rests
        alike = range(rest, rest + 1) if rest < most else range(most, whole + 1)
        counts: Counter[Offset] = Counter()
        for each in alike:
            counts.update(self._counts.get((action, each, front), {}))
        if sum(counts.values()) < self._thresholds.alike:
            for (of, each, _), found in self._counts.items():
                if of == action and each in alike:
                    counts.update(found)
        total = sum(counts.values())
        least = self._thresholds.slip * total
        kept = {offset: n for offset, n in counts.items() if n >= least}
        whole_count = sum(kept.values())
        return {o: n / whole_count for o, n in sorted(kept.items())} if kept else {UNMOVED: 1.0}

    def _rate(self, rest: int) -> float | None:
        """Return how often moving actions moved the agent, `None` if they were seldom tried."""
        moved, tried = 0, 0
        for (action, each, front), counts in self._counts.items():
            if each == rest and front == FREE and action in self._steps:
                total = sum(counts.values())
                tried += total
                moved += total - counts[UNMOVED]
        return moved / tried if tried >= self._thresholds.rest_tries else None

    def _usual_steps(self) -> dict[int, Offset]:
        found: dict[int, Offset] = {}
        for action in self.actions:
            counts: Counter[Offset] = Counter()
            for (of, _, _), seen in self._counts.items():
                if of == action:
                    counts.update(seen)
            moves = {o: n for o, n in counts.items() if far(o) == 1}
            best = max(moves, key=lambda o: (moves[o], o), default=UNMOVED)
            if best != UNMOVED:
                found[action] = best
        return found

    def axes(self) -> tuple[bool, bool]:
        """Say whether the agent moves along columns, and whether along rows."""
        steps = self._steps.values()
        return any(step[0] for step in steps), any(step[1] for step in steps)

    def state(self) -> list[Any]:
        """Return the counts for a checkpoint, JSON-able."""
        return [[list(key), [[o, n] for o, n in of.items()]] for key, of in self._counts.items()]

    def load(self, state: list[Any]) -> None:
        """Take what `state()` gave, after a round through JSON."""
        self._counts = {frozen(key): Counter({frozen(o): n for o, n in of}) for key, of in state}
        self._steps = self._usual_steps()
        self._forget_derived()
