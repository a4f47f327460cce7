"""Foresee where the agent's plans lead: whether they miss a reward or come to try something."""

from __future__ import annotations

from typing import NamedTuple

from dsrl_agent.front_end.rules.board import Board
from dsrl_agent.front_end.rules.planning.planner import Plan, Planner


class Prospect(NamedTuple):
    """What is foreseen of an agent that follows its plans."""

    misses: bool  # whether there is something good, but no plan to any of it
    tries: bool  # whether plans rest on, or lead on to, something that is still to be tried


def foresee(planner: Planner, board: Board) -> Prospect:
    """Return the prospect of a scene.

    The plans are followed as believed: one after another until one ends the episode, a scene comes
    again, or no plan is worth its steps. Then the agent would try what the planner's `Novelty`
    prices; with `Novelty.fresh`, only what is unlike all earlier tries counts.
    """
    plan = planner.best(board)
    misses = not plan.actions and planner.hopes(board)
    if planner.takes_for_granted(board):
        return Prospect(misses, tries=True)
    met = set()
    while plan.actions:
        if not _is_proven(planner, board, plan):
            return Prospect(misses, tries=True)
        met.add(_scene(board))
        if _ends(planner, board, plan) or _scene(plan.boards[-1]) in met:
            return Prospect(misses, tries=False)
        board = plan.boards[-1]
        plan = planner.best(board)
    return Prospect(misses, tries=bool(planner.experiment(board).actions))


def _scene(board: Board) -> Board:
    """Return a scene without the things taken, which may be counted without bound."""
    return board._replace(taken=())


def _is_proven(planner: Planner, board: Board, plan: Plan) -> bool:
    """Say whether all contacts of a plan rest on enough touches, in circumstances like theirs."""
    steps = zip((board, *plan.boards), plan.actions, strict=False)
    return all(touch.known for touch in plan.touches) and all(
        planner.is_tested(before, action) for before, action in steps
    )


def _ends(planner: Planner, board: Board, plan: Plan) -> bool:
    """Say whether the last action of a plan from a scene ends the episode."""
    before = plan.boards[-2] if len(plan.boards) > 1 else board
    _, expected = planner.after(before, plan.actions[-1])
    return expected is not None and expected.ends
