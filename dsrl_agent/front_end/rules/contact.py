"""Aim actions at places, read the effects of contacts, and apply them to scenes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from dsrl_agent.front_end.agency import ActionEffect, ActionEffects
from dsrl_agent.front_end.rule import Context, Effect, Taken, Verbs
from dsrl_agent.front_end.rules.board import Board, SinceStart, replaced, steps, with_taken
from dsrl_agent.front_end.rules.motion.fixed_changes import changes_made
from dsrl_agent.front_end.rules.motion.slips import Slips
from dsrl_agent.types import EDGE, FREE, GOING, HELD, KEPT

Labels = Mapping[int, int]
"""The types seen in a frame, by place."""


class Aim(NamedTuple):
    """The place that an action reaches."""

    effect: ActionEffect  # the effect of the action where nothing is in the way
    target: int  # the place that the agent goes for, -1 beyond the edge
    beyond: int  # the next place in the same direction, -1 beyond the edge


def aim(
    board: Board, action: int, effects: ActionEffects, verbs: Verbs | None = None
) -> Aim | None:
    """Return the place that an action reaches, `None` if it reaches none or is not known.

    Actions on the spot, of which `verbs` tells, reach the agent's own place.
    """
    effect = effects.get((board.body, action))
    if verbs is not None and action in verbs.here:
        # In a look in which it was not seen yet, it is taken to leave the agent as it is.
        return Aim(effect or ActionEffect(0, 0, board.body), board.place, -1)
    if effect is None or not (effect.d_row or effect.d_col):
        return None
    leads = steps(board.shape, effect.d_row, effect.d_col)
    target = leads[board.place]
    return Aim(effect, target, -1 if target < 0 else leads[target])


def slipped(
    board: Board,
    action: int,
    slips: Slips,
    effects: ActionEffects,
    place: int | None,
    *,
    told: bool = False,
) -> Aim | None:
    """Return the place that an action has reached on slippery ground, `None` if that is not known.

    `place` is where the agent is seen then; where it is not seen, the things of one type that it
    may have reached are taken. They are as well where the step has `told` something, but the agent
    is in none of these places, and where it was held up, unless by the edge.
    """
    ways = [(offset, steps(board.shape, *offset)) for offset in slips.get(action, ())]
    held_up = place == board.place and all(leads[board.place] >= 0 for _, leads in ways)
    for at in (place, None) if told or held_up else (place,):
        found = []
        for offset, leads in ways:
            target = leads[board.place]
            known = effects.get((board.body, action), ActionEffect(*offset, board.body))
            effect = ActionEffect(*offset, known.type)
            if target >= 0 and (at == target or (at is None and board.at(target) != FREE)):
                found.append(Aim(effect, target, leads[target]))
        if len({board.at(where.target) for where in found}) == 1:
            return found[0]
    return None


def context_of(board: Board, action: int, where: Aim, since: SinceStart | None = None) -> Context:
    """Return the context of an action; `since` holds what came and went in this episode."""
    front, beyond = board.at(where.target), board.at(where.beyond)
    return Context(
        front=front,
        beyond=beyond,
        # On the spot it does not matter where the agent looks, only what it shows to carry.
        body=FREE if where.target == board.place else board.body,
        action=action,
        taken=board.taken,
        held=board.held,
        came=() if since is None else since.came,
        gone=() if since is None else since.gone_beside(front),
    )


def effect_of(
    before: Board,
    where: Aim,
    place: int,
    seen_before: Labels,
    seen_after: Labels,
    staying: frozenset[int] = frozenset(),
    looks: int = FREE,
) -> Effect:
    """Return the observed effect of going for a cell.

    `place` is the agent's place afterwards. The agent hides what it stands on: types in `staying`
    are taken to have stayed there, others to have vanished. `looks` is its type afterwards, where
    that is not what the action makes of it.
    """
    front, enters = before.at(where.target), place == where.target
    flung = not enters and place != before.place
    if front == EDGE:
        return Effect(enters, EDGE, flung=flung)
    lands = before.at(place) if flung else FREE
    hidden = front if front in staying else FREE
    if where.target == before.place:  # what it stands on is hidden, and taken to stay as it was
        remote = _remote(seen_before, seen_after, (before.place, place))
        return Effect(False, front, KEPT, remote, flung=flung, lands=lands)
    becomes = hidden if enters else seen_after.get(where.target, FREE)
    if front == FREE and becomes == before.held != FREE:
        becomes = HELD
    beyond = KEPT
    if where.beyond >= 0:
        now = seen_after.get(where.beyond, FREE)
        # Only an object from the cell before counts: one that moves by itself is no effect.
        if now != before.cells[where.beyond] and now == front != FREE:
            beyond = now
    near = (before.place, where.target, where.beyond, place)
    remote = _remote(seen_before, seen_after, near)
    wears = looks if enters and front != FREE else FREE
    return Effect(enters, becomes, beyond, remote, flung, lands=lands, wears=wears)


def landing(board: Board, where: Aim, effect: Effect) -> int:
    """Return the place that an effect flings the agent to, or -1 if it flings it nowhere known.

    It is the one other place with the type that it comes to stand on.
    """
    if not effect.flung or effect.lands == FREE:
        return -1
    places = (place for place, cell in enumerate(board.cells) if cell == effect.lands)
    found = [place for place in places if place not in (where.target, board.place)]
    return found[0] if len(found) == 1 else -1


def looks_after(effect: Effect, usual: int, body: int, *, flies: bool) -> int:
    """Return the agent's type after an effect; an action usually makes `usual` of the `body`."""
    if effect.enters and effect.wears != FREE:
        return effect.wears
    return usual if effect.enters or effect.turns or flies else body


