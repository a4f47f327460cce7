"""Measure without labels what frames, actions and facts of random play tell about a world."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from dsrl_agent.agent.self_check import (
    AlikeEnds,
    Fruits,
    alike_ends,
    explained_share,
    fruits,
)
from dsrl_agent.config import AgencyThresholds
from dsrl_agent.config.tiling import TilingThresholds
from dsrl_agent.front_end import Agency
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.tiling.tiling import Tiling, find_tiling
from dsrl_agent.types import Fact, Frame, FrameTransitions, Transition

Offset = tuple[int, int]
"""Rows down and columns right."""


class ActionTries(NamedTuple):
    """The tries of one action."""

    tries: int  # times that it was taken
    changes: int  # times that the frame changed


@dataclass(frozen=True)
class FrameFigures:
    """Figures that frames and actions alone give."""

    distinct: int  # different frames
    actions: tuple[ActionTries, ...]  # by action
    restless: float  # median over steps of the share of pixels that change
    step_levels: float  # median over changed pixels of the change in grey levels
    tiling: Tiling  # the grid by description length

    @property
    def steps(self) -> int:
        """The number of steps."""
        return sum(action.tries for action in self.actions)


@dataclass(frozen=True)
class FactFigures:
    """Figures that facts give.

    The agent is the type that responds to the actions, in all its appearances.
    """

    grid: Grid | None  # the grid of the facts
    types: tuple[int, ...]  # all types of objects
    agent: frozenset[int]  # the types that show the agent
    alone: float  # share of frames that show the agent exactly once
    missing: float  # share of frames that do not show it
    moves: Mapping[int, frozenset[Offset]]  # by action, where it takes the agent
    # By action, the cells that change without showing the agent before or after, from its own cell.
    reached: Mapping[int, Counter[Offset]]
    turns: frozenset[int]  # actions that change the agent's appearance
    strangers: Mapping[int, float]  # by type, share of steps in which it changed far from the agent
    explained: float  # share of steps in which nothing changed except near the agent
    # how episodes ended where all that was seen was alike
    ends: AlikeEnds = field(default_factory=AlikeEnds)
    chosen: int = 0  # the latest steps, which the agent chose; those before were drawn at random
    fruits: Fruits = field(default_factory=Fruits)  # what the agent's own episodes brought


@dataclass(frozen=True, repr=False)
class Inspection:
    """What some steps of play tell about a world.

    Attributes:
        frames: Figures of frames and actions.
        facts: Figures of facts; None if nothing could be seen yet.
        rewards: How often each reward was given.
        ends: Times that a step reached a terminal state.
        complaint: Why nothing could be seen; empty if something was.
        unread: The names of what else is told and not read, such as a goal in words.
        said: The same in words, a line for each subject and each warning, as text shows it.
    """

    frames: FrameFigures
    facts: FactFigures | None
    rewards: Mapping[float, int]
    ends: int
    complaint: str = ""
    unread: tuple[str, ...] = ()
    said: str = field(default="", compare=False)

    def __repr__(self) -> str:
        return self.said or f"{type(self).__name__} of {self.frames.steps} steps"


def frame_figures(
    seen: FrameTransitions, num_actions: int, thresholds: TilingThresholds
) -> FrameFigures:
    """Return the figures of at least one transition."""
    changed = [
        _changes(before, after) for before, after in zip(seen.before, seen.after, strict=True)
    ]
    shares = [float(np.mean(levels > 0)) for levels in changed]
    moved = np.concatenate([levels[levels > 0] for levels in changed])
    actions = []
    for action in range(num_actions):
        own = np.flatnonzero(seen.actions == action).tolist()
        actions.append(ActionTries(len(own), sum(shares[index] > 0 for index in own)))
    return FrameFigures(
        distinct=len({frame.tobytes() for frame in seen.after}),
        actions=tuple(actions),
        restless=float(np.median(shares)),
        step_levels=float(np.median(moved)) if moved.size else 0.0,
        tiling=find_tiling(seen.after, thresholds),
    )


def _changes(before: Frame, after: Frame) -> Frame:
    """Return by how many grey levels each pixel changed at most, `uint8 [H, W]`."""
    levels = np.abs(before.astype(np.int16) - after).max(axis=2)
    return np.asarray(levels, np.uint8)


def fact_figures(
    transitions: Sequence[Transition],
    grid: Grid | None,
    types: Sequence[int],
    thresholds: AgencyThresholds,
    chosen: int = 0,
    episodes: int = 0,
    agent_types: frozenset[int] = frozenset(),
) -> FactFigures:
    """Return the figures of transitions in order.

    The agent chose the latest `chosen` of them; at most so many of its `episodes` are looked at.
    `agent_types` are those that sight takes for the agent.
    """
    agency = Agency(thresholds)
    agency.take(agent_types)
    for transition in transitions:
        agency.observe(transition)
    own = agency.self_types
    counts = [sum(fact.type in own for fact in each.next_facts) for each in transitions]
    reached: dict[int, Counter[Offset]] = {}
    moves: dict[int, set[Offset]] = {}
    turns, strangers = set[int](), Counter[int]()
    for transition in transitions:
        before, after = agency.find(transition.facts), agency.find(transition.next_facts)
        if before is None or after is None:
            continue
        if before.type != after.type:
            turns.add(transition.action)
        changed = (set(transition.facts) - {before}) ^ (set(transition.next_facts) - {after})
        near = {fact for fact in changed if _distance(fact, after) <= 1}
        strangers.update({fact.type for fact in changed - near})
        cells = {_offset(before, fact) for fact in near if not _stands_there(fact, before, after)}
        reached.setdefault(transition.action, Counter()).update(cells)
    for (_, action), effect in agency.effects().items():
        if effect.moves:
            moves.setdefault(action, set()).add((effect.d_row, effect.d_col))
    total = max(1, len(transitions))
    return FactFigures(
        grid=grid,
        types=tuple(types),
        agent=own,
        alone=counts.count(1) / total,
        missing=counts.count(0) / total,
        moves={action: frozenset(to) for action, to in sorted(moves.items())},
        reached={action: cells for action, cells in sorted(reached.items()) if cells},
        turns=frozenset(turns),
        strangers={number: count / total for number, count in strangers.most_common()},
        explained=explained_share(transitions, thresholds, agent_types),
        ends=alike_ends(transitions, agency),
        chosen=min(chosen, len(transitions)),
        fruits=fruits(transitions[max(0, len(transitions) - chosen) :], episodes),
    )


def _distance(fact: Fact, other: Fact) -> int:
    return abs(fact.row - other.row) + abs(fact.col - other.col)


def _offset(start: Fact, fact: Fact) -> Offset:
    return fact.row - start.row, fact.col - start.col


def _stands_there(fact: Fact, before: Fact, after: Fact) -> bool:
    return (fact.row, fact.col) in ((before.row, before.col), (after.row, after.col))
