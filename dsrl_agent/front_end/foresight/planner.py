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
    """What things that move do in a step to an agent that goes to each place, `[n]` each."""

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


def lasting_values(options: Options, layer: TimeLayer, stakes: Stakes, sweeps: int) -> Floats:
    """Return the value `[n]` of each place where things that move are met as often as in the past.

    Of an agent that must rest before it moves, moves count as that much rarer.
    """
    rests = options.moves.shape[1]
    moves = options.moves[:, -1] / rests
    moves[:, 0] += 1.0 - 1.0 / rests
    ends, flings, gains = options.deeds[:, -1].transpose(1, 0, 2) / rests
    values = np.zeros(layer.ends.shape)
    for _ in range(sweeps):
        worth = _arrival(values, layer, stakes)
        on = (moves * worth[options.leads]).sum(axis=1)
        thrown = stakes.discount * values[stakes.landing]
        each = (1.0 - ends) * (gains + (1.0 - flings) * on + flings * thrown)
        best = np.asarray((each - ends * stakes.life).max(axis=0))
        if np.abs(best - values).max() < stakes.settled * stakes.life:
            return best
        values = best
    return values


def action_values(
    options: Options,
    layers: Sequence[TimeLayer],
    lasting: Floats,
    stakes: Stakes,
    state: Sequence[int],
) -> Floats:
    """Return the value `[actions]` of each action in a state: rest, shot rest and place."""
    rests, shot_rests = options.moves.shape[1], options.throws.shape[1]
    lasts = _Lasts.of(options)
    values = np.broadcast_to(lasting, (rests, shot_rests, len(lasting)))
    for layer in layers[:0:-1]:
        values = _worths(lasts, options, layer, values, stakes).max(axis=0)
    rest, shot_rest, place = state
    worths = _worths(lasts, options, layers[0], values, stakes)
    return np.asarray(worths[:, rest, shot_rest, place])


class _Lasts(NamedTuple):
    """What does not change over the layers; `None` where it is nothing from anywhere."""

    goes: Floats  # `[actions, rests, 1, displacements - 1, n]`: chances to be displaced
    stays: Floats  # `[actions, rests, 1, n]`: chance to stay
    throws: Floats | None  # `[actions, 1, shot rests, 1]`: chance of a throw
    flings: Floats | None  # `[actions, rests, 1, n]`, as `gains` and `ends`
    gains: Floats
    ends: Floats | None

    @classmethod
    def of(cls, options: Options) -> _Lasts:
        """Lay out the options."""
        moves = options.moves[:, :, None]
        ends, flings, gains = options.deeds.transpose(2, 0, 1, 3)[:, :, :, None]
        throws = options.throws[:, None, :, None]
        return cls(
            moves[..., 1:, :], moves[..., 0, :], throws if throws.any() else None,
            flings if flings.any() else None, gains, ends if ends.any() else None,
        )  # fmt: skip


def _worths(
    lasts: _Lasts, options: Options, layer: TimeLayer, values: Floats, stakes: Stakes
) -> Floats:
    """Return the value `[actions, rests, shot rests, n]` of each action one step earlier."""
    rests, shots = values.shape[:2]
    longer = np.minimum(np.arange(shots) + 1, shots - 1)
    after = np.minimum(np.arange(rests) + 1, rests - 1)
    later = values[None, :, longer]
    if lasts.throws is not None:
        later = lasts.throws * values[:, :1] + (1.0 - lasts.throws) * later
    worth = _arrival(later, layer, stakes)
    there = worth[:, 0][..., options.leads[1:]]  # an agent that has moved begins to rest
    on = (lasts.goes * there[:, None]).sum(axis=3) + lasts.stays * worth[:, after]
    if lasts.flings is not None:
        thrown = stakes.discount * later[:, :1, :, stakes.landing, None]
        on = (1.0 - lasts.flings) * on + lasts.flings * thrown
    on += lasts.gains
    if lasts.throws is not None:
        on += lasts.throws * layer.aims[:, None, None]
    if lasts.ends is not None:
        on = (1.0 - lasts.ends) * on - lasts.ends * stakes.life
    return np.asarray(on)


def _arrival(values: Floats, layer: TimeLayer, stakes: Stakes) -> Floats:
    """Return the worth `[..., n]` of going to each place in a step, with what moves there."""
    on = values
    if layer.flings.any():
        landing = values[..., stakes.landing, None]
        on = (1.0 - layer.flings) * values + layer.flings * landing
    worth = layer.gains + stakes.discount * on
    return (1.0 - layer.ends) * worth - layer.ends * stakes.life if layer.ends.any() else worth
