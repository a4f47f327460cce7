"""Query the greedy policy of a front end in scenes that may be imagined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import numpy as np

from dsrl_agent.front_end import AnyFrontEnd, action_names
from dsrl_agent.front_end.knowledge import EpisodeT
from dsrl_agent.front_end.protocol import FrontEnd
from dsrl_agent.front_end.relations import Valuation, greedy_actions, rounding
from dsrl_agent.types import Fact, Facts, Floats, Shape

_FARTHEST = 8  # cells shown to each side of the agent

Actions = frozenset[int]
"""The greedy actions of a scene: more than one where values tie."""

Policy = Callable[[Facts], Actions]
"""Returns the greedy actions of a scene."""


def greedy(values: Floats) -> Actions:
    """Return the actions that share the choice by their values `[A]`."""
    return frozenset(greedy_actions(values))


def telling(row: Floats) -> float:
    """Return the value `[A]` of the best action, or of the worst where none is above 0."""
    best, worst = float(row.max()), float(row.min())
    same = rounding(row)
    return best if best > same or worst >= -same else worst


class NearEntries(NamedTuple):
    """A table's entries for a type, near enough to be drawn around the agent."""

    down: int  # rows drawn to each side of the agent
    right: int  # columns drawn to each side
    entries: dict[tuple[int, int], Floats]  # `[A]` by rows below and columns right of the agent


def near_entries(found: Mapping[tuple[int, int], Floats]) -> NearEntries:
    """Return a table's entries for a type without those that are too far away to be drawn."""
    down, right = (
        min(_FARTHEST, max((abs(place[axis]) for place in found), default=1)) for axis in (0, 1)
    )
    near = {at: row for at, row in found.items() if abs(at[0]) <= down and abs(at[1]) <= right}
    return NearEntries(down, right, near)


def valuation(front_end: FrontEnd[EpisodeT], facts: Facts, episode: EpisodeT) -> Valuation:
    """Return the values of a front end when it decides on a scene in an episode that goes on."""
    # The decision comes first: it updates the episode's memory, on which the values rest.
    front_end.decide(facts, episode, np.random.default_rng(0), 0.0)
    return front_end.values(facts, episode)


def policy_of(
    front_end: FrontEnd[EpisodeT], shape: Shape | None, episode: EpisodeT | None = None
) -> Policy:
    """Return the front end's greedy policy, in each scene as if an episode began there.

    The actions of each scene are worked out once. `shape` is `None` if the grid's rows and columns
    are not known. The things taken in `episode` are carried over to every scene.
    """
    known: dict[Facts, Actions] = {}

    def policy(facts: Facts) -> Actions:
        if facts not in known:
            begun = front_end.begin(shape)
            found = valuation(front_end, facts, begun)
            if episode is not None and begun.carry_over(episode):
                found = front_end.values(facts, begun)
            known[facts] = greedy(found.values)
        return known[facts]

    return policy


def names_of(front_end: AnyFrontEnd) -> list[str]:
    """Return a name for every action; a number where its direction depends on the appearance."""
    moves: dict[int, set[tuple[int, int]]] = {}
    for (_, action), effect in front_end.agency.effects().items():
        moves.setdefault(action, set()).add((effect.d_row, effect.d_col))
    names = enumerate(action_names(front_end))
    return [f"action {of}" if len(moves.get(of, ())) > 1 else name for of, name in names]


def without(facts: Facts, removed: Iterable[Fact]) -> Facts:
    """Return the facts without the removed ones."""
    gone = set(removed)
    return tuple(fact for fact in facts if fact not in gone)


def replaced(facts: Facts, old: Fact, new: Fact) -> Facts:
    """Return the facts, sorted, with one in another's place."""
    return tuple(sorted(new if fact == old else fact for fact in facts))


def objects_by_distance(agent: Fact, facts: Facts) -> Facts:
    """Return all facts but the agent, the nearest (in steps, no detours) first."""
    others = (fact for fact in facts if fact != agent)
    return tuple(sorted(others, key=lambda fact: (steps_between(agent, fact), fact)))


def steps_between(a: Fact, b: Fact) -> int:
    """Return the steps between two facts along rows and columns."""
    return abs(a.row - b.row) + abs(a.col - b.col)
