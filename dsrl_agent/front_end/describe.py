"""What a front end has learned, in words a person can read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dsrl_agent.front_end.protocol import FrontEnd
from dsrl_agent.front_end.rules import RulesFrontEnd, describe_rules
from dsrl_agent.front_end.tabular.q_learning import TabularFrontEnd

_WAYS = {(0, -1): "left", (0, 1): "right", (-1, 0): "up", (1, 0): "down"}
_ARROWS = {(0, -1): "<", (0, 1): ">", (-1, 0): "^", (1, 0): "v"}


def action_names(front_end: FrontEnd) -> list[str]:
    """Return a name for every action, from what it was seen to do to the agent."""
    moves = front_end.agency.moves()
    return [
        _WAYS.get(moves.get(action, (0, 0)), f"action {action}")
        for action in range(front_end.num_actions)
    ]


def describe_types(front_end: FrontEnd, known: Sequence[int]) -> list[str]:
    """Return a sentence for every known type: the agent, and what touching the others brings."""
    lines = []
    for number in known:
        if number in front_end.agency.self_types - {front_end.agency.self_type}:
            lines.append(f"type {number}: the agent, in another look")
            continue
        if number == front_end.agency.self_type:
            did = front_end.agency.moves()
            names = ", ".join(
                f"{action} {_WAYS.get(move, f'by {move}')}" for action, move in sorted(did.items())
            )
            lines.append(f"type {number}: the agent; actions move it: {names}")
            continue
        if isinstance(front_end, RulesFrontEnd):
            rules = describe_rules(front_end.model, number)
            lines += rules or [f"type {number}: never touched"]
            continue
        assert isinstance(front_end, TabularFrontEnd)
        touch = front_end.touches.get(number)
        if touch is None:
            lines.append(f"type {number}: never touched")
        else:
            mean = touch.reward / touch.times
            times = "once" if touch.times == 1 else f"{touch.times} times"
            lines.append(f"type {number}: touching it gives {mean:+z.2f} (touched {times})")
    return lines


def describe_policy(front_end: FrontEnd, known: Sequence[int], radius: int = 2) -> list[str]:
    """Draw what the tables say about each type: the greedy action for an object standing there.

    The agent is in the middle; the mark at a place says which way the agent goes if one object of
    the type stands there and nothing else: an arrow, `x` if it only avoids some action, `.` if
    nothing has been learned, `?` for an action that was never seen to move the agent. Empty for
    a front end whose table is of whole scenes: it cannot be summed up; nor can plans.
    """
    if not isinstance(front_end, TabularFrontEnd) or front_end.kind == "flat":
        return []
    moves = front_end.agency.moves()
    blocks = []
    for number in known:
        if number in front_end.agency.self_types:
            continue
        rows = [f"type {number}".ljust(4 * radius + 3)]
        for d_row in range(-radius, radius + 1):
            marks = []
            for d_col in range(-radius, radius + 1):
                marks.append(_mark(front_end, moves, number, d_row, d_col))
            rows.append(" ".join(marks).ljust(4 * radius + 3))
        blocks.append(rows)
    if not blocks:
        return []
    return ["   ".join(parts).rstrip() for parts in zip(*blocks, strict=True)]


def _mark(
    front_end: TabularFrontEnd,
    moves: dict[int, tuple[int, int]],
    number: int,
    d_row: int,
    d_col: int,
) -> str:
    if (d_row, d_col) == (0, 0):
        return "+"
    row = front_end.lookup((number, d_row, d_col))
    if row is None or np.ptp(row) < 1e-9:
        return "."
    if row.max() <= 0.0:
        return "x"
    return _ARROWS.get(moves.get(int(row.argmax()), (0, 0)), "?")
