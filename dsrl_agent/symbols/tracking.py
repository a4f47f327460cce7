"""Which object of a frame is which of the next (Garnelo et al. 2016), and what that tells.

Two objects are the likelier one and the same the nearer they stand, the oftener their types have
followed each other, and the less the number of their neighbours has changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import product

import numpy as np
from scipy.optimize import linear_sum_assignment

from dsrl_agent.types import Fact, Facts

_DISTANCE, _TRANSITION, _NEIGHBOURS = 1.0, 1.0, 1.0  # weights of the three parts
_REACH = 2.0  # cells: nothing moves farther in a step
_OFTEN = 8  # sightings under an action before it counts
_SHARE = 0.1  # of the sightings of a type in which it turns into another


class TypeTransitions:
    """Counts how types follow each other on tracked objects, under each action.

    Two types that turn into each other while their objects stand still, whatever the action, are
    two looks of one type: the picture flickers. A turning agent also changes its look, but not
    when it goes forward.
    """

    def __init__(self) -> None:
        self._followed: Counter[tuple[int, int]] = Counter()
        self._stood: Counter[tuple[int, int, int]] = Counter()

    def likelihood(self, before: int, after: int) -> float:
        """Return how likely a type is followed by another; at first each is by itself."""
        total = sum(n for (first, _), n in self._followed.items() if first == before)
        return (self._followed[before, after] + (before == after)) / (total + 1)

    def observe(self, before: Facts, action: int, after: Facts) -> None:
        """Track the objects of a step and count."""
        for old, new in match(before, after, self):
            self._followed[old.type, new.type] += 1
            if (old.row, old.col) == (new.row, new.col):
                self._stood[old.type, action, new.type] += 1

    def flickering(self) -> tuple[int, int] | None:
        """Return two types that are two looks of one, the lower first, if there are any."""
        changed = {(first, last) for first, _, last in self._stood if 0 < first < last}
        for first, last in sorted(changed):
            if self._turns(first, last) and self._turns(last, first):
                return first, last
        return None

    def forget(self, number: int) -> None:
        """Drop what is known of a type that is no more."""
        self._followed = Counter({k: n for k, n in self._followed.items() if number not in k})
        self._stood = Counter({k: n for k, n in self._stood.items() if number not in (k[0], k[2])})

    def state(self) -> dict[str, list[list[int]]]:
        """Return everything for a checkpoint, JSON-able."""
        return {
            "followed": [[*key, n] for key, n in self._followed.items()],
            "stood": [[*key, n] for key, n in self._stood.items()],
        }

    def load(self, state: Mapping[str, list[list[int]]]) -> None:
        """Take what `state()` gave."""
        self._followed = Counter({(a, b): n for a, b, n in state["followed"]})
        self._stood = Counter({(a, b, c): n for a, b, c, n in state["stood"]})

    def _turns(self, first: int, last: int) -> bool:
        """Say whether a type turns into another whatever the action (two actions at least)."""
        seen: Counter[int] = Counter()
        for (number, action, _), n in self._stood.items():
            seen[action] += n if number == first else 0
        often = [action for action, n in seen.items() if n >= _OFTEN]
        return len(often) > 1 and all(
            self._stood[first, action, last] >= _SHARE * seen[action] for action in often
        )


def match(before: Facts, after: Facts, transitions: TypeTransitions) -> list[tuple[Fact, Fact]]:
    """Pair the objects of two frames: the assignment of the greatest sum of likelihoods.

    An object with no partner within two cells has vanished or appeared.
    """
    # What is where it was is the same thing; only the few others need an assignment.
    same = set(before) & set(after)
    pairs = [(fact, fact) for fact in sorted(same)]
    old = [fact for fact in before if fact not in same]
    new = [fact for fact in after if fact not in same]
    if not old or not new:
        return pairs
    likelihood = np.zeros((len(old), len(new)))
    near = np.zeros(likelihood.shape, np.bool_)
    for (i, a), (j, b) in product(enumerate(old), enumerate(new)):
        distance = float(np.hypot(a.row - b.row, a.col - b.col))
        near[i, j] = distance <= _REACH
        changed = abs(_neighbours(a, before) - _neighbours(b, after))
        likelihood[i, j] = near[i, j] * (
            _DISTANCE / (1 + distance)
            + _TRANSITION * transitions.likelihood(a.type, b.type)
            + _NEIGHBOURS / (1 + changed)
        )
    rows, cols = linear_sum_assignment(-likelihood)
    return pairs + [(old[i], new[j]) for i, j in zip(rows, cols, strict=True) if near[i, j]]


def _neighbours(fact: Fact, facts: Facts) -> int:
    """Return how many other objects stand in the eight cells around one."""
    return sum(max(abs(other.row - fact.row), abs(other.col - fact.col)) == 1 for other in facts)
