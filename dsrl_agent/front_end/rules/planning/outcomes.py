"""Value all actions from all places at once, among things that walk and on slippery ground."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.front_end.rules.board import steps
from dsrl_agent.types import Floats


class ChanceWay(NamedTuple):
    """One way in which an action may turn out, from every place at once."""

    chance: float
    body: int  # index of the appearance afterwards
    there: NDArray[np.int64]  # `[n]`: the place afterwards
    target: NDArray[np.int64]  # `[n]`: the place gone for; its own place if for none
    ends: Floats  # `[n]`: the value where that ends the way, else nan


class ChanceOption(NamedTuple):
    """An action of an appearance, with the ways in which it may turn out."""

    action: int
    body: int  # index of the appearance
    ways: tuple[ChanceWay, ...]


class ChancePrices(NamedTuple):
    """What values are made of."""

    discount: float  # factor per step
    risk: float  # chance that a thing that comes where the agent stands hurts it


class Occupancy(NamedTuple):
    """The chances of something that walks at each place, `[n]`."""

    now: Floats  # before a step
    then: Floats  # after it


class OutcomeArrays:
    """The outcomes of all options, in one array for all ways `[W, n]`."""

    def __init__(self, options: Sequence[ChanceOption], count: int, prices: ChancePrices) -> None:
        """Stack the ways of options, which are ordered by body; `count` is n."""
        self.options, self._prices = options, prices
        ways = [way for option in options for way in option.ways]
        own = np.arange(count)
        bodies = np.array([option.body for option in options for _ in option.ways])
        self._chances = np.array([way.chance for way in ways])[:, None]
        self._there = np.array([way.there for way in ways])
        self._leads = self._there + count * np.array([way.body for way in ways])[:, None]
        self._stays = own + count * bodies[:, None]
        self._target = np.array([way.target for way in ways])
        self._going = self._target != own
        self._ends = np.array([way.ends for way in ways])
        self._going_on = np.isnan(self._ends)
        self._starts = _starts([len(option.ways) for option in options])
        of_bodies = np.unique([option.body for option in options], return_counts=True)[1]
        self._bodies = _starts(of_bodies.tolist())
        self._certain = len(ways) == len(options) and bool((self._chances == 1.0).all())

    def best(self, values: Floats, crowd: Occupancy | None) -> Floats:
        """Return the values `[bodies, n]` one step earlier, at least -1."""
        worths = self.worths(values, crowd)
        found = np.maximum.reduceat(worths, self._bodies, axis=0)
        return np.maximum(found, -1.0, out=found)

    def worths(self, values: Floats, crowd: Occupancy | None, *, now: bool = False) -> Floats:
        """Return the value `[options, n]` of each option from every place.

        `values` `[bodies, n]` are those afterwards. Things that walk can be seen later on in time
        and waited for; what is there `now` cannot.
        """
        discounted = self._prices.discount * values
        worth = np.where(self._going_on, discounted.take(self._leads), self._ends)
        if crowd is not None:
            touch = -1.0 if now else np.maximum(-1.0, discounted.take(self._stays))
            met = np.where(self._going, crowd.now.take(self._target), 0.0)
            worth = (1.0 - met) * worth + met * touch
            hurt = (self._prices.risk * crowd.then).take(self._there)
            worth = (1.0 - hurt) * worth - hurt
        if self._certain:
            return worth
        return np.asarray(np.add.reduceat(self._chances * worth, self._starts, axis=0))


def _starts(lengths: Sequence[int]) -> NDArray[np.int64]:
    """Return where each of several runs begins."""
    return np.cumsum([0, *lengths[:-1]])


class Diffusion:
    """The spread of something that walks, over places that are free for it."""

    def __init__(
        self,
        shape: tuple[int, int],
        free: NDArray[np.bool_],
        moves: Mapping[tuple[int, int], float],
    ) -> None:
        """Take the probability of each step; what cannot go on stays."""
        own = np.arange(len(free))
        leads = (np.array(steps(shape, *offset)) for offset in moves)
        reached = (np.where(led < 0, own, led) for led in leads)
        self._targets = np.concatenate([np.where(free[to], to, own) for to in reached])
        self._shares = np.array(list(moves.values()))[:, None]

    def after(self, chance: Floats) -> Floats:
        """Return the chances `[n]` of its being at each place after a step."""
        weights = (self._shares * chance).ravel()
        found = np.bincount(self._targets, weights, minlength=len(chance))
        return np.asarray(found, np.float64)
