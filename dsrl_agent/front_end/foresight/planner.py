"""Plan the agent's next action among things that move, by values over places and layers of time.

The places of moving things are foreseen for some steps, whatever the agent does. Going back from
the last of these steps, each place, with the rest that the agent needs before it can move or throw
again, is valued by its best action. Beyond them a place is worth what it was worth in the past.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dsrl_agent.types import Floats, Ints


class TimeLayer(NamedTuple):
    """What things that move do in a step to an agent that goes to each place, `[n]` each.

    For several steps together each has a first axis more, of the steps.
    """

    ends: Floats  # chance of an end
    flings: Floats  # chance of being flung
    gains: Floats  # gain expected
    aims: Floats  # `[actions, n]`: what a throw is worth, by the place it is thrown from


class Options(NamedTuple):
    """The agent's actions, from each of n places.

    Attributes:
        leads: `[displacements, n]`: where each displacement leads; the first one is none.
        moves: `[actions, rests, displacements, n]`: chance of each displacement.
        deeds: `[actions, rests, 3, n]`: chances of an end and of a fling, and the gain expected,
            that the action has by itself.
        throws: `[actions, shot rests]`: chance of a throw.
    """

    leads: Ints
    moves: Floats
    deeds: Floats
    throws: Floats


class Stakes(NamedTuple):
    """What values are made of."""

    discount: float  # factor per step
    life: float  # what an end costs
    landing: int  # the place that flings lead to
    settled: float  # change of a value, as a share of a life, that counts as none


class ReachedPlaces(NamedTuple):
    """The m of n places that an agent may come to, and what its actions do there.

    What is nothing from any of them is `None`. The agent's states number `rests * m`: its rests one
    after the other, with all places each.
    """

    places: Ints  # `[m]`: their numbers among all places
    landing: int  # the number among them of the place that flings lead to
    leads: Ints  # `[displacements, rests, m]`: the states that displacements lead to
    goes: Floats  # `[actions, 1, displacements, rests, m]`: their chances, without end or fling
    throws: Floats | None  # `[actions, shot rests, rests, m]`: chance of a throw, without an end
    turns: Floats | None  # `[actions, from, to]`: chances of shot rests; `None` if there is but one
    flings: Floats | None  # `[actions, 1, rests, m]`: chance of a fling, without an end
    gains: Floats  # `[actions, 1, rests, m]`: gain expected, without an end
    ends: Floats  # `[actions, 1, rests, m]`: chance of an end


def ground_of(options: Options, place: int, landing: int) -> ReachedPlaces:
    """Return where actions may lead an agent that is at a place, or at the landing."""
    ways: list[list[int]] = options.leads.tolist()
    can: list[list[bool]] = (options.moves.max(axis=(0, 1)) > 0.0).tolist()
    found, todo = {place, landing}, [place, landing]
    while todo:
        at = todo.pop()
        new = {to[at] for to, may in zip(ways, can, strict=True) if may[at]} - found
        found |= new
        todo += new
    places = np.array(sorted(found))
    numbers = np.zeros(options.leads.shape[1], dtype=np.int64)  # no chance leads elsewhere
    numbers[places] = np.arange(len(places))
    rests, displacements = options.moves.shape[1:3]
    leads = np.empty((displacements, rests, len(places)), np.int64)
    leads[0] = _later(np.arange(rests), 0)[:, None] * len(places) + np.arange(len(places))
    leads[1:] = numbers[options.leads[1:, None, places]]  # an agent that has moved begins to rest
    ends, flings, gains = options.deeds.transpose(2, 0, 1, 3)[:, :, None, :, places]
    goes = options.moves.swapaxes(1, 2)[:, None, ..., places]
    goes = goes * ((1.0 - ends) * (1.0 - flings))[:, :, None]
    throws = options.throws[..., None, None] * (1.0 - ends) if options.throws.any() else None
    turns = _turns(options.throws) if options.throws.shape[1] > 1 else None
    flung = (1.0 - ends) * flings if flings.any() else None
    at_landing, kept = int(numbers[landing]), (1.0 - ends) * gains
    return ReachedPlaces(places, at_landing, leads, goes, throws, turns, flung, kept, ends)


class _Arrivals(NamedTuple):
    """What it is worth to go to a place in each of some steps, as a share and a sum, `[steps, m]`.

    It is `kept` of the place's own value a step later, `flung` of the landing's, and `gains`.
    """

    kept: Floats
    gains: Floats
    flung: Floats | None  # `None` if nothing flings


def _arrivals(layers: TimeLayer, stakes: Stakes) -> _Arrivals:
    """Lay out steps; an end costs a life."""
    lives = 1.0 - layers.ends
    gains, kept = lives * layers.gains - layers.ends * stakes.life, lives * stakes.discount
    if not layers.flings.any():
        return _Arrivals(kept, gains, None)
    return _Arrivals(kept * (1.0 - layers.flings), gains, kept * layers.flings)


def lasting_values(options: Options, layer: TimeLayer, stakes: Stakes, sweeps: int) -> Floats:
    """Return the value `[n]` of each place where things that move are met as often as in the past.

    Of an agent that must rest before it moves, moves count as that much rarer.
    """
    rests = options.moves.shape[1]
    moves = options.moves[:, -1] / rests
    moves[:, 0] += 1.0 - 1.0 / rests
    ends, flings, gains = options.deeds[:, -1].transpose(1, 0, 2) / rests
    lives, costs, stays = 1.0 - ends, ends * stakes.life, 1.0 - flings
    dies, flies = bool(ends.any()), bool(flings.any())
    arrivals = _arrivals(layer, stakes)
    values, least = np.zeros(layer.ends.shape), stakes.settled * stakes.life
    for _ in range(sweeps):
        worth = arrivals.kept * values + arrivals.gains
        if arrivals.flung is not None:
            worth += arrivals.flung * values[stakes.landing]
        each = np.add.reduce(moves * worth[options.leads], axis=1)
        if flies:
            each = gains + stays * each + flings * (stakes.discount * values[stakes.landing])
        else:
            each += gains
        if dies:
            each = lives * each - costs
        best: Floats = np.maximum.reduce(each, axis=0)
        if np.maximum.reduce(np.abs(best - values)) < least:
            return best
        values = best
    return values


def action_values(
    options: Options,
    layers: TimeLayer,
    lasting: Floats,
    stakes: Stakes,
    state: Sequence[int],
    ground: ReachedPlaces | None = None,
) -> Floats:
    """Return the value `[actions]` of each action in a state: rest, shot rest and place.

    `layers` holds all steps foreseen; `ground` is where the agent may come to, if that is known.
    """
    rest, shot_rest, place = state
    rests, shot_rests = options.moves.shape[1], options.throws.shape[1]
    ground = ground or ground_of(options, place, stakes.landing)
    at, landing, count = ground.places, ground.landing, len(ground.places)
    arrivals = _arrivals(TimeLayer(*(array[..., at] for array in layers)), stakes)
    # What actions bring by themselves, `[steps, actions, shot rests, rests, m]`.
    brings = (ground.gains - ground.ends * stakes.life)[None]
    if ground.throws is not None:
        brings = brings + ground.throws * layers.aims[:, :, None, None, at]
    brings = np.broadcast_to(brings, (len(arrivals.kept), *brings.shape[1:]))
    values: Floats = np.broadcast_to(lasting[at], (shot_rests, rests, count))
    worths = values[None]
    for step in range(len(brings) - 1, -1, -1):
        worth = arrivals.kept[step] * values + arrivals.gains[step]
        if arrivals.flung is not None:
            worth += arrivals.flung[step] * values[:, :, landing, None]
        there = worth.reshape(shot_rests, rests * count).take(ground.leads, axis=1)
        worths = np.add.reduce(ground.goes * there, axis=2)
        if ground.flings is not None:
            worths += ground.flings * (stakes.discount * values[:, 0, landing, None, None])
        if ground.turns is not None:
            each = worths.reshape(len(ground.turns), shot_rests, rests * count)
            worths = (ground.turns @ each).reshape(worths.shape)
        worths += brings[step]
        values = np.maximum.reduce(worths, axis=0)
    return np.asarray(worths[:, shot_rest, rest, int(np.searchsorted(at, place))])


def _turns(throws: Floats) -> Floats:
    """Return the chances `[actions, from, to]` of shot rests after an action."""
    actions, rests = throws.shape
    found = np.zeros((actions, rests, rests))
    found[:, np.arange(rests), _later(np.arange(rests), 0)] = 1.0 - throws
    found[:, :, 0] += throws
    return found


def _later(values: Ints, axis: int) -> Ints:
    """Return values of having rested for a step more, up to the longest rest, along an axis."""
    return values.take(np.arange(1, values.shape[axis] + 1), axis=axis, mode="clip")
