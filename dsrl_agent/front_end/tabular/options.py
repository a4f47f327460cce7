"""Find the contacts in reach: walks over plain ground to each type and action, as options.

An option (Sutton, Precup & Singh 1999) is a walk and the contact that it ends in. Walks are found
by the learned effects of the actions, in the frame of the agent's appearance where it turns.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from dsrl_agent.front_end.agency import ActionEffects
from dsrl_agent.front_end.rule import Verbs
from dsrl_agent.front_end.rules.board import Board, steps
from dsrl_agent.front_end.rules.planning.novelty import puzzle_of
from dsrl_agent.types import FREE, GOING, UNKNOWN

_Standing = tuple[int, int]  # the agent's place and type


class WalkOption(NamedTuple):
    """A contact that a walk leads to, the nearest of its kind."""

    front: int  # the type reached for, `FREE`, or `UNKNOWN` if it is not known what is reached
    action: int  # the action of the contact
    actions: tuple[int, ...]  # all actions, the contact's among them
    target: int  # the place of the contact; that of the agent where it is not known
    body: int  # the agent's type then


def options_on(
    board: Board, effects: ActionEffects, verbs: Verbs, plain: Collection[int], num_actions: int
) -> list[WalkOption]:
    """Return the nearest option of each type and action, the shortest walks first.

    `plain` holds the types that are walked over without effect.
    """
    start: _Standing = (board.place, board.body)
    ways: dict[_Standing, tuple[int, ...]] = {start: ()}
    found: dict[object, WalkOption] = {}
    queue = [start]
    for at in queue:  # grows as it is walked through: breadth first
        way = ways[at]
        for action in range(num_actions):
            if (at[1], action) not in effects:
                puzzle = puzzle_of(board._replace(place=at[0], body=at[1]), action)
                unknown = WalkOption(UNKNOWN, action, (*way, action), *at)
                found.setdefault(puzzle, unknown)
                continue
            reached = _reached(board, at, action, effects)
            if reached is None:
                continue
            target, body, aims = reached
            going = verbs.of(action) == GOING
            front = board.cells[target]
            if not aims or (going and (front == FREE or front in plain)):
                following = (target, body)
                if following not in ways:
                    ways[following] = (*way, action)
                    queue.append(following)
            elif (front, action) not in found:
                found[front, action] = WalkOption(front, action, (*way, action), target, at[1])
    return list(found.values())


def _reached(
    board: Board, at: _Standing, action: int, effects: ActionEffects
) -> tuple[int, int, bool] | None:
    """Return the place that an action reaches, the type there, and whether it reaches out."""
    effect = effects[at[1], action]
    if not effect.moves:
        return None if effect.type == at[1] else (at[0], effect.type, False)
    target = steps(board.shape, effect.d_row, effect.d_col)[at[0]]
    return None if target < 0 else (target, effect.type, True)
