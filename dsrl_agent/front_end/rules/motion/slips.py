"""Learn the chances of where an action leads, where the ground is slippery."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from dsrl_agent.config import ChanceThresholds
from dsrl_agent.front_end.agency import Agency
from dsrl_agent.front_end.changes import PlaceChange
from dsrl_agent.front_end.rules.motion.mixtures import Offset, chances_of
from dsrl_agent.types import BESIDE, EDGE, UNKNOWN, Fact, Shape, Transition

Slips = Mapping[int, Mapping[Offset, float]]
"""The probability of each offset that an action leads to; empty where steps are certain."""


class ReachedCell(NamedTuple):
    """A cell beside the agent that an action may have led to."""

    d_row: int  # rows down
    d_col: int  # columns right
    front: int  # what it held: a type, or `EDGE`; `UNKNOWN` where that does not matter

    @property
    def offset(self) -> Offset:
        """Rows down and columns right."""
        return self.d_row, self.d_col


class Outcome(NamedTuple):
    """What a step of an action has shown."""

    ended: bool  # whether the episode ended and the agent was seen no more
    ways: tuple[ReachedCell, ...]  # one of these was taken


class SlipCounts:
    """Counts, by action, the ways of which one must have been taken.

    A step that is seen is certain. A stay may be a step towards something that blocks or the edge,
    and an end at which the agent is not seen one towards something that ends episodes.
    """

    def __init__(self, thresholds: ChanceThresholds | None = None) -> None:
        self._thresholds = thresholds or ChanceThresholds()
        self._counts: dict[int, Counter[Outcome]] = {}
        self._entered: Counter[int] = Counter()  # by type, times that the agent went there and on
        self._total, self._used = 0, 0  # outcomes counted, and those in the last estimate
        self._slips: dict[int, dict[Offset, float]] = {}

    def observe(self, transition: Transition, agency: Agency) -> None:
        """Count a transition."""
        own, after = agency.find(transition.facts), agency.find(transition.next_facts)
        if own is None or (after is None and not transition.terminated):
            return
        if after is not None and _displaced(own, after, transition.action) in agency.puts():
            return
        ended = after is None
        ways = tuple(_towards(own, after, transition))
        if ways:
            self._counts.setdefault(transition.action, Counter())[Outcome(ended, ways)] += 1
            self._total += 1
        if after is not None and not transition.terminated:
            entered = _front(after, transition)
            if entered is not None and (after.row, after.col) != (own.row, own.col):
                self._entered[entered] += 1

    def slips(self) -> dict[int, dict[Offset, float]]:
        """Return the chances of the offsets of each action; nothing where steps are certain.

        They are estimated anew when the evidence has grown by some share.
        """
        if self._total > (1.0 + self._thresholds.slip_growth) * self._used:
            self._used, self._slips = self._total, self._estimated()
        return self._slips

    def state(self) -> list[list[object]]:
        """Return the counts for a checkpoint."""
        counts: list[list[object]] = [
            [action, [list(way) for way in outcome.ways], count, outcome.ended]
            for action, outcomes in self._counts.items()
            for outcome, count in outcomes.items()
        ]
        entered: list[list[object]] = [[of, count] for of, count in self._entered.items()]
        return counts + entered

    def load(self, state: list[list[object]]) -> None:
        """Take what `state()` gave, after a round through JSON, of this or an older version."""
        self._counts.clear()
        self._entered.clear()
        for first, second, *rest in state:
            assert isinstance(first, int)
            if not rest:
                assert isinstance(second, int)
                self._entered[first] = second
                continue
            assert isinstance(second, list)
            # Older versions kept neither what the ways held nor whether the episode had ended.
            ways = tuple(ReachedCell(way[0], way[1], *(way[2:] or [UNKNOWN])) for way in second)
            outcome = Outcome(len(rest) > 1 and bool(rest[1]), ways)
            assert isinstance(rest[0], int)
            self._counts.setdefault(first, Counter())[outcome] = rest[0]
        self._total, self._used, self._slips = sum(map(Counter.total, self._counts.values())), 0, {}

    def _estimated(self) -> dict[int, dict[Offset, float]]:
        if not any(map(self._is_uncertain, self._counts.values())):
            return {}
        least, rounds = self._thresholds.slip_share, self._thresholds.slip_rounds
        found = {}
        for action, chances in chances_of(self._possible(), rounds).items():
            kept = {offset: chance for offset, chance in chances.items() if chance > least}
            found[action] = {offset: chance / sum(kept.values()) for offset, chance in kept.items()}
        # Steps that a place alone diverts, such as falls, are no reason to hope that one that does
        # nothing will do something the next time.
        return found if any(len(chances) > 1 for chances in found.values()) else {}

    def _is_uncertain(self, counts: Counter[Outcome]) -> bool:
        """Say whether steps and ends go several ways; stays may have many causes."""
        sure: Counter[Offset] = Counter()
        for outcome, count in counts.items():
            seen = outcome.ended or outcome.ways[0].front == UNKNOWN
            if len(outcome.ways) == 1 and seen:
                sure[outcome.ways[0].offset] += count
        total = sum(sure.values())
        if total < self._thresholds.slip_tries:
            return False
        return max(sure.values()) < self._thresholds.certain_share * total

    def _possible(self) -> dict[int, Counter[tuple[Offset, ...]]]:
        """Return, by action, how often the way was one of some offsets, as far as is known."""
        enough = self._thresholds.open_entries
        open_to = frozenset(of for of, count in self._entered.items() if count >= enough)
        ending = self._only(open_to, ended=True)
        blocking = self._only(open_to, ended=False) | {EDGE}
        found: dict[int, Counter[tuple[Offset, ...]]] = {}
        for action, outcomes in self._counts.items():
            counts = found.setdefault(action, Counter())
            for outcome, count in outcomes.items():
                cannot = open_to | (blocking - ending if outcome.ended else ending - blocking)
                counts[_offsets(outcome, cannot)] += count
        return found

    def _only(self, open_to: frozenset[int], *, ended: bool) -> frozenset[int]:
        """Return the types that alone explain enough ends, or stays."""
        counts: Counter[int] = Counter()
        for outcome, count in _joined(self._counts):
            fronts = {way.front for way in outcome.ways} - open_to
            if outcome.ended == ended and len(fronts) == 1 and not fronts & {UNKNOWN, EDGE}:
                counts[fronts.pop()] += count
        return frozenset(of for of, n in counts.items() if n >= self._thresholds.open_entries)


def _joined(counts: Mapping[int, Counter[Outcome]]) -> Iterator[tuple[Outcome, int]]:
    for outcomes in counts.values():
        yield from outcomes.items()


def _offsets(outcome: Outcome, cannot: frozenset[int]) -> tuple[Offset, ...]:
    """Return the offsets of an outcome but those at which there is what cannot explain it."""
    kept = [way.offset for way in outcome.ways if way.front not in cannot]
    return tuple(kept) if kept else tuple(way.offset for way in outcome.ways)


def _displaced(own: Fact, after: Fact, action: int) -> PlaceChange:
    return PlaceChange(own.type, action, after.row - own.row, after.col - own.col)


def _front(place: Fact, transition: Transition) -> int | None:
    """Return the type of the object that stood at a place, `None` if there was none."""
    there = (f.type for f in transition.facts if (f.row, f.col) == (place.row, place.col))
    return next(there, None)


def _towards(own: Fact, after: Fact | None, transition: Transition) -> Iterator[ReachedCell]:
    """Yield the ways of which one was taken."""
    if after is not None and (after.row, after.col) != (own.row, own.col):
        step = (after.row - own.row, after.col - own.col)
        if step in BESIDE:
            yield ReachedCell(*step, UNKNOWN)
        return
    things = {(fact.row - own.row, fact.col - own.col): fact.type for fact in transition.facts}
    for offset in BESIDE:
        if offset in things:
            yield ReachedCell(*offset, things[offset])
        elif after is not None and _beyond(own, offset, transition.shape):
            yield ReachedCell(*offset, EDGE)


def _beyond(own: Fact, offset: Offset, shape: Shape | None) -> bool:
    row, col = own.row + offset[0], own.col + offset[1]
    if row < 0 or col < 0:
        return True
    return shape is not None and (row >= shape[0] or col >= shape[1])
