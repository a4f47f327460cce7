"""Learn how things move by themselves, and foresee where they will be.

The next step of a thing depends on its latest steps, on how long it has stood, and on what is in
front of it. The most detailed of these circumstances that were met often enough decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import Any, NamedTuple

import numpy as np

from dsrl_agent.config import ForesightThresholds
from dsrl_agent.front_end.foresight.tracks import (
    Ahead,
    Offset,
    Place,
    ThingTrack,
    ahead_of,
)
from dsrl_agent.types import UNMOVED, Floats, Ints, Shape, frozen

Circumstances = tuple[Any, ...]


class Manner:
    """How a thing has moved so far, wherever it is, and how things go on that moved so."""

    __slots__ = ("at", "of", "ways")

    def __init__(self, of: ThingTrack) -> None:
        self.of = of  # at row 0 and column 0
        self.at: dict[int, Outlook] = {}  # by the number of the cell
        self.ways: dict[Ahead, _Ways] = {}  # by what is in front


class _Ways(NamedTuple):
    """How things of a manner go on."""

    step: Offset  # the likeliest step; (0, 0) if it is to stand or to vanish
    to: list[tuple[Manner, Offset]]  # what may become of them, by which displacement
    shares: tuple[float, ...]  # with which chance each


class Outlook:
    """A thing as it may be on a board, and how it goes on; there is one for each track."""

    __slots__ = ("cell", "future", "manner", "shares", "step", "ways")

    def __init__(self, manner: Manner, cell: int) -> None:
        self.manner = manner
        self.cell = cell  # the number of its cell, row by row
        self.step = UNMOVED  # the likeliest step; (0, 0) if it is to stand or to vanish
        # what may become of it on the board, with which chances; `None` until that is worked out
        self.ways: tuple[Outlook, ...] | None = None
        self.shares: tuple[float, ...] = ()
        # what becomes of it, and the steps of that which come before
        self.future: tuple[Future, int] | None = None


Guess = tuple[float, Outlook]
"""How likely a thing is to be somewhere, and what it is like there."""


class Spread(NamedTuple):
    """Where things may be over some steps, one thing after the other."""

    numbers: Ints  # of cells, counted row by row and step by step
    chances: Floats  # that it is there
    counts: list[int]  # guesses about each thing


class Future:
    """What becomes of a thing, step by step: it grows as far as it is asked for.

    Where a thing goes for sure, its future then is a part of its future now.
    """

    __slots__ = ("cells", "chances", "outlooks", "starts", "upcoming")

    def __init__(self, start: Outlook) -> None:
        self.upcoming: list[Guess] = [(1.0, start)]  # the guesses of the layer to come
        # The guesses of all layers, for now and after each step, and where each layer begins among
        # them. In a few flat lists they take the garbage collector no time.
        self.outlooks: list[Outlook] = []
        self.chances: list[float] = []
        self.cells: list[int] = []
        self.starts = [0]

    @property
    def layers(self) -> int:
        """The number of layers foreseen."""
        return len(self.starts) - 1

    def guesses(self, layer: int) -> Iterator[Guess]:
        """Yield the guesses of a layer."""
        for at in range(self.starts[layer], self.starts[layer + 1]):
            yield self.chances[at], self.outlooks[at]


class ThingWalks:
    """Counts the steps of things in their circumstances."""

    def __init__(self, thresholds: ForesightThresholds) -> None:
        self._thresholds = thresholds
        self._counts: dict[Circumstances, Counter[Offset | None]] = {}
        self.movers: set[int] = set()  # the types that were seen to move
        # What was worked out from the counts: the chances in the most detailed circumstances, and
        # how things go on, on a board of these sizes and contents.
        self._chances: dict[Circumstances, list[tuple[Offset | None, float]]] = {}
        self._manners: dict[Circumstances, Manner] = {}
        self._aheads: dict[tuple[Offset, int], Ahead] = {}  # by the latest step and the cell
        self._kept = 0  # outlooks of all manners, and guesses of all futures
        self._board: tuple[Shape, Mapping[Place, int]] | None = None
        self.version = 0  # grows where things may be foreseen otherwise

    def __getstate__(self) -> dict[str, Any]:
        """Leave out of copies what is worked out anew: it is a web too deep to be copied."""
        return {**self.__dict__, "_chances": {}, "_manners": {}, "_aheads": {}, "_kept": 0}

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
        self._forget_foreseen()
        for manner in self._manners.values():
            manner.ways = {}
        self._chances, self._manners = {}, {}

    def _forget_foreseen(self) -> None:
        if self._kept:
            for manner in self._manners.values():
                for at in manner.at.values():  # no rings are left for the garbage collector
                    at.ways = at.future = None
                manner.at = {}
            self._aheads, self._kept = {}, 0
            self.version += 1

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

    def go_on(self, labels: Mapping[Place, int], shape: Shape) -> None:
        """Take the board on which things are foreseen: the contents that stay, see `still`."""
        if self._board != (shape, labels):
            self._board = shape, dict(labels)
            self._forget_foreseen()

    def foresee(self, track: ThingTrack, layers: int) -> tuple[Future, int]:
        """Return what becomes of a thing, and which layer of that is now.

        There is a layer of guesses for now, and for after each of some steps.
        """
        most = self._thresholds.circumstances
        if self._kept > most or len(self._chances) > most:
            self._forget_derived()
        start = self._outlook(self._manner(track), track.row * self._shape[1] + track.col)
        future, now = start.future or (Future(start), 0)
        start.future = future, now
        while future.layers < now + layers:
            self._extend(future)
        after, end = future.starts[now + 1 : now + 3] if layers > 1 else (0, 0)
        if end - after == 1 and future.chances[after] == 1.0:
            then = future.outlooks[after]
            then.future = then.future or (future, now + 1)
        return future, now

    def _extend(self, future: Future) -> None:
        """Foresee one step more."""
        guesses, after = future.upcoming, dict[Outlook, float]()
        for chance, at in guesses:
            ways = self._ways(at) if at.ways is None else at.ways
            for to, share in zip(ways, at.shares, strict=True):
                after[to] = after.get(to, 0.0) + chance * share
        future.outlooks += [at for _, at in guesses]
        future.chances += [chance for chance, _ in guesses]
        future.cells += [at.cell for _, at in guesses]
        future.starts.append(len(future.cells))
        future.upcoming = [(chance, to) for to, chance in after.items()]
        if len(future.upcoming) > 1:
            future.upcoming.sort(key=_likeliest_first)
            del future.upcoming[self._thresholds.guesses :]
        self._kept += 1 + len(guesses)

    def _manner(self, track: ThingTrack) -> Manner:
        key = (track.type, *track[3:])
        found = self._manners.get(key)
        if found is None:
            found = self._manners[key] = Manner(track._replace(row=0, col=0))
        return found

    def _outlook(self, manner: Manner, cell: int) -> Outlook:
        found = manner.at.get(cell)
        if found is None:
            found = manner.at[cell] = Outlook(manner, cell)
            self._kept += 1
        return found

    def spread(self, tracks: Sequence[ThingTrack], layers: int) -> Spread:
        """Return where things are guessed to be, now and after each of some steps."""
        cells, chances, sizes, counts, lasts = list[int](), list[float](), [], [], list[int]()
        for track in tracks:
            future, now = self.foresee(track, layers)
            starts = future.starts[now : now + layers + 1]
            cells += future.cells[starts[0] : starts[-1]]
            chances += future.chances[starts[0] : starts[-1]]
            counts.append(starts[-1] - starts[0])
            sizes += starts
            lasts.append(len(sizes) - 1)
        each = np.delete(np.diff(sizes), lasts[:-1])  # guesses of each layer of each thing
        steps = np.repeat(np.tile(np.arange(layers), len(tracks)), each)
        numbers = np.array(cells, np.int64) + steps * (self._shape[0] * self._shape[1])
        return Spread(numbers, np.array(chances), counts)

    @property
    def _shape(self) -> Shape:
        assert self._board is not None, "go_on comes first"
        return self._board[0]

    def _ways(self, at: Outlook) -> tuple[Outlook, ...]:
        """Return what may become of a thing, and remember it with the chances."""
        manner, cell, (rows, cols) = at.manner, at.cell, self._shape
        row, col = divmod(cell, cols)
        ahead = self._ahead(manner, cell)
        at.step, to, shares = manner.ways.get(ahead) or self._goes_on(manner, ahead)
        inside = [0 <= row + down < rows and 0 <= col + right < cols for _, (down, right) in to]
        at.shares = shares if all(inside) else tuple(compress(shares, inside))
        at.ways = tuple(
            self._outlook(then, cell + down * cols + right)
            for then, (down, right) in compress(to, inside)
        )
        return at.ways

    def _ahead(self, manner: Manner, cell: int) -> Ahead:
        """Return what is in front of a thing in a cell, and remember it."""
        key = manner.of.last, cell
        found = self._aheads.get(key)
        if found is None:
            assert self._board is not None, "go_on comes first"
            shape, labels = self._board
            row, col = divmod(cell, shape[1])
            found = ahead_of(manner.of._replace(row=row, col=col), labels, shape)
            self._aheads[key] = found
        return found

    def _goes_on(self, manner: Manner, ahead: Ahead) -> _Ways:
        """Return how things of a manner go on, and remember it."""
        steps, shape, ages = self.chances(manner.of, ahead), self._shape, self._thresholds.ages
        kept = [(step, share) for step, share in steps if step is not None]
        moved = [manner.of.moved(step, shape, ages) for step, _ in kept]
        to = [(self._manner(then), then.place) for then in moved]
        found = _Ways(steps[0][0] or UNMOVED, to, tuple(share for _, share in kept))
        manner.ways[ahead] = found
        return found

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


def _likeliest_first(guess: Guess) -> float:
    return -guess[0]
