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


class ThingWalks:
    """Counts the steps of things in their circumstances."""

    def __init__(self, thresholds: ForesightThresholds) -> None:
        self._thresholds = thresholds
        self._counts: dict[Circumstances, Counter[Offset | None]] = {}
        self.movers: set[int] = set()  # the types that were seen to move

    def observe(self, track: ThingTrack, ahead: Ahead, step: Offset | None) -> None:
        """Count what a thing did: its displacement, or `None` if it vanished."""
        if step is not None and step != UNMOVED:
            self.movers.add(track.type)
        elif track.type not in self.movers:
            return
        for key in _circumstances(track, ahead):
            self._counts.setdefault(key, Counter())[step] += 1
        if len(self._counts) > self._thresholds.circumstances:
            self._forget_seldom()

    def _forget_seldom(self) -> None:
        """Forget the half of the circumstances that was met least often, the oldest of these."""
        often = sorted(self._counts, key=lambda key: self._counts[key].total())
        for key in often[: len(often) // 2]:
            del self._counts[key]

    def chances(self, track: ThingTrack, ahead: Ahead) -> list[tuple[Offset | None, float]]:
        """Return the likely displacements of a thing with their chances, the likeliest first."""
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
        guesses = [(1.0, track)]
        for _ in range(layers):
            here, after = [], Counter[ThingTrack]()
            for chance, at in guesses:
                steps = self.chances(at, ahead_of(at, labels, shape))
                here.append(Guess(chance, at, steps[0][0] or UNMOVED))
                for step, share in steps:
                    to = None if step is None else self._moved(at, step, shape)
                    if to is not None:
                        after[to] += chance * share  # type: ignore[assignment]
            yield here
            guesses = [(c, t) for t, c in after.most_common(self._thresholds.guesses)]

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
