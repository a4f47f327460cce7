"""Aim actions at places, read the effects of contacts, and apply them to scenes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from dsrl_agent.front_end.agency import ActionEffect, ActionEffects
from dsrl_agent.front_end.rule import Context, Effect
from dsrl_agent.front_end.rules.board import Board, replaced, steps, with_taken
from dsrl_agent.types import EDGE, FREE, KEPT

Labels = Mapping[int, int]
"""The types seen in a frame, by place."""


class Aim(NamedTuple):
    """The place that an action would take the agent to."""

    effect: ActionEffect  # the effect of the action where nothing is in the way
    target: int  # the place that the agent goes for, -1 beyond the edge
    beyond: int  # the next place in the same direction, -1 beyond the edge


def aim(board: Board, action: int, effects: ActionEffects) -> Aim | None:
    """Return the place that an action would take the agent to, `None` if it does not move."""
    effect = effects.get((board.body, action))
    if effect is None or not (effect.d_row or effect.d_col):
        return None
    leads = steps(board.shape, effect.d_row, effect.d_col)
    target = leads[board.place]
    return Aim(effect, target, -1 if target < 0 else leads[target])


def context_of(board: Board, action: int, where: Aim) -> Context:
    """Return the context of an action."""
    front, beyond = board.at(where.target), board.at(where.beyond)
    return Context(front=front, beyond=beyond, body=board.body, action=action, taken=board.taken)


def effect_of(
    before: Board, where: Aim, place: int, seen_before: Labels, seen_after: Labels
) -> Effect:
    """Return the observed effect of going for a cell; `place` is the agent's place afterwards."""
    front, enters = before.at(where.target), place == where.target
    if front == EDGE:
        return Effect(enters, EDGE)
    becomes = FREE if enters else seen_after.get(where.target, FREE)
    beyond = KEPT
    if where.beyond >= 0:
        now = seen_after.get(where.beyond, FREE)
        # Only an object from the cell before counts: one that moves by itself is no effect.
        if now != before.cells[where.beyond] and now == front != FREE:
            beyond = now
    near = {before.place, where.target, where.beyond}
    return Effect(enters, becomes, beyond, _remote(seen_before, seen_after, near))


def applied(board: Board, where: Aim, effect: Effect) -> Board:
    """Return the scene after an effect."""
    front = board.at(where.target)
    if front == EDGE:
        return board
    changes = {where.target: effect.becomes}
    if effect.beyond != KEPT and where.beyond >= 0:
        changes[where.beyond] = effect.beyond
    if effect.remote:
        of = dict(effect.remote)
        for place, label in enumerate(board.cells):
            if label in of and place not in changes:
                changes[place] = of[label]
    moved = front != FREE and effect.becomes != front and effect.beyond != front
    return Board(
        shape=board.shape,
        cells=replaced(board.cells, changes),
        place=where.target if effect.enters else board.place,
        body=where.effect.type if effect.enters else board.body,
        taken=with_taken(board.taken, front) if moved else board.taken,
    )


def _remote(before: Labels, after: Labels, near: set[int]) -> tuple[tuple[int, int], ...]:
    """Return the changes of types of which all objects changed in the same way."""
    fates: dict[int, set[int]] = {}
    for place, label in before.items():
        if place not in near:
            fates.setdefault(label, set()).add(after.get(place, FREE))
    left = set(after.values())  # an object that moved up to the agent has not vanished
    found = [(label, min(now)) for label, now in fates.items() if len(now) == 1]
    return tuple(sorted((label, now) for label, now in found if label not in left))
