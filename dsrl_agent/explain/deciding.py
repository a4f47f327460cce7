"""What an agent would do in a scene: the one question that every explanation asks of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.errors import ConfigError
from dsrl_agent.front_end import action_names
from dsrl_agent.front_end.protocol import FrontEnd
from dsrl_agent.front_end.relations import Valuation
from dsrl_agent.front_end.rules.front_end import RulesEpisode, RulesFrontEnd
from dsrl_agent.front_end.tabular.q_learning import TabularFrontEnd
from dsrl_agent.types import Fact, Facts, Floats, Shape, Transition

_TIE = 1e-9  # values this close share the choice, as they do when the agent acts

Actions = frozenset[int]
"""The greedy actions of a scene: more than one where values tie."""


class Explained(FrontEnd, Protocol):
    """A front end that can be explained: it remembers what it learned from.

    Attributes:
        config: Its settings.
        memory: The latest transitions.
    """

    config: FrontEndConfig
    memory: deque[Transition]


def explained(front_end: FrontEnd) -> Explained:
    """Return a front end as one that can be explained.

    Raises:
        ConfigError: It is of a kind of which nothing is known here.
    """
    if isinstance(front_end, TabularFrontEnd | RulesFrontEnd):
        return front_end
    raise ConfigError(
        f"A front end of kind {front_end.kind} cannot be explained; tables and rules can."
    )


class Judge(Protocol):
    """Answers which actions are greedy in a scene."""

    def __call__(self, facts: Facts) -> Actions:
        """Return the greedy actions in a scene."""


def greedy(values: Floats) -> Actions:
    """Return the actions that share the choice by their values `[A]`."""
    return frozenset(int(action) for action in np.flatnonzero(values >= values.max() - _TIE))


def valuation(
    front_end: Explained, facts: Facts, shape: Shape | None, memory: Any = None
) -> Valuation:
    """Return what a front end finds the actions worth when it decides.

    Args:
        front_end: Who decides.
        facts: The scene.
        shape: Rows and columns of the grid, `None` if they are not known.
        memory: What it remembers of the episode, which goes on; left out, one begins here.
    """
    memory = front_end.begin(shape) if memory is None else memory
    # It decides first: that is when a front end learns and plans within an episode.
    front_end.decide(facts, memory, np.random.default_rng(0), 0.0)
    return front_end.values(facts, memory)


def judge_of(front_end: Explained, shape: Shape | None, episode: Any = None) -> Judge:
    """Return the front end's judge; it remembers the scenes that it has been asked about.

    Args:
        front_end: Who decides, in each scene as if an episode began there.
        shape: Rows and columns of the grid, `None` if they are not known.
        episode: What the agent remembers of an episode, from which the things that it has taken
            are carried over.
    """
    known: dict[Facts, Actions] = {}

    def judge(facts: Facts) -> Actions:
        if facts not in known:
            memory = front_end.begin(shape)
            found = valuation(front_end, facts, shape, memory)
            if _carry_over(memory, episode):
                found = front_end.values(facts, memory)
            known[facts] = greedy(found.values)
        return known[facts]

    return judge


def _carry_over(memory: Any, episode: Any) -> bool:
    """Give one episode what was taken in another; return whether that makes a difference."""
    if not isinstance(memory, RulesEpisode) or not isinstance(episode, RulesEpisode):
        return False
    board, old = memory.scene.board, episode.scene.board
    if board is None or old is None or not old.taken:
        return False
    memory.scene.board = board._replace(taken=old.taken)
    return True


def names_of(front_end: Explained) -> list[str]:
    """Return a name for every action; one that moves the agent by its look has only a number."""
    ways: dict[int, set[tuple[int, int]]] = {}
    for (_, action), motion in front_end.agency.motions().items():
        ways.setdefault(action, set()).add((motion.d_row, motion.d_col))
    return [
        name if len(ways.get(action, ())) < 2 else f"action {action}"
        for action, name in enumerate(action_names(front_end))
    ]


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
