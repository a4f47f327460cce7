"""Learn which types walk by themselves, and their steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Set
from typing import Any

from dsrl_agent.config import ChanceThresholds
from dsrl_agent.front_end.agency import Agency
from dsrl_agent.front_end.rule import require_whole
from dsrl_agent.types import UNMOVED, Fact, Transition

Offset = tuple[int, int]
"""Rows down and columns right."""


class Movers:
    """Counts the steps of objects that are not beside the agent."""

    def __init__(self, thresholds: ChanceThresholds | None = None) -> None:
        self._thresholds = thresholds or ChanceThresholds()
        self._steps: dict[int, Counter[Offset]] = {}  # by type; (0, 0) counts those that stayed
        self.types: frozenset[int] = frozenset()  # the types that walk

    def observe(self, transition: Transition, agency: Agency) -> None:
        """Count a transition."""
        own = agency.find(transition.facts)
        if own is None or agency.find(transition.next_facts) is None:
            return
        before, after = set(transition.facts), set(transition.next_facts)
        stayed = before & after
        self._count_stays(stayed, own, agency.self_types)
        came = sorted(after - before)
        for fact in sorted(before - after):
            if fact.type in agency.self_types or not _far(fact, own):
                continue
            near = [other for other in came if other.type == fact.type and _beside(fact, other)]
            if near:
                to = min(near, key=lambda other: _distance(fact, other))
                came.remove(to)
                step = (to.row - fact.row, to.col - fact.col)
                self._steps.setdefault(fact.type, Counter())[step] += 1
        self.types = frozenset(of for of, counts in self._steps.items() if self._walks(counts))

    def _count_stays(self, stayed: Set[Fact], own: Fact, but: Set[int]) -> None:
        """Count objects that stayed where they are, away from the agent; types in `but` do not."""
        row, col, steps = own.row, own.col, self._steps
        for number, at_row, at_col in stayed:
            if number in but or abs(at_row - row) + abs(at_col - col) <= 1:
                continue
            counts = steps.get(number)
            if counts is None:
                counts = steps[number] = Counter()
            counts[UNMOVED] += 1

    def steps(self, number: int) -> dict[Offset, float]:
        """Return the probability of each step of a type."""
        counts = self._steps.get(number, Counter([(0, 0)]))
        total = sum(counts.values())
        return {step: count / total for step, count in counts.items()}

    def state(self) -> list[list[int]]:
        """Return the counts for a checkpoint."""
        return [
            [of, *step, count]
            for of, counts in self._steps.items()
            for step, count in counts.items()
        ]

    def load(self, state: list[list[int]]) -> None:
        """Take what `state()` gave."""
        self._steps.clear()
        for of, d_row, d_col, count in state:
            require_whole(of, d_row, d_col, count)
            self._steps.setdefault(of, Counter())[d_row, d_col] = count
        self.types = frozenset(of for of, counts in self._steps.items() if self._walks(counts))

    def _walks(self, counts: Counter[Any]) -> bool:
        if len(counts) == 1 and (0, 0) in counts:  # most types never move
            return False
        moved = sum(count for step, count in counts.items() if step != (0, 0))
        least = self._thresholds.walks
        return moved >= least and moved >= self._thresholds.walking_share * sum(counts.values())


def _far(fact: Fact, own: Fact) -> bool:
    """Say whether the agent cannot have touched an object."""
    return _distance(fact, own) > 1


def _distance(one: Fact, other: Fact) -> int:
    return abs(one.row - other.row) + abs(one.col - other.col)


def _beside(one: Fact, other: Fact) -> bool:
    """Say whether an object may have walked from one place to another in a step."""
    return max(abs(one.row - other.row), abs(one.col - other.col)) <= 2
