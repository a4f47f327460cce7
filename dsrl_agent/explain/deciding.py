"""What an agent would do in a scene: the one question that every explanation asks of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np

from dsrl_agent.front_end import EpisodeMemory, TabularFrontEnd, Valuation
from dsrl_agent.types import Fact, Facts, Floats

_TIE = 1e-9  # values this close share the choice, as they do when the agent acts

Actions = frozenset[int]
"""The greedy actions of a scene: more than one where values tie."""


class Judge(Protocol):
    """Answers which actions are greedy in a scene."""

    def __call__(self, facts: Facts) -> Actions:
        """Return the greedy actions in a scene."""


def greedy(values: Floats) -> Actions:
    """Return the actions that share the choice by their values `[A]`."""
    return frozenset(int(action) for action in np.flatnonzero(values >= values.max() - _TIE))


def valuation(front_end: TabularFrontEnd, facts: Facts) -> Valuation:
    """Return what the actions are worth if an episode began in this scene."""
    # Deciding and not `values` alone: a front end may plan within the episode when it decides.
    return front_end.decide(facts, EpisodeMemory(), np.random.default_rng(0), 0.0)[1]


def judge_of(front_end: TabularFrontEnd) -> Judge:
    """Return the front end's judge; it remembers the scenes that it has been asked about."""
    known: dict[Facts, Actions] = {}

    def judge(facts: Facts) -> Actions:
        if facts not in known:
            known[facts] = greedy(valuation(front_end, facts).values)
        return known[facts]

    return judge


def without(facts: Facts, removed: Iterable[Fact]) -> Facts:
    """Return the facts but some."""
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
