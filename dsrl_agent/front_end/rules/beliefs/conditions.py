"""Decide whether the sign of a reward depends on the context or has changed with the world."""

from __future__ import annotations

import math
from collections import Counter

from dsrl_agent.config import RulesThresholds
from dsrl_agent.front_end.rule import Context, Effect
from dsrl_agent.front_end.rules.beliefs.induction import Samples, description_length, induce
from dsrl_agent.front_end.rules.beliefs.tries import does_nothing
from dsrl_agent.types import FREE, HELD


def unsigned(effect: Effect) -> Effect:
    """Return an effect without the sign of its reward."""
    return effect._replace(gives=0)


def unsigned_samples(samples: Samples) -> dict[tuple[Context, Effect], int]:
    """Return samples without the signs of their rewards."""
    found: dict[tuple[Context, Effect], int] = {}
    for (context, effect), count in samples.items():
        key = (context, unsigned(effect))
        found[key] = found.get(key, 0) + count
    return found


def with_full_hands(samples: Samples) -> Samples:
    """Leave out what an empty hand did where other things are put down.

    An empty cell that stays empty with nothing in hand says nothing against putting down. Counted
    as an exception, it would call for a condition, and any that tells the two apart would do.
    """
    if not any(effect.becomes == HELD for _, effect in samples):
        return samples
    return {
        (context, effect): count
        for (context, effect), count in samples.items()
        if not (context.held == effect.becomes == FREE and does_nothing(context.front, effect))
    }


def of_hand(effect: Effect, held: int) -> Effect:
    """Return what an effect is with a thing in hand: an empty hand puts nothing down."""
    return effect._replace(becomes=FREE) if effect.becomes == HELD and held == FREE else effect


def depends_on_context(
    front: int, samples: Samples, changes: int, noise: float, thresholds: RulesThresholds
) -> bool:
    """Say whether conditions explain the signs of rewards in the shortest way.

    The samples are of one verb on the type in front. Three descriptions compete (minimum
    description length): rules with conditions on the sign, changes of the world, reading errors.
    """

    def length(of: Samples) -> float:
        return description_length(induce(front, of, noise, thresholds), of, noise, thresholds)

    signs: Counter[int] = Counter()
    for (_, effect), count in samples.items():
        signs[effect.gives] += count
    odd = sum(signs.values()) - max(signs.values(), default=0)
    otherwise = min(-changes * math.log(thresholds.change_rate), -odd * math.log(noise))
    margin = thresholds.condition_cost
    return length(samples) + margin < length(unsigned_samples(samples)) + otherwise
