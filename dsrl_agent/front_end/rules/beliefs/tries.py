"""Summarise what has been tried on a type by a verb."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dsrl_agent.front_end.rule import Context, Effect
from dsrl_agent.types import EDGE, KEPT

Affairs = tuple[int, frozenset[int], tuple[int, ...]]
"""A state of affairs: the thing in hand, the types taken, the types that came up."""


class Tries(NamedTuple):
    """The circumstances in which a type was touched by a verb."""

    times: int
    held: frozenset[int]  # the things in hand
    beyond: frozenset[int]  # the contents of the cell beyond
    taken: frozenset[frozenset[int]]  # the sets of types taken
    affairs: frozenset[Affairs]
    costly: frozenset[Affairs]  # those in which it gave less than a plain step
    gone: frozenset[tuple[int, ...]]  # the sets of other types that were taken to the last
    # things in hand and types that came up with which as many touches gave more than a plain step
    # as did not
    promising: frozenset[tuple[int, tuple[int, ...]]]
    enters: bool  # whether the agent always entered
    good: bool  # whether it ever gave more than a plain step


def affairs_of(context: Context) -> Affairs:
    """Return the state of affairs of a context."""
    return context.held, frozenset(number for number, _ in context.taken), context.came


def others_gone(context: Context) -> tuple[int, ...]:
    """Return the types of which the agent took some and nothing is left, but for that in front.

    What is gone by itself may be hidden or misread, and comes and goes.
    """
    taken = dict(context.taken)
    return tuple(of for of in context.gone if of in taken and of != context.front)


def is_tried(tries: Tries, context: Context, likeness: Mapping[int, int]) -> bool:
    """Say whether there was a try in the same state of affairs.

    Types that came up count as those that they resemble: `likeness` holds the representatives.
    """
    held, taken, came = affairs_of(context)
    general = {likeness.get(number, number) for number in came}
    return any(
        (held, taken) == (had, gone) and general == {likeness.get(number, number) for number in up}
        for had, gone, up in tries.affairs
    )


def is_covered(tries: Tries, context: Context) -> bool:
    """Say whether each circumstance of a context was met among the tries.

    Circumstances are the thing in hand and, for each type, whether it was taken and whether it came
    up. They need not have been met together: of `n` types as few as two tries may cover all.
    """
    held, taken, came = affairs_of(context)
    return (
        tries.times > 0
        and held in tries.held
        and _between(taken, [had for _, had, _ in tries.affairs])
        and _between(frozenset(came), [frozenset(up) for _, _, up in tries.affairs])
    )


def _between(types: frozenset[int], met: Sequence[frozenset[int]]) -> bool:
    """Say whether each type was met as it is here: there, or not there."""
    return frozenset.intersection(*met) <= types <= frozenset.union(*met)


def tries_in(samples: Mapping[tuple[Context, Effect], int]) -> Tries:
    """Return a summary of samples."""
    contexts = [context for context, _ in samples]
    affairs = frozenset(map(affairs_of, contexts))
    return Tries(
        times=sum(samples.values()),
        held=frozenset(context.held for context in contexts),
        beyond=frozenset(context.beyond for context in contexts),
        taken=frozenset(taken for _, taken, _ in affairs),
        affairs=affairs,
        costly=frozenset(affairs_of(context) for context, effect in samples if effect.gives < 0),
        gone=frozenset(map(others_gone, contexts)),
        promising=_promising(samples),
        enters=all(effect.enters for _, effect in samples),
        good=any(effect.gives > 0 for _, effect in samples),
    )


def _promising(
    samples: Mapping[tuple[Context, Effect], int],
) -> frozenset[tuple[int, tuple[int, ...]]]:
    balance: Counter[tuple[int, tuple[int, ...]]] = Counter()
    good = set()
    for (context, effect), count in samples.items():
        key = (context.held, context.came)
        balance[key] += count if effect.gives > 0 else -count
        good |= {key} if effect.gives > 0 else set()
    return frozenset(key for key in good if balance[key] >= 0)


def does_nothing(front: int, effect: Effect) -> bool:
    """Say whether an effect on a type leaves everything as it was, the reward too."""
    return (
        not effect.enters
        and not effect.flung
        and not effect.gives
        and not effect.turns
        and effect.becomes in (front, EDGE)
        and effect.beyond == KEPT
        and not effect.remote
        and not effect.fixed
    )
