"""Translate contacts into those of representative types: a shape in another colour is like it."""

from __future__ import annotations

from collections.abc import Mapping

from dsrl_agent.front_end.rule import Context, Effect
from dsrl_agent.front_end.rules.board import with_taken

Likeness = Mapping[int, int]
"""For types that resemble another, such as a known shape in a new colour: that representative."""


def general_context(context: Context, likeness: Likeness) -> Context:
    """Return a context with the representative of every type."""
    taken: tuple[tuple[int, int], ...] = ()
    for number, times in context.taken:
        taken = with_taken(taken, likeness.get(number, number), times)
    return context._replace(
        front=likeness.get(context.front, context.front),
        beyond=likeness.get(context.beyond, context.beyond),
        taken=taken,
        held=likeness.get(context.held, context.held),
        came=tuple(sorted({likeness.get(number, number) for number in context.came})),
        gone=tuple(sorted({likeness.get(number, number) for number in context.gone})),
    )


def general_effect(effect: Effect, likeness: Likeness) -> Effect:
    """Return an effect with the representative of every type."""
    remote = {(likeness.get(old, old), likeness.get(new, new)) for old, new in effect.remote}
    return effect._replace(
        becomes=likeness.get(effect.becomes, effect.becomes),
        lands=likeness.get(effect.lands, effect.lands),
        beyond=likeness.get(effect.beyond, effect.beyond),
        remote=tuple(sorted(remote)),
        fixed=(),
    )


def special_effect(effect: Effect, front: int, likeness: Likeness) -> Effect:
    """Return a representative's effect as that on a type that resembles it."""
    own = likeness.get(front, front)
    return effect._replace(
        becomes=front if effect.becomes == own else effect.becomes,
        lands=front if effect.lands == own else effect.lands,
        beyond=front if effect.beyond == own else effect.beyond,
    )
