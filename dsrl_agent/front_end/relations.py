"""Facts as the agent's tables see them: relations to itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from dsrl_agent.types import Fact, Facts, Floats, Shape


class Relation(NamedTuple):
    """Where an object stands, seen from the agent.

    Attributes:
        fact: The object.
        d_row: Rows below the agent.
        d_col: Columns right of the agent.
    """

    fact: Fact
    d_row: int
    d_col: int


def relate(agent: Fact, facts: Facts) -> tuple[Relation, ...]:
    """Return the relation of every other object to the agent."""
    return tuple(
        Relation(fact, fact.row - agent.row, fact.col - agent.col)
        for fact in facts
        if fact != agent
    )


def extent(facts: Facts, shape: Shape | None) -> Shape:
    """Return a grid's rows and columns: those told, or as far as anything is seen."""
    rows, cols = (0, 0) if shape is None else shape
    return (
        max([rows, *(fact.row + 1 for fact in facts)]),
        max([cols, *(fact.col + 1 for fact in facts)]),
    )


@dataclass(frozen=True, slots=True)
class Valuation:
    """What each action is worth here, and why.

    Attributes:
        values: `[A]`: the value of each action: the sum of all that follows.
        parts: Each object's part in the values, `[A]` each.
        correction: `[A]`: what this episode has taught about the place where the agent stands.
    """

    values: Floats
    parts: tuple[tuple[Fact, Floats], ...]
    correction: Floats
