"""Learn what ends an episode, flings the agent, or gives a reward, and book it to one cause.

Three kinds of causes are weighed: what the agent did at its place, a thing that went into another
thing, and a thing that is near the agent. Each event goes to the cause that was followed by such
events most often.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from dsrl_agent.config import ForesightThresholds
from dsrl_agent.front_end.foresight.tracks import Offset, Place, far
from dsrl_agent.types import Floats, Shape, frozen

TRIED, ENDS, FLINGS, GAINS, GAIN = range(5)
"""Rows of a tally: occasions, and booked to the cause: ends, flings, unusual rewards, their sum."""

_KINDS = (ENDS, FLINGS, GAINS)
_MET = GAIN  # from the row of what was booked to the row of what followed, whatever the cause
_ROWS = GAIN + _MET
_BOOKED = [ENDS, FLINGS, GAIN]
_FOLLOWED = slice(ENDS + _MET, _ROWS)

Kind = tuple[int, Offset, Offset]
"""A thing near the agent: its type, its latest step, and the step expected next."""

Deed = tuple[int, int, int]
"""What the agent did: its place, its action, and the steps since it moved last."""

Meeting = tuple[int, int]
"""A thing that goes into another: their types."""


class Happening(NamedTuple):
    """What was out of the ordinary in a step."""

    ended: bool
    flung: bool
    gain: float  # the reward beyond the usual one

    @property
    def any(self) -> bool:
        """Whether anything was."""
        return self.ended or self.flung or self.gain != 0.0

    @property
    def rows(self) -> tuple[bool, bool, bool]:
        """Whether there was an end, a fling, an unusual reward."""
        return self.ended, self.flung, self.gain != 0.0


class Near(NamedTuple):
    """A thing near the agent, as it stood before a step."""

    kind: Kind
    offset: Offset  # from the place that the agent went to, to the thing
    likely: float  # the chance, before any experience, that the thing is the cause


class Occasion(NamedTuple):
    """All causes that a step may have."""

    deed: Deed
    meetings: Sequence[Meeting]
    near: Sequence[Near]


class Events:
    """Tallies of what followed on each cause."""

    def __init__(self, shape: Shape, thresholds: ForesightThresholds) -> None:
        self.shape = shape
        self._thresholds = thresholds
        self._deeds: dict[Deed, Floats] = {}
        self._meetings: dict[Meeting, Floats] = {}
        # by kind, `[8, 2 * rows - 1, 2 * columns - 1]`: by the offset of the thing
        self._near: dict[Kind, Floats] = {}
        self._met: Counter[int] = Counter()  # occasions on which things were near, by type
        # by kind and axes: occasions of the type as of the estimate, and the estimate
        self._maps: dict[tuple[Kind, tuple[bool, bool]], tuple[int, Floats]] = {}
        self._concern: frozenset[int] | None = None  # `None` until it is asked for
        self.best = 0.0  # the highest gain of a step
        self.version = 0  # grows with what is counted
        # the steps in which something happened, until they are booked anew for the last time
        self._log: list[tuple[Occasion, Happening]] = []
        self._book_at = 1  # steps in the log at which it is booked anew; 0 after the last time

    def observe(self, occasion: Occasion, happening: Happening) -> None:
        """Count an occasion, and book what happened to its likeliest cause."""
        self.version += 1
        tallies = self._tallies(occasion)
        for _, tally in tallies:
            tally[TRIED] += 1.0
        self._met.update(near.kind[0] for near in occasion.near)
        if not happening.any:
            return
        self.best = max(self.best, happening.gain)
        for _, tally in tallies:
            tally[_FOLLOWED] += happening.rows
        self._enter(occasion, happening, tallies)
        self._maps.clear()
        self._concern = None

    def _enter(
        self, occasion: Occasion, happening: Happening, tallies: Sequence[tuple[float, Floats]]
    ) -> None:
        """Book what happened, or all that did where the log has grown enough."""
        if self._book_at:
            self._log.append((occasion, happening))
        if self._book_at and len(self._log) == self._book_at:
            self._book_anew()
        else:
            self._book(tallies, happening)

    def _book_anew(self) -> None:
        """Book all that happened to the causes that are likeliest by now."""
        for tally in (*self._deeds.values(), *self._meetings.values(), *self._near.values()):
            tally[ENDS : GAIN + 1] = 0.0
        for occasion, happening in self._log:
            self._book(self._tallies(occasion), happening)
        self._book_at *= 2
        if self._book_at > self._thresholds.logged:
            self._log, self._book_at = [], 0

    def _book(self, tallies: Sequence[tuple[float, Floats]], happening: Happening) -> None:
        for row in _KINDS:
            if happening.rows[row - ENDS]:
                followed = row + _MET
                _, tally = max(tallies, key=lambda each: _chance(each[0], each[1], followed))
                tally[row] += 1.0
                tally[GAIN] += happening.gain if row == GAINS else 0.0

    def of_deed(self, deed: Deed) -> Floats | None:
        """Return the tally of a deed, `None` if it was never done."""
        return self._deeds.get(deed)

    def deeds(self) -> Mapping[Deed, Floats]:
        """Return the tallies of all deeds."""
        return self._deeds

    def gain_of(self, meeting: Meeting) -> float:
        """Return the mean gain of a thing that goes into another."""
        tally = self._meetings.get(meeting)
        if tally is None or not tally[GAIN]:
            return 0.0
        return float(tally[GAIN] / (tally[TRIED] + self._thresholds.doubt))

    @property
    def concern(self) -> frozenset[int]:
        """The types of things that a fair share of events of some sort is booked to."""
        if self._concern is None:
            booked: dict[int, Floats] = {}
            for kind, tally in self._near.items():
                counts = tally[ENDS : GAINS + 1].sum(axis=(1, 2))
                booked[kind[0]] = booked.get(kind[0], np.zeros(3)) + counts
            tallies = (*self._deeds.values(), *self._meetings.values())
            whole = sum((tally[ENDS : GAINS + 1] for tally in tallies), np.zeros(3))
            whole = sum(booked.values(), whole)
            least = np.maximum(self._thresholds.concern * whole, 1.0)
            self._concern = frozenset(of for of, n in booked.items() if (n >= least).any())
        return self._concern

    def map_of(self, kind: Kind, axes: tuple[bool, bool]) -> Floats | None:
        """Return what a thing near the agent does, `[3, ...]`: chances of an end and a fling, gain.

        The last two axes are the offsets of the thing. Where a kind was seldom met, what is known
        of kinds of the same type with the same latest step or the same step expected counts.
        Estimates are made anew when something happened, or the type was met often without it.
        """
        key, met = (kind, axes), self._met[kind[0]]
        known = self._maps.get(key)
        if known is None or met > (1.0 + self._thresholds.growth) * known[0]:
            alike = [
                of
                for of in self._near
                if of[0] == kind[0] and (of[1] == kind[1] or of[2] == kind[2])
            ]
            whole = sum((self._near[of] for of in alike), self._blank())
            doubt, tally = self._thresholds.doubt, self._near.get(kind, whole)
            found = self._smoothed(whole, axes)
            known = met, (tally[_BOOKED] + doubt * found) / (tally[TRIED] + doubt)
            self._maps[key] = known
        return known[1] if known[1].any() else None

    def state(self) -> dict[str, Any]:
        """Return all tallies for a checkpoint, JSON-able."""
        near = [[list(key), _sparse(tally)] for key, tally in self._near.items()]
        return {
            "shape": list(self.shape),
            "deeds": [[list(key), tally.tolist()] for key, tally in self._deeds.items()],
            "meetings": [[list(key), tally.tolist()] for key, tally in self._meetings.items()],
            "near": near,
            "best": self.best,
            "log": [[_listed(occasion), list(happening)] for occasion, happening in self._log],
            "book_at": self._book_at,
        }

    def load(self, state: Mapping[str, Any]) -> None:
        """Take what `state()` gave, after a round through JSON."""
        self.shape = frozen(state["shape"])
        self.version += 1
        self.best = float(state["best"])
        self._deeds = {frozen(key): np.array(tally) for key, tally in state["deeds"]}
        self._meetings = {frozen(key): np.array(tally) for key, tally in state["meetings"]}
        self._near, self._met = {}, Counter()
        for key, cells in state["near"]:
            tally = self._near[frozen(key)] = self._blank()
            for row, down, right, count in cells:
                tally[row, down, right] = count
            self._met[key[0]] += int(tally[TRIED].sum())
        self._book_at = int(state["book_at"])
        # Older versions went on with the log after the last time.
        log = state["log"] if self._book_at else []
        self._log = [
            (
                Occasion(frozen(deed), frozen(meetings), [Near(*map(frozen, n)) for n in near]),
                Happening(*happening),
            )
            for (deed, meetings, near), happening in log
        ]
        self._maps.clear()
        self._concern = None

    def _blank(self) -> Floats:
        return np.zeros((_ROWS, 2 * self.shape[0] - 1, 2 * self.shape[1] - 1))

    def _tallies(self, occasion: Occasion) -> list[tuple[float, Floats]]:
        """Return the tallies of all causes, with the chance that each has before experience."""
        prior = self._thresholds.prior_cause
        found = [(prior, self._deeds.setdefault(occasion.deed, np.zeros(_ROWS)))]
        found += [
            (prior, self._meetings.setdefault(meeting, np.zeros(_ROWS)))
            for meeting in occasion.meetings
        ]
        rows, cols = self.shape
        for near in occasion.near:
            if near.kind not in self._near:
                self._near[near.kind] = self._blank()
            down, right = near.offset[0] + rows - 1, near.offset[1] + cols - 1
            found.append((prior * near.likely, self._near[near.kind][:, down, right]))
        return found

    def _smoothed(self, tally: Floats, axes: tuple[bool, bool]) -> Floats:
        """Return the means of what was booked, by offset.

        Offsets that were seldom met take part in the mean over the axis along which the agent
        moves; there is some hope that they are better.
        """
        doubt, booked = self._thresholds.doubt, tally[_BOOKED]
        prior = np.zeros_like(booked)
        if sum(axes) == 1:
            along = 0 if axes[0] else 1
            tried = tally[TRIED].sum(axis=along, keepdims=True)
            pooled = booked.sum(axis=along + 1, keepdims=True) / np.maximum(tried, 1.0)
            prior += (1.0 - self._thresholds.hope) * pooled
        smoothed: Floats = (booked + doubt * prior) / (tally[TRIED] + doubt)
        return smoothed


def _chance(prior: float, tally: Floats, row: int) -> float:
    """Return the chance that a cause is followed by something."""
    return float((tally[row] + prior) / (tally[TRIED] + 1.0))


def near_of(kind: Kind, place: Place, thing: Place, step: Offset) -> Near:
    """Return a thing as a cause, for an agent that went to a place.

    The nearer to the agent the thing goes, the likelier it is the cause.
    """
    offset = thing[0] - place[0], thing[1] - place[1]
    gap = far((offset[0] + step[0], offset[1] + step[1]))
    return Near(kind, offset, 1.0 / (1.0 + gap) ** 2)


def _sparse(tally: Floats) -> list[list[float]]:
    return [[*map(int, at), float(tally[tuple(at)])] for at in np.argwhere(tally)]


def _listed(occasion: Occasion) -> list[Any]:
    return [occasion.deed, occasion.meetings, [list(near) for near in occasion.near]]
