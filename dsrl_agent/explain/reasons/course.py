"""Return the course that an agent expects: its actions from here, and the objects it touches.

A planner has its plan. Tables hold no model of the world, but the agent has seen its own moves and
the results of touches. The greedy actions are played on by these, up to the first touch.
"""

from __future__ import annotations

from collections.abc import Mapping

from dsrl_agent.explain.beliefs.contacts import contacts
from dsrl_agent.explain.policy import greedy, valuation
from dsrl_agent.front_end.knowledge import Course, EpisodeT, ExpectedTouch
from dsrl_agent.front_end.protocol import FrontEnd
from dsrl_agent.types import Fact, Facts, Shape

_LONGEST = 64  # steps looked ahead


def course_of(
    front_end: FrontEnd[EpisodeT],
    facts: Facts,
    first: int,
    shape: Shape | None,
    episode: EpisodeT | None = None,
) -> Course | None:
    """Return the course that begins with an action, `None` where the agent is not seen.

    An episode begins here if none is given. `shape` is `None` if the grid's rows and columns are
    not known.
    """
    planned = front_end.knowledge().course
    if planned is None:
        return _imagined(front_end, facts, first, shape)
    if episode is None:
        episode = front_end.begin(shape)
        valuation(front_end, facts, episode)
    return planned(facts, episode, first)


def _imagined(
    front_end: FrontEnd[EpisodeT], facts: Facts, first: int, shape: Shape | None
) -> Course | None:
    agent = front_end.agency.find(facts)
    if agent is None:
        return None
    knowledge = front_end.knowledge()
    touching = contacts(knowledge)
    moves, episode = front_end.agency.moves(), front_end.begin(shape)
    valuation(front_end, facts, episode)
    actions = [first]
    place = _moved(agent, moves, first, shape)
    been = {(agent.row, agent.col)}
    while len(actions) < _LONGEST and (place.row, place.col) not in been:
        there = [f for f in facts if (f.row, f.col) == (place.row, place.col)]
        if there:
            known = touching.get(there[0].type)
            reward = 0.0 if known is None else known.reward
            touch = ExpectedTouch(len(actions), there[0], reward, known is not None)
            discount = knowledge.discount ** (len(actions) - 1)
            return Course(tuple(actions), (touch,), False, reward * discount)
        been.add((place.row, place.col))
        scene = tuple(sorted(place if fact == agent else fact for fact in facts))
        actions.append(min(greedy(valuation(front_end, scene, episode).values)))
        place = _moved(place, moves, actions[-1], shape)
    return Course(tuple(actions), (), False, 0.0)


def _moved(
    agent: Fact, moves: Mapping[int, tuple[int, int]], action: int, shape: Shape | None
) -> Fact:
    """Return where an action takes the agent; at the edge of the grid it stays where it is."""
    d_row, d_col = moves.get(action, (0, 0))
    row, col = agent.row + d_row, agent.col + d_col
    inside = min(row, col) >= 0 and (shape is None or (row < shape[0] and col < shape[1]))
    return agent._replace(row=row, col=col) if inside else agent