def applied(
    board: Board, where: Aim, effect: Effect, action: int = GOING, verbs: Verbs | None = None
) -> Board:
    """Return the scene after an effect of an action; with no verbs, all actions move the agent."""
    front = board.at(where.target)
    if front == EDGE:
        return board
    changes = {where.target: board.held if effect.becomes == HELD else effect.becomes}
    if effect.beyond != KEPT and where.beyond >= 0:
        changes[where.beyond] = effect.beyond
    if effect.remote:
        of = dict(effect.remote)
        for place, label in enumerate(board.cells):
            if label in of and place not in changes:
                changes[place] = of[label]
    if effect.fixed:
        changes = changes_made(board.cells, board.shape[1], effect.fixed) | changes
    verbs = verbs or Verbs()
    taken, held = hands_after(board, front, effect, action, verbs)
    flies = landing(board, where, effect)
    body = looks_after(effect, where.effect.type, board.body, flies=flies >= 0)
    return Board(
        shape=board.shape,
        cells=replaced(board.cells, changes),
        place=where.target if effect.enters else board.place if flies < 0 else flies,
        body=body,
        taken=taken,
        held=verbs.load(body, held),
    )


def hands_after(
    board: Board, front: int, effect: Effect, action: int, verbs: Verbs
) -> tuple[Taken, int]:
    """Return the things taken and the thing in hand after an effect of an action on a type."""
    if effect.becomes == HELD:
        return with_taken(board.taken, board.held, -1), FREE
    if front in (FREE, EDGE) or effect.becomes == front or effect.beyond == front:
        return board.taken, board.held
    if verbs.of(action) == GOING:
        return with_taken(board.taken, front), board.held
    if effect.becomes != FREE:  # it has become another thing
        return board.taken, board.held
    return with_taken(board.taken, front), front if verbs.takes(action) else board.held


def _remote(before: Labels, after: Labels, near: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """Return the changes of types of which all objects changed in the same way."""
    if before is after:
        return ()
    left = set(after.values())  # an object that moved up to the agent has not vanished
    gone = set(before.values()) - left
    if not gone:
        return ()
    fates: dict[int, set[int]] = {}
    for place, label in before.items():
        if label in gone and place not in near:
            fates.setdefault(label, set()).add(after.get(place, FREE))
    return tuple(sorted((label, min(now)) for label, now in fates.items() if len(now) == 1))
