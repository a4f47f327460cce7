"""What rules are about: the agent goes for a cell (context), and something comes of it (effect).

Contexts are deictic: they name what the agent has before it, not where that is, so what is learned
at one place holds at all others (Diuk et al. 2008; Marom & Rosman 2018).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from dsrl_agent.front_end.agency import Motion
from dsrl_agent.front_end.rules.board import Board, Taken, replaced, steps, with_taken
from dsrl_agent.types import EDGE, FREE, KEPT

Motions = Mapping[tuple[int, int], Motion]
"""What each action does to each of the agent's types where nothing is in its way."""

Labels = Mapping[int, int]
"""The types seen in a frame, by place."""


class Context(NamedTuple):
    """What may decide the effect of going for a cell.

    Attributes:
        front: What the cell holds: a type, `FREE` or `EDGE`.
        beyond: What the next cell in the same direction holds.
        body: The agent's type.
        action: The action.
        taken: What the agent has taken in this episode.
    """

    front: int
    beyond: int
    body: int
    action: int
    taken: Taken


class Effect(NamedTuple):
    """What comes of it.

    Attributes:
        enters: Whether the agent comes to stand in the cell; otherwise it is blocked.
        becomes: What the cell holds afterwards: `FREE` if the object vanishes.
        beyond: What the cell beyond holds afterwards; `KEPT` if it stays as it was.
        remote: What happens to all objects of a type elsewhere: (type, what each becomes).
    """

    enters: bool
    becomes: int
    beyond: int = KEPT
    remote: tuple[tuple[int, int], ...] = ()


class Aim(NamedTuple):
    """Where an action would take the agent.

    Attributes:
        motion: What the action does where nothing is in the way.
        target: The place that it goes for, -1 beyond the edge.
        beyond: The next place in the same direction, -1 beyond the edge.
    """

    motion: Motion
    target: int
    beyond: int


def aim(board: Board, action: int, motions: Motions) -> Aim | None:
    """Return where an action would take the agent, or `None` if it does not go anywhere."""
    motion = motions.get((board.body, action))
    if motion is None or (motion.d_row, motion.d_col) == (0, 0):
        return None
    ways = steps(board.shape, motion.d_row, motion.d_col)
    target = ways[board.place]
    return Aim(motion, target, -1 if target < 0 else ways[target])


def context_of(board: Board, action: int, where: Aim) -> Context:
    """Return the context of an action."""
    front, beyond = board.at(where.target), board.at(where.beyond)
    return Context(front, beyond, board.body, action, board.taken)


def effect_of(
    before: Board, where: Aim, place: int, seen_before: Labels, seen_after: Labels
) -> Effect:
    """Return what came of going for a cell.

    Args:
        before: The scene before.
        where: What the agent went for.
        place: Where it stands afterwards.
        seen_before: The objects seen before.
        seen_after: The objects seen afterwards.
    """
    front = before.at(where.target)
    if front == EDGE:
        return Effect(place == where.target, EDGE)
    enters = place == where.target
    becomes = FREE if enters else seen_after.get(where.target, FREE)
    beyond = KEPT
    if where.beyond >= 0:
        now = seen_after.get(where.beyond, FREE)
        # Only what came from the cell before it counts: what walks by itself is no effect.
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
        board.shape,
        replaced(board.cells, changes),
        where.target if effect.enters else board.place,
        where.motion.type if effect.enters else board.body,
        with_taken(board.taken, front) if moved else board.taken,
    )


def _remote(before: Labels, after: Labels, near: set[int]) -> tuple[tuple[int, int], ...]:
    """Return what happened to types of which all objects changed in the same way."""
    places: dict[int, list[int]] = {}
    for place, label in before.items():
        if place not in near:
            places.setdefault(label, []).append(place)
    left = set(after.values())  # what walked up to the agent has not vanished
    found = []
    for label, where in sorted(places.items()):
        now = {after.get(place, FREE) for place in where}
        if label not in left and len(now) == 1:
            found.append((label, now.pop()))
    return tuple(found)
