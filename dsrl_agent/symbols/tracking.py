"""Match objects between frames by distance, type transition and change in neighbour count.

After Garnelo et al. 2016. The matches tell which types are two appearances of one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from dsrl_agent.config.symbols import TrackingThresholds
from dsrl_agent.types import Fact, Facts


class TypeTransitions:
    """Count how types follow each other on tracked objects, under each action.

    Two types that turn into each other on objects that stand still, under every action, are two
    appearances of one type: the picture flickers. A turning agent changes its appearance as well,
    but not when it goes forward.
    """

    def __init__(self, thresholds: TrackingThresholds) -> None:
        self._thresholds = thresholds
        self._followed: Counter[tuple[int, int]] = Counter()
        self._stood: Counter[tuple[int, int, int]] = Counter()
        self._changed: set[tuple[int, int]] = set()  # types on objects that stood, lower first

    def likelihood(self, before: int, after: int) -> float:
        """Return how likely a type is followed by another; the prior is one count for itself."""
        total = sum(n for (first, _), n in self._followed.items() if first == before)
        return (self._followed[before, after] + (before == after)) / (total + 1)

    def observe(self, before: Facts, action: int, after: Facts) -> None:
        """Match the objects of a step and count their types."""
        same, moved = match(before, after, self, self._thresholds)
        for number, count in same.items():
            self._followed[number, number] += count
            self._stood[number, action, number] += count
        for old, new in moved:
            self._followed[old.type, new.type] += 1
            if (old.row, old.col) == (new.row, new.col):
                self._stood[old.type, action, new.type] += 1
                if 0 < old.type < new.type:
                    self._changed.add((old.type, new.type))

    def flickering(self) -> tuple[int, int] | None:
        """Return two types that are two appearances of one, the lower first, if there are any."""
        for first, last in sorted(self._changed):
            if self._turns(first, last) and self._turns(last, first):
                return first, last
        return None

    def forget(self, number: int) -> None:
        """Drop the counts of a type that was merged into another."""
        self._followed = Counter({k: n for k, n in self._followed.items() if number not in k})
        self._stood = Counter({k: n for k, n in self._stood.items() if number not in (k[0], k[2])})
        self._changed = _changed_in(self._stood)

    def state(self) -> dict[str, list[list[int]]]:
        """Return everything for a checkpoint, JSON-able."""
        return {
            "followed": [[*key, n] for key, n in self._followed.items()],
            "stood": [[*key, n] for key, n in self._stood.items()],
        }

    def load(self, state: Mapping[str, list[list[int]]]) -> None:
        """Restore from `state()`.

        Raises:
            ValueError: A count is below 1.
        """
        self._followed = Counter({(a, b): n for a, b, n in state["followed"]})
        self._stood = Counter({(a, b, c): n for a, b, c, n in state["stood"]})
        self._changed = _changed_in(self._stood)
        if any(n < 1 for n in (*self._followed.values(), *self._stood.values())):
            raise ValueError("types that followed each other less than once")

    def _turns(self, first: int, last: int) -> bool:
        """Return whether a type turns into another under every action (two actions at least)."""
        seen: Counter[int] = Counter()
        for (number, action, _), n in self._stood.items():
            seen[action] += n if number == first else 0
        often, share = self._thresholds.often, self._thresholds.share
        met = {action: n for action, n in seen.items() if n >= often}
        turns = (self._stood[first, action, last] >= share * n for action, n in met.items())
        return len(met) > 1 and all(turns)


def _changed_in(stood: Mapping[tuple[int, int, int], int]) -> set[tuple[int, int]]:
    return {(first, last) for first, _, last in stood if 0 < first < last}


class FlickeringTypes:
    """Merge types that flicker: two appearances of one type."""

    def __init__(self, thresholds: TrackingThresholds) -> None:
        self.transitions = TypeTransitions(thresholds)  # on tracked objects
        self.merged: dict[int, int] = {}  # types now, by the merged appearances' numbers of then

    def track(self, before: Facts, action: int, after: Facts) -> tuple[int, int] | None:
        """Follow the objects of a step; return two types that flicker, if there are any.

        They are the older type, and the one merged into it.
        """
        self.transitions.observe(before, action, after)
        pair = self.transitions.flickering()
        if pair is None:
            return None
        kept, dropped = pair
        self.transitions.forget(dropped)
        self.merged = {one: kept if now == dropped else now for one, now in self.merged.items()}
        self.merged[dropped] = kept
        return pair

    def state(self) -> dict[str, Any]:
        """Return everything for a checkpoint, JSON-able."""
        merged = [[one, now] for one, now in self.merged.items()]
        return {"transitions": self.transitions.state(), "joined": merged}

    def load(self, state: Mapping[str, Any]) -> None:
        """Restore from `state()`."""
        self.transitions.load(state["transitions"])
        self.merged = {int(one): int(now) for one, now in state["joined"]}


class Matches(NamedTuple):
    """The objects of two frames that are the same ones."""

    same: dict[int, int]  # by type, ascending: objects that are as they were
    moved: list[tuple[Fact, Fact]]  # the others, before and after


def match(
    before: Facts, after: Facts, transitions: TypeTransitions, thresholds: TrackingThresholds
) -> Matches:
    """Pair the objects of two frames by the assignment of the greatest sum of likelihoods.

    An object without a partner within reach has vanished or appeared.
    """
    # An object at its old place is the same one; only the few others need an assignment.
    now, same, old = set(after), dict[int, int](), list[Fact]()
    for fact in before:  # sorted, so that types ascend
        if fact in now:
            same[fact[0]] = same.get(fact[0], 0) + 1
        else:
            old.append(fact)
    new = [] if len(now) == len(before) - len(old) else sorted(now.difference(before))
    if not old or not new:
        return Matches(same, [])
    if len(old) == len(new) == 1:  # most steps: one object moves
        (one,), (other,) = old, new
        distance = float(np.hypot(one.row - other.row, one.col - other.col))
        return Matches(same, [(one, other)] if distance <= thresholds.reach else [])
    likelihood = np.zeros((len(old), len(new)))
    near = np.zeros(likelihood.shape, np.bool_)
    for (i, a), (j, b) in product(enumerate(old), enumerate(new)):
        distance = float(np.hypot(a.row - b.row, a.col - b.col))
        near[i, j] = distance <= thresholds.reach
        if not near[i, j]:
            continue
        changed = abs(_neighbours(a, before) - _neighbours(b, after))
        likelihood[i, j] = (
            thresholds.distance / (1 + distance)
            + thresholds.transition * transitions.likelihood(a.type, b.type)
            + thresholds.neighbours / (1 + changed)
        )
    rows, cols = linear_sum_assignment(-likelihood)
    pairs = [(old[i], new[j]) for i, j in zip(rows, cols, strict=True) if near[i, j]]
    return Matches(same, pairs)


def _neighbours(fact: Fact, facts: Facts) -> int:
    """Return the number of other objects in the eight cells around one."""
    return sum(max(abs(other.row - fact.row), abs(other.col - fact.col)) == 1 for other in facts)
