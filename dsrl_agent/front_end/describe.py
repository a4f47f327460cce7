"""Describe in words and drawings what a front end has learned."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dsrl_agent.front_end.knowledge import AnyKnowledge, TouchTotals
from dsrl_agent.front_end.protocol import AnyFrontEnd
from dsrl_agent.front_end.relations import rounding
from dsrl_agent.types import Floats

_DIRECTIONS = {(0, -1): "left", (0, 1): "right", (-1, 0): "up", (1, 0): "down"}
_ARROWS = {(0, -1): "<", (0, 1): ">", (-1, 0): "^", (1, 0): "v"}


def action_names(front_end: AnyFrontEnd) -> list[str]:
    """Return a name for every action, from its displacement of the agent."""
    moves, actions = front_end.agency.moves(), range(front_end.num_actions)
    return [_DIRECTIONS.get(moves.get(action, (0, 0)), f"action {action}") for action in actions]


def describe_types(front_end: AnyFrontEnd, known: Sequence[int]) -> list[str]:
    """Return a sentence for every known type: the agent, and what touching the others brings."""
    knowledge = front_end.knowledge()
    return [line for number in known for line in _describe_type(knowledge, number)]


def describe_policy(front_end: AnyFrontEnd, known: Sequence[int], radius: int = 2) -> list[str]:
    """Draw the greedy action for an object of each type standing at each place.

    The agent is in the middle. The mark at a place says where the agent goes if one object of the
    type stands there and nothing else: an arrow, `x` if it only avoids some action, `.` if nothing
    has been learned, `?` for an action that was never seen to move the agent. There are no lines
    for a front end without a table over relations.
    """
    knowledge = front_end.knowledge()
    if knowledge.relations is None:
        return []
    moves, own = knowledge.agency.moves(), knowledge.agency.self_types
    blocks = [_drawn(knowledge, moves, number, radius) for number in known if number not in own]
    if not blocks:
        return []
    return ["   ".join(parts).rstrip() for parts in zip(*blocks, strict=True)]


def _describe_type(knowledge: AnyKnowledge, number: int) -> list[str]:
    if number in knowledge.agency.self_types:
        return [_describe_agent(knowledge, number)]
    rules = [rule for rule in knowledge.rules or () if rule.rule.front == number]
    if rules:
        return [rule.sentence for rule in rules]
    return [f"type {number}: {_describe_touches(knowledge.touches.get(number))}"]


def _describe_agent(knowledge: AnyKnowledge, number: int) -> str:
    agency = knowledge.agency
    is_usual = number == agency.self_type
    moves = agency.moves() if is_usual else _moves_as(knowledge, number)
    look = f"type {number}: the agent{'' if is_usual else ', in another look'}"
    said = (f"{at} {_DIRECTIONS.get(move, f'by {move}')}" for at, move in sorted(moves.items()))
    names = ", ".join(said)
    return f"{look}; actions move it: {names}" if names or is_usual else look


def _moves_as(knowledge: AnyKnowledge, number: int) -> dict[int, tuple[int, int]]:
    """Return the displacements of an appearance by those actions that move the agent."""
    movers = {action for (_, action), effect in knowledge.agency.effects().items() if effect.moves}
    return {
        action: (effect.d_row, effect.d_col)
        for (own, action), effect in knowledge.effects.items()
        if own == number and action in movers and effect.moves
    }


def _describe_touches(touches: TouchTotals | None) -> str:
    if touches is None:
        return "never touched"
    times = "once" if touches.times == 1 else f"{touches.times} times"
    return f"touching it gives {touches.reward / touches.times:+z.2f} (touched {times})"


def _drawn(
    knowledge: AnyKnowledge, moves: dict[int, tuple[int, int]], number: int, radius: int
) -> list[str]:
    width, reach = 4 * radius + 3, range(-radius, radius + 1)
    entries = knowledge.entries_of(number)
    marks = [[_mark(entries.get((row, col)), moves) for col in reach] for row in reach]
    marks[radius][radius] = "+"
    return [f"type {number}".ljust(width), *(" ".join(row).ljust(width) for row in marks)]


def _mark(row: Floats | None, moves: dict[int, tuple[int, int]]) -> str:
    if row is None or np.ptp(row) <= rounding(row):
        return "."
    if row.max() <= 0.0:
        return "x"
    return _ARROWS.get(moves.get(int(row.argmax()), (0, 0)), "?")
