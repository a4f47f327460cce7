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

    What is nothing from any of them is `None`.
    """

    places: Ints  # `[m]`: their numbers among all places
    landing: int  # the number among them of the place that flings lead to
    leads: Ints  # `[displacements - 1, m]`: where displacements lead, as numbers among them
    goes: Floats  # `[actions, rests, 1, displacements - 1, m]`: chances to be displaced
    stays: Floats  # `[actions, rests, 1, m]`: chance to stay
    throws: Floats | None  # `[actions, 1, shot rests, 1]`: chance of a throw
    flings: Floats | None  # `[actions, rests, 1, m]`, as `gains` and `ends`
    gains: Floats | None
    ends: Floats | None


def ground_of(options: Options, place: int, landing: int) -> ReachedPlaces:
    """Return where actions may lead an agent that is at a place, or at the landing."""
    leads: list[list[int]] = options.leads.tolist()
    can: list[list[bool]] = (options.moves.max(axis=(0, 1)) > 0.0).tolist()
    found, todo = {place, landing}, [place, landing]
    while todo:
        at = todo.pop()
        ways = {to[at] for to, may in zip(leads, can, strict=True) if may[at]} - found
        found |= ways
        todo += ways
    places = np.array(sorted(found))
    numbers = np.zeros(options.leads.shape[1], dtype=np.int64)  # no chance leads elsewhere
    numbers[places] = np.arange(len(places))
    moves = options.moves[:, :, None][..., places]
    deeds = options.deeds.transpose(2, 0, 1, 3)[:, :, :, None][..., places]
    ends, flings, gains = (_some(each) for each in deeds)
    throws = _some(options.throws[:, None, :, None])
    leads_on, landing = numbers[options.leads[1:, places]], int(numbers[landing])
    goes, stays = moves[..., 1:, :], moves[..., 0, :]
    return ReachedPlaces(places, landing, leads_on, goes, stays, throws, flings, gains, ends)


def _some(array: Floats) -> Floats | None:
    return array if array.any() else None


class _Stage(NamedTuple):
    """What things do in a step, laid out for what it is multiplied with; `None` if nothing."""

    gains: Floats
    aims: Floats
    stays: Floats | None  # chance of not being flung
    flings: Floats | None
    lives: Floats | None  # chance of no end
    costs: Floats | None  # what ends are expected to cost


def _stages(layers: TimeLayer, life: float) -> list[_Stage]:
    """Lay out steps; an end costs a life."""
    ends, flings, gains, aims = layers
    lives, costs, stays = 1.0 - ends, ends * life, 1.0 - flings
    may = zip((ends.max(axis=1) > 0.0).tolist(), (flings.max(axis=1) > 0.0).tolist(), strict=True)
    return [
        _Stage(
            gains[at], aims[at],
            stays[at] if flies else None, flings[at] if flies else None,
            lives[at] if dies else None, costs[at] if dies else None,
        )
        for at, (dies, flies) in enumerate(may)
    ]  # fmt: skip


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
    (stage,) = _stages(TimeLayer(*(array[None] for array in layer)), stakes.life)
    values, least = np.zeros(layer.ends.shape), stakes.settled * stakes.life
    for _ in range(sweeps):
        worth = _arrival(values, stage, stakes.discount, stakes.landing)
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
    at = ground.places
    steps = TimeLayer(*(array[..., at] for array in layers))
    values = np.broadcast_to(lasting[at], (rests, shot_rests, len(at)))
    worths = values[None]
    for stage in _stages(steps, stakes.life)[::-1]:
        worths = _worths(ground, stage, values, stakes)
        values = np.maximum.reduce(worths, axis=0)
    return np.asarray(worths[:, rest, shot_rest, int(np.searchsorted(at, place))])


def _worths(ground: ReachedPlaces, stage: _Stage, values: Floats, stakes: Stakes) -> Floats:
    """Return the value `[actions, rests, shot rests, m]` of each action one step earlier."""
    rests, shots = values.shape[:2]
    later = values[None] if shots == 1 else _later(values[None], 2)
    if ground.throws is not None:
        later = ground.throws * values[:, :1] + (1.0 - ground.throws) * later
    worth = _arrival(later, stage, stakes.discount, ground.landing)
    there = worth[:, 0].take(ground.leads, axis=2)  # an agent that has moved begins to rest
    longer = worth if rests == 1 else _later(worth, 1)
    on = np.add.reduce(ground.goes * there[:, None], axis=3)
    on += ground.stays * longer
    if ground.flings is not None:
        thrown = stakes.discount * later[:, :1, :, ground.landing, None]
        on = (1.0 - ground.flings) * on + ground.flings * thrown
    if ground.gains is not None:
        on += ground.gains
    if ground.throws is not None:
        on += ground.throws * stage.aims[:, None, None]
    if ground.ends is not None:
        on = (1.0 - ground.ends) * on - ground.ends * stakes.life
    return np.asarray(on)


def _later(values: Floats, axis: int) -> Floats:
    """Return values of having rested for a step more, up to the longest rest, along an axis."""
    return values.take(np.arange(1, values.shape[axis] + 1), axis=axis, mode="clip")


def _arrival(values: Floats, stage: _Stage, discount: float, landing: int) -> Floats:
    """Return the worth `[..., m]` of going to each place in a step, with what moves there."""
    on = values
    if stage.stays is not None and stage.flings is not None:
        on = stage.stays * values + stage.flings * values[..., landing, None]
    worth = stage.gains + discount * on
    if stage.lives is None or stage.costs is None:
        return worth
    return stage.lives * worth - stage.costs
