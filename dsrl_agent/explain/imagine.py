"""What the agent expects to come: its greedy course played on in symbols, by its own experience.

Tables hold no model of the world. But what the agent has seen of its own moves and of touching
things is one, and playing the greedy actions on in it shows where they lead.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from dsrl_agent.explain.contacts import Contact, contacts
from dsrl_agent.explain.deciding import greedy
from dsrl_agent.front_end import EpisodeMemory, TabularFrontEnd
from dsrl_agent.types import Fact, Facts

_LONGEST = 64  # steps looked ahead


class Course(NamedTuple):
    """A course of actions up to the first touch of an object.

    Attributes:
        actions: What it would do, the first action first.
        touches: The object that it comes to touch; `None` if it comes to none.
        reward: What the touch is expected to give; 0 for none.
        discounted: The same as seen from now, discounted by every step before it.
    """

    actions: tuple[int, ...]
    touches: Fact | None
    reward: float
    discounted: float


def imagine(front_end: TabularFrontEnd, facts: Facts, first: int) -> Course | None:
    """Return the course that begins with an action and goes on greedily, in imagination.

    Args:
        front_end: Who acts; ties are broken by the first action.
        facts: The scene.
        first: The first action.

    Returns:
        The course; `None` where the agent is not seen.
    """
    agent = front_end.agency.find(facts)
    if agent is None:
        return None
    touching = contacts(front_end.agency, front_end.memory)
    moves, memory, rng = front_end.agency.moves(), EpisodeMemory(), np.random.default_rng(0)
    front_end.decide(facts, memory, rng, 0.0)
    actions = [first]
    place = _moved(agent, moves, first)
    been = {(agent.row, agent.col)}
    while len(actions) < _LONGEST and (place.row, place.col) not in been:
        there = [f for f in facts if (f.row, f.col) == (place.row, place.col)]
        if there:
            reward = _reward(touching, there[0])
            discount = front_end.config.discount ** (len(actions) - 1)
            return Course(tuple(actions), there[0], reward, reward * discount)
        been.add((place.row, place.col))
        scene = tuple(sorted(place if fact == agent else fact for fact in facts))
        values = front_end.decide(scene, memory, rng, 0.0)[1].values
        actions.append(min(greedy(values)))
        place = _moved(place, moves, actions[-1])
    return Course(tuple(actions), None, 0.0, 0.0)


def _moved(agent: Fact, moves: Mapping[int, tuple[int, int]], action: int) -> Fact:
    d_row, d_col = moves.get(action, (0, 0))
    return agent._replace(row=agent.row + d_row, col=agent.col + d_col)


def _reward(touching: Mapping[int, Contact], fact: Fact) -> float:
    contact = touching.get(fact.type)
    return 0.0 if contact is None else contact.reward
