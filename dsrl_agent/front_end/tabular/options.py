"""Find the contacts in reach: walks over plain ground to each type and action, as options.

An option (Sutton, Precup & Singh 1999) is a walk and the contact that it ends in. Walks are found
by the learned effects of the actions, in the frame of the agent's appearance where it turns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
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


class _Doing(NamedTuple):
    """What an action does to an appearance of the agent."""

    action: int
    known: bool  # whether its effect is known
    leads: tuple[int, ...] | None  # the place it reaches from each; `None` if it stays
    body: int  # the agent's type afterwards
    going: bool  # whether it moves the agent


def options_on(
    board: Board, effects: ActionEffects, verbs: Verbs, plain: Collection[int], num_actions: int
) -> list[WalkOption]:
    """Return the nearest option of each type and action, the shortest walks first.

    `plain` holds the types that are walked over without effect.
    """
    start: _Standing = (board.place, board.body)
    came: dict[_Standing, tuple[_Standing, int]] = {}  # by state: the one before, and the action
    found: dict[object, WalkOption] = {}
    doings: dict[int, list[_Doing]] = {}
    open_ground, cells = {FREE, *plain}, board.cells
    reached, queue = {start}, [start]
    for at in queue:  # grows as it is walked through: breadth first
        place, body = at
        if body not in doings:
            doings[body] = list(_doings(board, body, effects, verbs, num_actions))
        for action, known, leads, then, going in doings[body]:
            if not known:
                puzzle = puzzle_of(board._replace(place=place, body=body), action)
                if puzzle not in found:
                    way = (*_way(came, at), action)
                    found[puzzle] = WalkOption(UNKNOWN, action, way, place, body)
                continue
            target = place if leads is None else leads[place]
            if target < 0:
                continue
            front = cells[target]
            if leads is None or (going and front in open_ground):
                following = (target, then)
                if following not in reached:
                    reached.add(following)
                    came[following] = at, action
                    queue.append(following)
            elif (front, action) not in found:
                way = (*_way(came, at), action)
                found[front, action] = WalkOption(front, action, way, target, body)
    return list(found.values())


def _doings(
    board: Board, body: int, effects: ActionEffects, verbs: Verbs, num_actions: int
) -> Iterator[_Doing]:
    """Yield the actions of an appearance but those that leave all as it is."""
    for action in range(num_actions):
        effect, going = effects.get((body, action)), verbs.of(action) == GOING
        if effect is None:
            yield _Doing(action, False, None, body, going)
        elif effect.moves:
            leads = steps(board.shape, effect.d_row, effect.d_col)
            yield _Doing(action, True, leads, effect.type, going)
        elif effect.type != body:
            yield _Doing(action, True, None, effect.type, going)


def _way(came: Mapping[_Standing, tuple[_Standing, int]], at: _Standing) -> tuple[int, ...]:
    """Return the actions that lead to a state."""
    actions = []
    while at in came:
        at, action = came[at]
        actions.append(action)
    return tuple(reversed(actions))
