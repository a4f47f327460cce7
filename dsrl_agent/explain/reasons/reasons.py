"""Explain a decision: the chain from the facts of a scene to the action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dsrl_agent.explain.policy import (
    Actions,
    greedy,
    names_of,
    objects_by_distance,
    policy_of,
    valuation,
)
from dsrl_agent.explain.reasons.counterfactual import Counterfactual, counterfactual
from dsrl_agent.explain.reasons.course import course_of
from dsrl_agent.explain.reasons.decisive_objects import DecisiveObjects, decisive_objects
from dsrl_agent.front_end import Valuation, relate
from dsrl_agent.front_end.knowledge import Course, EpisodeT
from dsrl_agent.front_end.protocol import FrontEnd
from dsrl_agent.types import Fact, Facts, Floats, Shape


class Part(NamedTuple):
    """An object relative to the agent, and its part in the values of the actions."""

    fact: Fact  # the object
    d_row: int  # rows below the agent
    d_col: int  # columns right of the agent
    values: Floats | None  # `[A]`: its part; `None` where the front end gives the object no part


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """The reasons of a decision. The fields but the last are keys of the JSON."""

    kind: str  # the front end's kind
    facts: Facts  # the facts of the scene
    # The agent's own fact; `None` if it is not seen exactly once. Then nothing below is known.
    agent: Fact | None
    actions: tuple[str, ...]  # the actions' names
    parts: tuple[Part, ...]  # the other objects, the nearest first
    values: Floats  # `[A]`: the value of each action
    # `[A]`: what the values hold beside the objects' parts: 0 for tables, minus the price of the
    # plan's steps for `rules`
    correction: Floats
    greedy: Actions  # the actions that share the choice
    chosen: int  # the action taken; the first of the greedy ones where none was
    named: DecisiveObjects | None  # the decisive objects; `None` where all actions are alike
    # Whether the agent would choose otherwise if the episode began here. Then the decisive objects
    # and the counterfactual are those of such a beginning.
    corrected: bool
    # the nearest change of one fact that changes the choice, if there is one
    otherwise: Counterfactual | None
    course: Course | None  # the course that the agent expects; `None` where all actions are alike
    correction_name: str = field(metadata={"json": False})  # the name of the correction in words


def reasons(
    front_end: FrontEnd[EpisodeT],
    facts: Facts,
    known: Sequence[int],
    *,
    shape: Shape | None = None,
    episode: EpisodeT | None = None,
    chosen: int | None = None,
) -> Reasons:
    """Return why the agent acts as it does, and took the action `chosen` if it took one.

    `known` are the types that perception tells apart, and `shape` is `None` if the grid's rows and
    columns are not known. `episode` is the memory of the episode when the agent had decided; one
    begins here if left out.
    """
    policy = policy_of(front_end, shape, episode)
    if episode is None:
        found = valuation(front_end, facts, front_end.begin(shape))
    else:
        found = front_end.values(facts, episode)
    best, begun = greedy(found.values), policy(facts)
    agent = front_end.agency.find(facts)
    alike = len(best) == front_end.num_actions
    types = [number for number in known if number not in front_end.agency.self_types]
    taken = min(best) if chosen is None else chosen
    dropped = taken if taken in begun else min(begun)
    return Reasons(
        kind=front_end.kind,
        facts=facts,
        agent=agent,
        actions=tuple(names_of(front_end)),
        parts=() if agent is None else _parts(agent, facts, found),
        values=found.values,
        correction=found.correction,
        greedy=best,
        chosen=taken,
        named=None if agent is None or alike else decisive_objects(policy, agent, facts),
        corrected=best != begun,
        otherwise=None if agent is None else counterfactual(policy, agent, facts, types, dropped),
        course=None if alike else course_of(front_end, facts, taken, shape, episode),
        correction_name=front_end.knowledge().correction,
    )


def _parts(agent: Fact, facts: Facts, found: Valuation) -> tuple[Part, ...]:
    given, others = dict(found.parts), objects_by_distance(agent, facts)
    return tuple(Part(*relation, given.get(relation.fact)) for relation in relate(agent, others))
