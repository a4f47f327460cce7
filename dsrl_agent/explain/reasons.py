"""Why the agent does what it does in a scene: the chain from facts to the action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dsrl_agent.explain.beliefs import own_types
from dsrl_agent.explain.deciding import (
    Actions,
    greedy,
    judge_of,
    objects_by_distance,
    valuation,
)
from dsrl_agent.explain.imagine import Course, imagine
from dsrl_agent.explain.named import Named, name_objects
from dsrl_agent.explain.otherwise import Otherwise, otherwise
from dsrl_agent.front_end import TabularFrontEnd, Valuation, action_names
from dsrl_agent.types import Fact, Facts, Floats


class Part(NamedTuple):
    """An object seen from the agent, and its part in the values of the actions.

    Attributes:
        fact: The object.
        d_row: Rows below the agent.
        d_col: Columns right of the agent.
        values: `[A]`: its part; `None` where the front end gives objects no parts.
    """

    fact: Fact
    d_row: int
    d_col: int
    values: Floats | None


@dataclass(frozen=True)
class Reasons:
    """Why the agent acts as it does in a scene.

    Attributes:
        facts: What it sees.
        agent: Its own fact; `None` if it does not see itself exactly once, and then nothing below
            is known.
        actions: The actions' names.
        parts: The other objects, the nearest first.
        values: `[A]`: the value of each action.
        correction: `[A]`: what this episode has added to the sum of the parts.
        greedy: The actions that share the choice.
        chosen: The action taken; the first of the greedy ones where none was.
        named: The objects that decide, as if the episode began here; `None` where all actions
            are alike.
        corrected: Whether the episode so far has changed the choice.
        otherwise: The nearest change of one fact that changes the choice, `None` if there is none.
        course: What the agent expects to come, by its own experience of moving and touching.
    """

    facts: Facts
    agent: Fact | None
    actions: tuple[str, ...]
    parts: tuple[Part, ...]
    values: Floats
    correction: Floats
    greedy: Actions
    chosen: int
    named: Named | None
    corrected: bool
    otherwise: Otherwise | None
    course: Course | None


def reasons(
    front_end: TabularFrontEnd,
    facts: Facts,
    known: Sequence[int],
    *,
    decided: Valuation | None = None,
    chosen: int | None = None,
) -> Reasons:
    """Return why the agent acts as it does.

    Args:
        front_end: Who decides.
        facts: The scene.
        known: The types that perception tells apart.
        decided: The values that the agent decided by in the course of an episode; those as if an
            episode began here if left out.
        chosen: The action that it took, where it took one.
    """
    judge = judge_of(front_end)
    found = valuation(front_end, facts) if decided is None else decided
    best = greedy(found.values)
    agent = front_end.agency.find(facts)
    alike = len(best) == front_end.num_actions
    types = [number for number in known if number not in own_types(front_end)]
    fresh = judge(facts)
    return Reasons(
        facts,
        agent,
        tuple(action_names(front_end)),
        () if agent is None else _parts(agent, facts, found),
        found.values,
        found.correction,
        best,
        min(best) if chosen is None else chosen,
        None if agent is None or alike else name_objects(judge, agent, facts),
        best != fresh,
        None if agent is None else otherwise(judge, agent, facts, types),
        imagine(front_end, facts, min(best) if chosen is None else chosen),
    )


def _parts(agent: Fact, facts: Facts, found: Valuation) -> tuple[Part, ...]:
    given = dict(found.parts)
    return tuple(
        Part(fact, fact.row - agent.row, fact.col - agent.col, given.get(fact))
        for fact in objects_by_distance(agent, facts)
    )
