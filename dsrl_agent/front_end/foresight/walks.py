"""Learn how things move by themselves, and foresee where they will be.

The next step of a thing depends on its latest steps, on how long it has stood, and on what is in
front of it. The most detailed of these circumstances that were met often enough decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from dsrl_agent.config import ForesightThresholds
from dsrl_agent.front_end.foresight.tracks import (
    Ahead,
    Offset,
    Place,
    ThingTrack,
    ahead_of,
)
from dsrl_agent.types import UNMOVED, Shape, frozen

Circumstances = tuple[Any, ...]


class Guess(NamedTuple):
    """Where a thing may be, and how likely."""

    chance: float
    track: ThingTrack
    step: Offset  # the step expected next; (0, 0) if it is to stand or to vanish


class _Going(NamedTuple):
    """How a thing goes on."""

    step: Offset  # the likeliest step; (0, 0) if it is to stand or to vanish
    ways: tuple[tuple[ThingTrack, float], ...]  # what may become of it on the board, with chances


class ThingWalks:
    """Counts the steps of things in their circumstances."""

    def __init__(self, thresholds: ForesightThresholds) -> None:
        self._thresholds = thresholds
        self._counts: dict[Circumstances, Counter[Offset | None]] = {}
        self.movers: set[int] = set()  # the types that were seen to move
        # What was worked out from the counts: the chances in the most detailed circumstances, and
        # how things go on, on a board of these sizes and contents.
        self._chances: dict[Circumstances, list[tuple[Offset | None, float]]] = {}
        self._goings: dict[ThingTrack, _Going] = {}
        self._board: tuple[Shape, Mapping[Place, int]] | None = None

    def observe(self, track: ThingTrack, ahead: Ahead, step: Offset | None) -> None:
        """Count what a thing did: its displacement, or `None` if it vanished."""
        if step is not None and step != UNMOVED:
            self.movers.add(track.type)
        elif track.type not in self.movers:
            return
        for key in _circumstances(track, ahead):
            self._counts.setdefault(key, Counter())[step] += 1
        self._forget_derived()
        if len(self._counts) > self._thresholds.circumstances:
            self._forget_seldom()

    def _forget_seldom(self) -> None:
        """Forget the half of the circumstances that was met least often, the oldest of these."""
        often = sorted(self._counts, key=lambda key: self._counts[key].total())
        for key in often[: len(often) // 2]:
            del self._counts[key]

    def _forget_derived(self) -> None:
        if self._chances:
            self._chances = {}
        if self._goings:
            self._goings = {}

    def chances(self, track: ThingTrack, ahead: Ahead) -> list[tuple[Offset | None, float]]:
        """Return the likely displacements of a thing with their chances, the likeliest first."""
        key = (track.type, *track[3:], *ahead)
        found = self._chances.get(key)
        if found is None:
            found = self._chances[key] = self._counted(track, ahead)
        return found

    def _counted(self, track: ThingTrack, ahead: Ahead) -> list[tuple[Offset | None, float]]:
        for key in _circumstances(track, ahead):
            counts = self._counts.get(key)
            if counts is not None and (total := sum(counts.values())) >= self._thresholds.alike:
                least = self._thresholds.least_chance * total
                kept = [(step, count) for step, count in counts.most_common() if count >= least]
                whole = sum(count for _, count in kept)
                return [(step, count / whole) for step, count in kept]
        return [(track.last, 1.0)] if track.age == 1 else [(UNMOVED, 1.0)]

    def still(self, labels: Mapping[Place, int]) -> dict[Place, int]:
        """Return the content of the cells that hold nothing that moves."""
        return {place: of for place, of in labels.items() if of not in self.movers}

    def foresee(
        self, track: ThingTrack, labels: Mapping[Place, int], shape: Shape, layers: int
    ) -> Iterator[list[Guess]]:
        """Yield the guesses about a thing, now and after each of some steps.

        `labels` hold the content of the cells that stays, see `still`.
        """
        self._go_on(labels, shape)
        guesses = [(1.0, track)]
        for _ in range(layers):
            here, after = [], dict[ThingTrack, float]()
            for chance, at in guesses:
                step, ways = self._goings.get(at) or self._going(at, labels, shape)
                here.append(Guess(chance, at, step))
                for to, share in ways:
                    after[to] = after.get(to, 0.0) + chance * share
            yield here
            guesses = [(chance, to) for to, chance in after.items()]
            if len(guesses) > 1:
                guesses.sort(key=_likeliest_first)
                del guesses[self._thresholds.guesses :]

    def _go_on(self, labels: Mapping[Place, int], shape: Shape) -> None:
        """Forget how things go on if that was on another board, or of too many."""
        most = self._thresholds.circumstances
        if self._board != (shape, labels) or len(self._goings) > most:
            self._board, self._goings = (shape, dict(labels)), {}
        if len(self._chances) > most:
            self._chances = {}

    def _going(self, track: ThingTrack, labels: Mapping[Place, int], shape: Shape) -> _Going:
        """Return how a thing goes on, and remember it."""
        steps = self.chances(track, ahead_of(track, labels, shape))
        ways = [
            (to, share)
            for step, share in steps
            if step is not None and (to := self._moved(track, step, shape)) is not None
        ]
        found = self._goings[track] = _Going(steps[0][0] or UNMOVED, tuple(ways))
        return found

    def _moved(self, track: ThingTrack, step: Offset, shape: Shape) -> ThingTrack | None:
        to = track.moved(step, shape, self._thresholds.ages)
        return to if 0 <= to.row < shape[0] and 0 <= to.col < shape[1] else None

    def usual(self, number: int) -> Offset:
        """Return the commonest step of a type, (0, 0) if it never moved."""
        counts = self._counts.get((number,), Counter())
        steps = {step: n for step, n in counts.items() if step is not None and step != UNMOVED}
        return max(steps, key=lambda step: (steps[step], step), default=UNMOVED)

    def state(self) -> dict[str, Any]:
        """Return the counts for a checkpoint, JSON-able."""
        counts = [
            [list(key), [[step, count] for step, count in of.items()]]
            for key, of in self._counts.items()
        ]
        return {"counts": counts, "movers": sorted(self.movers)}

    def load(self, state: dict[str, Any]) -> None:
        """Take what `state()` gave, after a round through JSON."""
        self._forget_derived()
        self.movers = set(state["movers"])
        self._counts = {
            frozen(key): Counter({frozen(step): count for step, count in of})
            for key, of in state["counts"]
        }


def _circumstances(track: ThingTrack, ahead: Ahead) -> Iterable[Circumstances]:
    """Return the circumstances of a thing, the most detailed first."""
    number, last, age = track.type, track.last, track.age
    return (
        (number, last, track.before, age, track.dwell, *ahead),
        (number, last, age, track.dwell, *ahead),
        (number, last, age, *ahead),
        (number, last, ahead.front),
        (number,),
    )


def _likeliest_first(guess: tuple[float, ThingTrack]) -> float:
    return -guess[0]
