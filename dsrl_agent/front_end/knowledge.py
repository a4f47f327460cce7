"""Record what a front end has learned, for all who describe, explain, measure or draw it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, Protocol, Self, TypeAlias, TypeVar

from dsrl_agent.front_end.agency import ActionEffects, Agency
from dsrl_agent.front_end.rule import Rule, Taken, Verbs, require_whole
from dsrl_agent.types import Fact, Facts, Floats, Transition


class Episode(Protocol):
    """A front end's memory of a running episode."""

    def copy(self) -> Self:
        """Return a copy that shares nothing that changes."""

    def carry_over(self, earlier: Self) -> bool:
        """Take from an earlier episode what no frame shows; say whether that is another scene."""


EpisodeT = TypeVar("EpisodeT", bound=Episode)


class TouchTotals(NamedTuple):
    """The touches of a type over the agent's whole life."""

    times: int  # number of touches
    reward: float  # sum of their rewards


def touch_from(state: Sequence[Any]) -> tuple[int, TouchTotals]:
    """Return a type and its touches that a checkpoint holds, after a round through JSON.

    Raises:
        TypeError, ValueError: They are no such things.
    """
    number, times, reward = state
    require_whole(number, times)
    if times < 1 or not math.isfinite(reward):
        raise ValueError(f"{times} touches of type {number} gave {reward}")
    return number, TouchTotals(times, float(reward))


class RuleBelief(NamedTuple):
    """A rule and the reward it is believed to give."""

    sentence: str  # the rule in words, and how often it held
    rule: Rule  # preconditions, effect, and how often it held
    reward: float | None  # the reward believed; `None` where such a touch has not been rewarded yet
    ends: bool  # whether the episode is believed to end
    firm: bool  # whether enough touches agree to act on it


class ExpectedTouch(NamedTuple):
    """A touch that is expected."""

    step: int  # the step that makes it, from 1
    fact: Fact  # the object touched
    reward: float  # the reward expected
    known: bool  # whether this rests on experience; otherwise it is a hope


class Course(NamedTuple):
    """A course of actions: a plan, or greedy steps up to the first touch of an object."""

    actions: tuple[int, ...]  # the actions, in order
    touches: tuple[ExpectedTouch, ...]  # the touches expected on the way
    planned: bool  # whether it is a plan; otherwise it is played on in imagination
    # the expected return: of a plan less the price of its steps, of imagined steps discounted by
    # each before the touch
    value: float


class SummedParts(NamedTuple):
    """A choice by values that are sums of the table's entries over the objects in sight."""

    by_distance: bool  # whether an entry is divided by the squared distance of its object


class ImaginedWalks(NamedTuple):
    """A choice by the value of the best object that a walk over empty cells leads to.

    Where nothing good is in reach, bad objects count with the good ones behind them.
    """

    # the value of stepping on a type by an action, by (type, action)
    worths: Mapping[tuple[int, int], float]
    gifts: Mapping[int, float]  # the mean reward of touching each type
    plain: frozenset[int] = frozenset()  # types that are walked over as empty cells are


class RuleGain(NamedTuple):
    """A rule and its contribution to the return of a plan."""

    rule: Rule
    reward: float  # reward beyond that of a plain step
    ends: bool  # whether the episode ends


class Analogies(NamedTuple):
    """What is expected of a type by what types like it have done.

    It counts in a state of affairs in which the type itself was not met, if any type of the scene
    is like another.
    """

    likeness: Mapping[int, int]  # the representatives of types that resemble another
    # by type: rules over representatives, with the effects on the type itself
    gains: Mapping[int, tuple[RuleGain, ...]]
    # by verb and type: the states of affairs in which it was met: the thing in hand, the types
    # taken, and the types that came up
    met: Mapping[tuple[int, int], frozenset[tuple[int, frozenset[int], tuple[int, ...]]]]


class RulePlans(NamedTuple):
    """A choice by plans of highest return on the rules."""

    gains: tuple[RuleGain, ...]  # the rules
    hope: float  # reward beyond that of a plain step of a type never met
    step_price: float  # taken off a plan's return for each step
    unit: float = 1.0  # the unit in which returns are compared
    verbs: Verbs = Verbs()  # the kinds of actions
    # the sides from which types cannot be left: the type, rows down and columns right
    fences: tuple[tuple[int, int, int], ...] = ()
    analogies: Analogies | None = None


Choice = SummedParts | ImaginedWalks | RulePlans


class Situation(NamedTuple):
    """What no frame shows of the scene that a front end believes in."""

    objects: Facts  # what stands where, the agent among them, and what it hides
    taken: Taken  # the things taken in this episode
    held: int  # the type of the thing in hand, or `FREE`
    start: frozenset[int]  # the types seen when the episode began


@dataclass(frozen=True, kw_only=True)
class Knowledge(Generic[EpisodeT]):
    """All that a front end has learned.

    Every front end has the fields without a default. The others are `None` or empty where a front
    end has no such part.
    """

    kind: str  # the front end's name in a config
    agency: Agency  # the agent's types and moves
    transitions: Sequence[Transition]  # the latest transitions learned from, the oldest first
    entries: int  # size: keys of the table, or rules
    value_bytes: int  # size: bytes of the table's numbers; 0 for rules
    store: object  # the object that holds the table or the rules; its copy shows its size in memory
    # touches over the agent's whole life, by type, where they are counted
    touches: Mapping[int, TouchTotals] = field(default_factory=dict)
    # the table's entries `[A]` by (type, rows below, columns right of the agent); `None` for a
    # front end without a table over relations
    relations: Mapping[tuple[int, int, int], Floats] | None = None
    # by type, transitions among those stored that have updated the table about it
    taught: Mapping[int, int] = field(default_factory=dict)
    # the rules, by type in front; `None` for a front end without rules
    rules: tuple[RuleBelief, ...] | None = None
    discount: float = 1.0  # factor per step of an imagined course before its touch
    # returns the course expected after an action, from facts, the episode that has decided on them,
    # and the action; `None` for a front end without plans
    course: Callable[[Facts, EpisodeT, int], Course | None] | None = None
    # the form of the greedy policy, for its logic program; `None` if it has none
    choice: Choice | None = None
    unwritten: str = ""  # why a front end that plans has no such form
    # returns what no frame shows of the scene of an episode that has decided on some facts
    situation: Callable[[Facts, EpisodeT], Situation | None] | None = None
    # the cell that each action reaches as each appearance, and the agent's type there; `None` for a
    # front end that knows the agent's own steps alone
    reaches: ActionEffects | None = None
    correction: str = "beside the objects"  # the name of `Valuation.correction` in explanations

    @property
    def effects(self) -> ActionEffects:
        """The effect of each action on each appearance of the agent."""
        return self.agency.effects() if self.reaches is None else self.reaches

    def entries_of(self, number: int) -> dict[tuple[int, int], Floats]:
        """Return the table's entries `[A]` for a type by relative position (rows, columns)."""
        found = self.relations or {}
        return {(row, col): entry for (of, row, col), entry in found.items() if of == number}


AnyKnowledge: TypeAlias = Knowledge[Any]
"""The knowledge of a front end of a kind chosen at run time."""
