"""Learn the chances of where an action leads, where the ground is slippery."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from dsrl_agent.config import ChanceThresholds
from dsrl_agent.front_end.agency import Agency
from dsrl_agent.types import BESIDE, Fact, Shape, Transition

Offset = tuple[int, int]
"""Rows down and columns right."""

Slips = Mapping[int, Mapping[Offset, float]]
"""The probability of each offset that an action leads to; empty where steps are certain."""


class SlipCounts:
    """Counts, by action, the sets of offsets among which the one taken must be.

    A step that is seen is certain. A stay may be a step towards an object or the edge, and an end
    at which the agent is not seen one towards an object.
    """

    def __init__(self, thresholds: ChanceThresholds | None = None) -> None:
        self._thresholds = thresholds or ChanceThresholds()
        self._counts: dict[int, Counter[tuple[Offset, ...]]] = {}

    def observe(self, transition: Transition, agency: Agency) -> None:
        """Count a transition."""
        own, after = agency.find(transition.facts), agency.find(transition.next_facts)
        if own is None or (after is None and not transition.terminated):
            return
        if after is not None and (after.row, after.col) != (own.row, own.col):
            step = (after.row - own.row, after.col - own.col)
            possible: tuple[Offset, ...] = (step,) if step in BESIDE else ()
        else:
            possible = _towards_things(own, transition, edges=after is not None)
        if possible:
            self._counts.setdefault(transition.action, Counter())[possible] += 1

    def slips(self) -> dict[int, dict[Offset, float]]:
        """Return the chances of the offsets of each action; nothing where steps are certain."""
        if not any(map(self._is_uncertain, self._counts.values())):
            return {}
        return {action: self._chances(counts) for action, counts in sorted(self._counts.items())}

    def state(self) -> list[list[object]]:
        """Return the counts for a checkpoint."""
        return [
            [action, [list(offset) for offset in possible], count]
            for action, counts in self._counts.items()
            for possible, count in counts.items()
        ]

    def load(self, state: list[list[object]]) -> None:
        """Take what `state()` gave, after a round through JSON."""
        self._counts.clear()
        for action, offsets, count in state:
            assert isinstance(action, int)
            assert isinstance(offsets, list)
            assert isinstance(count, int)
            possible = tuple((int(row), int(col)) for row, col in offsets)
            self._counts.setdefault(action, Counter())[possible] = count

    def _is_uncertain(self, counts: Counter[tuple[Offset, ...]]) -> bool:
        sure = Counter({of[0]: count for of, count in counts.items() if len(of) == 1})
        total = sum(sure.values())
        if total < self._thresholds.slip_tries:
            return False
        return max(sure.values()) < self._thresholds.certain_share * total

    def _chances(self, counts: Counter[tuple[Offset, ...]]) -> dict[Offset, float]:
        """Return the likeliest chances by expectation maximisation (Dempster et al. 1977)."""
        chances = dict.fromkeys(BESIDE, 1.0 / len(BESIDE))
        for _ in range(self._thresholds.slip_rounds):
            shares = dict.fromkeys(BESIDE, 0.0)
            for possible, count in counts.items():
                total = sum(chances[offset] for offset in possible)
                for offset in possible if total > 0.0 else ():
                    shares[offset] += count * chances[offset] / total
            total = sum(shares.values())
            chances = {offset: share / total for offset, share in shares.items()}
        least = self._thresholds.slip_share
        kept = {offset: chance for offset, chance in chances.items() if chance > least}
        return {offset: chance / sum(kept.values()) for offset, chance in kept.items()}


def _towards_things(own: Fact, transition: Transition, *, edges: bool) -> tuple[Offset, ...]:
    """Return the offsets at which an object stands beside the agent, and perhaps the edges."""
    things = {(fact.row - own.row, fact.col - own.col) for fact in transition.facts}
    return tuple(
        offset
        for offset in BESIDE
        if offset in things or (edges and _beyond(own, offset, transition.shape))
    )


def _beyond(own: Fact, offset: Offset, shape: Shape | None) -> bool:
    row, col = own.row + offset[0], own.col + offset[1]
    if row < 0 or col < 0:
        return True
    return shape is not None and (row >= shape[0] or col >= shape[1])
