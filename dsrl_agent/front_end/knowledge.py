"""Record what a front end has learned, for all who describe, explain, measure or draw it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, Protocol, Self, TypeAlias, TypeVar

from dsrl_agent.front_end.agency import ActionEffects, Agency
from dsrl_agent.front_end.rule import Rule
from dsrl_agent.types import Fact, Facts, Floats, Transition


class Episode(Protocol):
    """A front end's memory of a running episode."""

    def copy(self) -> Self:
        """Return a copy that shares nothing that changes."""

    def carry_over(self, earlier: Self) -> bool:
        """Take from an earlier episode what no frame shows, such as the things taken.

        Returns:
            Whether the scene is another one by that.
        """


EpisodeT = TypeVar("EpisodeT", bound=Episode)


class TouchTotals(NamedTuple):
    """The touches of a type over the agent's whole life.

    Attributes:
        times: Number of touches.
        reward: Sum of their rewards.
    """

    times: int
    reward: float


class RuleBelief(NamedTuple):
    """A rule and the reward it is believed to give.

    Attributes:
        sentence: The rule in words, and how often it held.
        rule: Preconditions, effect, and how often it held.
        reward: The reward believed; `None` where such a touch has not been rewarded yet.
        ends: Whether the episode is believed to end.
        firm: Whether enough touches agree to act on it.
    """

    sentence: str
    rule: Rule
    reward: float | None
    ends: bool
    firm: bool


class ExpectedTouch(NamedTuple):
    """A touch that is expected.

    Attributes:
        step: The step that makes it, from 1.
        fact: The object touched.
        reward: The reward expected.
        known: Whether this rests on experience; otherwise it is a hope.
    """

    step: int
    fact: Fact
    reward: float
    known: bool


class Course(NamedTuple):
    """A course of actions: a plan, or greedy steps up to the first touch of an object.

    Attributes:
        actions: The actions, in order.
        touches: The touches expected on the way.
        planned: Whether it is a plan; otherwise it is played on in imagination.
        value: The expected return: of a plan less the price of its steps, of imagined steps
            discounted by each before the touch.
    """

    actions: tuple[int, ...]
    touches: tuple[ExpectedTouch, ...]
    planned: bool
    value: float


class SummedParts(NamedTuple):
    """A choice by values that are sums of the table's entries over the objects in sight.

    Attributes:
        by_distance: Whether an entry is divided by the squared distance of its object.
    """

    by_distance: bool


class ImaginedWalks(NamedTuple):
    """A choice by the value of the best object that a walk over empty cells leads to.

    Attributes:
        worths: The value of stepping on a type by an action, by (type, action).
    """

    worths: Mapping[tuple[int, int], float]


class RuleGain(NamedTuple):
    """The contribution of a rule to the return of a plan.

    Attributes:
        reward: Reward beyond that of a plain step.
        ends: Whether the episode ends.
    """

    reward: float
    ends: bool


class RulePlans(NamedTuple):
    """A choice by plans of highest return on the rules.

    Attributes:
        gains: One for each of `Knowledge.rules`.
        hope: Reward beyond that of a plain step of a type never met.
        step_price: Taken off a plan's return for each step.
    """

    gains: tuple[RuleGain, ...]
    hope: float
    step_price: float


Choice = SummedParts | ImaginedWalks | RulePlans


@dataclass(frozen=True, kw_only=True)
class Knowledge(Generic[EpisodeT]):
    """All that a front end has learned.

    Every front end has the fields without a default. The others are `None` or empty where a front
    end has no such part.

    Attributes:
        kind: The front end's name in a config.
        agency: The agent's types and moves.
        transitions: The latest transitions learned from, the oldest first.
        entries: Size: keys of the table, or rules.
        value_bytes: Size: bytes of the table's numbers; 0 for rules.
        store: The object that holds the table or the rules; its copy shows its size in memory.
        touches: Touches over the agent's whole life, by type, where they are counted.
        relations: The table's entries `[A]` by (type, rows below, columns right of the agent);
            `None` for a front end without a table over relations.
        taught: By type, transitions among those stored that have updated the table about it.
        rules: The rules, by type in front; `None` for a front end without rules.
        discount: Factor per step of an imagined course before its touch.
        course: Returns the course expected after an action, from facts, the episode that has
            decided on them, and the action; `None` for a front end without plans.
        choice: The form of the greedy policy, for its logic program; `None` if it has none.
        correction: The name of `Valuation.correction` in explanations.
    """

    kind: str
    agency: Agency
    transitions: Sequence[Transition]
    entries: int
    value_bytes: int
    store: object
    touches: Mapping[int, TouchTotals] = field(default_factory=dict)
    relations: Mapping[tuple[int, int, int], Floats] | None = None
    taught: Mapping[int, int] = field(default_factory=dict)
    rules: tuple[RuleBelief, ...] | None = None
    discount: float = 1.0
    course: Callable[[Facts, EpisodeT, int], Course | None] | None = None
    choice: Choice | None = None
    correction: str = "beside the objects"

    @property
    def effects(self) -> ActionEffects:
        """The effect of each action on each appearance of the agent."""
        return self.agency.effects()

    def entries_of(self, number: int) -> dict[tuple[int, int], Floats]:
        """Return the table's entries `[A]` for a type by relative position (rows, columns)."""
        found = self.relations or {}
        return {(row, col): entry for (of, row, col), entry in found.items() if of == number}


AnyKnowledge: TypeAlias = Knowledge[Any]
"""The knowledge of a front end of a kind chosen at run time."""
