"""What the agent expects to come: its course from here, and the objects that it comes to touch.

A planner has its plan. Tables hold no model of the world, but what the agent has seen of its own
moves and of touching things is one: playing the greedy actions on in it shows where they lead.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from dsrl_agent.explain.contacts import Contact, contacts
from dsrl_agent.explain.deciding import Explained, greedy, valuation
from dsrl_agent.front_end.rules.front_end import RulesFrontEnd
from dsrl_agent.types import Fact, Facts, Shape

_LONGEST = 64  # steps looked ahead


class Expected(NamedTuple):
    """A touch that is expected.

    Attributes:
        step: The step that makes it, from 1.
        fact: What is touched.
        reward: What that is expected to give.
        known: Whether this rests on experience; otherwise it is a hope.
    """

    step: int
    fact: Fact
    reward: float
    known: bool


class Course(NamedTuple):
    """A course of actions: a plan, or greedy steps up to the first touch of an object.

    Attributes:
        actions: What it would do, the first action first.
        touches: The objects that it comes to touch.
        planned: Whether it is a plan; otherwise it is played on in imagination.
        value: The expected return: of a plan less the price of its steps, of imagined steps
            discounted by each before the touch.
    """

    actions: tuple[int, ...]
    touches: tuple[Expected, ...]
    planned: bool
    value: float


def course_of(
    front_end: Explained, facts: Facts, first: int, shape: Shape | None, memory: Any = None
) -> Course | None:
    """Return the course that begins with an action.

    Args:
        front_end: Who acts.
        facts: The scene.
        first: The first action.
        shape: Rows and columns of the grid, `None` if they are not known.
        memory: What the agent remembers of the episode; one begins here if left out.

    Returns:
        The course; `None` where the agent is not seen.
    """
    if isinstance(front_end, RulesFrontEnd):
        return _planned(front_end, facts, first, shape, memory)
    return _imagined(front_end, facts, first, shape)


def _planned(
    front_end: RulesFrontEnd, facts: Facts, first: int, shape: Shape | None, memory: Any
) -> Course | None:
    if memory is None:
        memory = front_end.begin(shape)
        valuation(front_end, facts, shape, memory)
    board = front_end.board(facts, memory)
    if board is None:
        return None
    plan = front_end.plan_from(board, first, memory)
    touches = tuple(
        Expected(
            touch.step,
            Fact(touch.type, *divmod(touch.place, board.shape[1])),
            touch.reward,
            touch.known,
        )
        for touch in plan.touches
    )
    return Course(plan.actions, touches, True, plan.value)


def _imagined(front_end: Explained, facts: Facts, first: int, shape: Shape | None) -> Course | None:
    agent = front_end.agency.find(facts)
    if agent is None:
        return None
    touching = contacts(front_end.agency, front_end.memory)
    moves, memory = front_end.agency.moves(), front_end.begin(shape)
    valuation(front_end, facts, shape, memory)
    actions = [first]
    place = _moved(agent, moves, first)
    been = {(agent.row, agent.col)}
    while len(actions) < _LONGEST and (place.row, place.col) not in been:
        there = [f for f in facts if (f.row, f.col) == (place.row, place.col)]
        if there:
            touch = _expected(len(actions), there[0], touching)
            discount = front_end.config.discount ** (len(actions) - 1)
            return Course(tuple(actions), (touch,), False, touch.reward * discount)
        been.add((place.row, place.col))
        scene = tuple(sorted(place if fact == agent else fact for fact in facts))
        actions.append(min(greedy(valuation(front_end, scene, shape, memory).values)))
        place = _moved(place, moves, actions[-1])
    return Course(tuple(actions), (), False, 0.0)


def _moved(agent: Fact, moves: Mapping[int, tuple[int, int]], action: int) -> Fact:
    d_row, d_col = moves.get(action, (0, 0))
    return agent._replace(row=agent.row + d_row, col=agent.col + d_col)


def _expected(step: int, fact: Fact, touching: Mapping[int, Contact]) -> Expected:
    contact = touching.get(fact.type)
    return Expected(step, fact, 0.0 if contact is None else contact.reward, contact is not None)
