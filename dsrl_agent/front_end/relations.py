"""Relate facts to the agent: relative positions, and the values that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.types import Fact, Facts, Floats, Shape

ROUNDING = 1e-9  # rounding: share of the largest of some values


class Relation(NamedTuple):
    """The position of an object relative to the agent."""

    fact: Fact  # the object
    d_row: int  # rows below the agent
    d_col: int  # columns right of the agent


def relate(agent: Fact, facts: Facts) -> tuple[Relation, ...]:
    """Return the relation of every other object to the agent."""
    others = (fact for fact in facts if fact != agent)
    return tuple(Relation(fact, fact.row - agent.row, fact.col - agent.col) for fact in others)


def distance_weight(d_row: int, d_col: int) -> int:
    """Return the squared distance, at least 1, by which SRL+CS divides an object's entry."""
    return max(1, d_row**2 + d_col**2)


def greedy_actions(values: Floats) -> list[int]:
    """Return the actions that share the choice by their values `[A]`, in any unit."""
    plain = values.tolist()  # NumPy takes several times as long for so few numbers
    least = max(plain) - ROUNDING * max(map(abs, plain))
    return [action for action, value in enumerate(plain) if value >= least]


def are_greedy(values: Floats) -> NDArray[np.bool_]:
    """Return which actions share the choice, `[B, A]`, by their values `[B, A]` in any unit."""
    rounded = ROUNDING * np.abs(values).max(axis=1, initial=0.0)
    return np.asarray(values >= (values.max(axis=1) - rounded)[:, None])


def rounding(values: Floats) -> float:
    """Return the difference below which some values are the same but for rounding."""
    return ROUNDING * float(np.abs(values).max(initial=0.0))


_ROW, _COL = itemgetter(1), itemgetter(2)  # of a fact


def extent(facts: Facts, shape: Shape | None) -> Shape:
    """Return a grid's rows and columns: those given, or more where facts lie beyond them."""
    rows, cols = (0, 0) if shape is None else shape
    lowest, rightmost = max(map(_ROW, facts), default=-1), max(map(_COL, facts), default=-1)
    return max(rows, lowest + 1), max(cols, rightmost + 1)


@dataclass(frozen=True, slots=True)
class Valuation:
    """The value of each action in a scene, and each object's part in it.

    Attributes:
        values: `[A]`: the value of each action: the sum of the parts and the correction.
        parts: Each object's part in the values, `[A]` each.
        correction: `[A]`: what the values hold beside the parts. For tables that is 0, as their
            values are sums of parts; for `rules` it is minus the price of the plan's steps.
    """

    values: Floats
    parts: tuple[tuple[Fact, Floats], ...]
    correction: Floats


def valuation_of(values: Floats, parts: Mapping[Fact, Floats]) -> Valuation:
    """Return values `[A]` with the objects' parts in them; the correction is what these leave."""
    total = np.sum([np.zeros_like(values), *parts.values()], axis=0)
    return Valuation(values, tuple(sorted(parts.items(), key=lambda part: part[0])), values - total)
