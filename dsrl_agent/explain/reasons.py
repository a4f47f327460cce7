"""Why the agent does what it does in a scene: the chain from facts to the action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from dsrl_agent.explain.beliefs import own_types
from dsrl_agent.explain.deciding import (
    Actions,
    Explained,
    Judge,
    greedy,
    judge_of,
    names_of,
    objects_by_distance,
    valuation,
)
from dsrl_agent.explain.imagine import Course, course_of
from dsrl_agent.explain.named import Named, name_objects
from dsrl_agent.explain.otherwise import Otherwise, otherwise
from dsrl_agent.front_end import Valuation
from dsrl_agent.types import Fact, Facts, Floats, Shape


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
            kind: The front end.
            facts: What it sees.
            agent: Its own fact; `None` if not seen just once. Then nothing below is known.
            actions: The actions' names.
            parts: The other objects, the nearest first.
            values: `[A]`: the value of each action.
            correction: `[A]`: what comes to the sum of the parts: of tables what this episode has
    XX
            greedy: The actions that share the choice.
            chosen: The action taken; the first of the greedy ones where none was.
            named: The objects that decide; `None` where all actions are alike.
            corrected: Whether it would choose otherwise if the episode began here. Then the named
                objects and the change below are those of such a beginning.
            otherwise: The nearest change of one fact that changes the choice, if there is one.
            course: What the agent expects to come; `None` where all actions are alike.
    """

    kind: str
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
    front_end: Explained,
    facts: Facts,
    known: Sequence[int],
    *,
    shape: Shape | None = None,
    memory: Any = None,
    chosen: int | None = None,
) -> Reasons:
    """Return why the agent acts as it does.

    Args:
        front_end: Who decides.
        facts: The scene.
        known: The types that perception tells apart.
        shape: Rows and columns of the grid, `None` if they are not known.
        memory: What the agent remembered of the episode when it had decided; one begins here if
            left out.
        chosen: The action that it took, where it took one.
    """
    judge = judge_of(front_end, shape, memory)
    found = valuation(front_end, facts, shape) if memory is None else None
    found = front_end.values(facts, memory) if found is None else found
    best = greedy(found.values)
    agent = front_end.agency.find(facts)
    alike = len(best) == front_end.num_actions
    types = [number for number in known if number not in own_types(front_end)]
    taken = min(best) if chosen is None else chosen
    return Reasons(
        front_end.kind,
        facts,
        agent,
        tuple(names_of(front_end)),
        () if agent is None else _parts(agent, facts, found),
        found.values,
        found.correction,
        best,
        taken,
        None if agent is None or alike else name_objects(judge, agent, facts),
        best != judge(facts),
        None if agent is None else _otherwise(judge, agent, facts, types, taken),
        None if alike else course_of(front_end, facts, taken, shape, memory),
    )


def _otherwise(
    judge: Judge, agent: Fact, facts: Facts, types: Sequence[int], taken: int
) -> Otherwise | None:
    best = judge(facts)
    return otherwise(judge, agent, facts, types, taken if taken in best else min(best))


def _parts(agent: Fact, facts: Facts, found: Valuation) -> tuple[Part, ...]:
    given = dict(found.parts)
    return tuple(
        Part(fact, fact.row - agent.row, fact.col - agent.col, given.get(fact))
        for fact in objects_by_distance(agent, facts)
    )
