"""Define the interface of a symbolic front end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol, TypeAlias, TypeVar, cast, runtime_checkable

import numpy as np

from dsrl_agent.errors import ConfigError
from dsrl_agent.front_end.agency import Agency
from dsrl_agent.front_end.knowledge import EpisodeT, Knowledge
from dsrl_agent.front_end.relations import Valuation
from dsrl_agent.types import Facts, Shape, Transition

MemoryT = TypeVar("MemoryT")


class FrontEnd(Protocol[EpisodeT]):
    """Learns from transitions in symbols and chooses actions.

    `EpisodeT` is its own memory of a running episode.
    """

    num_actions: int  # A
    agency: Agency  # finds the agent among the objects

    @property
    def kind(self) -> str:
        """Its name in a config."""

    @property
    def transitions(self) -> Sequence[Transition]:
        """The latest transitions learned from, the oldest first."""

    def begin(self, shape: Shape | None = None) -> EpisodeT:
        """Return the memory of a new episode on a grid of these rows and columns, if known."""

    def learn(self, transition: Transition, rng: np.random.Generator) -> None:
        """Learn from a transition; `rng` draws what is replayed."""

    def decide(
        self, facts: Facts, episode: EpisodeT, rng: np.random.Generator, epsilon: float
    ) -> int:
        """Choose an action, and update the episode's memory, which `begin` returned.

        `rng` breaks ties and explores; `epsilon` is the share of random actions.
        """

    def values(self, facts: Facts, episode: EpisodeT | None = None) -> Valuation:
        """Return the value of each action, and each object's part in it."""

    def inherit(self, child: int, parent: int) -> None:
        """Let a type that was split off another begin with the knowledge of that type."""

    def resemble(self, likeness: Mapping[int, int]) -> None:
        """Take, for types that are a known shape in another colour, the type of that shape.

        A front end that has no use for analogies ignores them.
        """

    def settled(self, known: Sequence[int]) -> bool:
        """Say whether the front end has learned what there is to learn about these types."""

    def knowledge(self) -> Knowledge[EpisodeT]:
        """Return what the front end has learned, as of now; nothing in it is to be changed."""

    def state(self) -> dict[str, Any]:
        """Return everything learned, JSON-able."""

    def load(self, state: dict[str, Any]) -> None:
        """Take what `state()` gave, after a round through JSON."""


@runtime_checkable
class GroupLearner(Protocol):
    """A front end that can learn from several environments that are played together."""

    def learn_together(self, transitions: Sequence[Transition], rng: np.random.Generator) -> None:
        """Learn from a transition of each of several environments; see `Transition.env`."""

    def decide_together(
        self,
        scenes: Sequence[Facts],
        episodes: Sequence[Any],
        rng: np.random.Generator,
        epsilon: float,
    ) -> list[int]:
        """Choose an action in each of several environments; see `FrontEnd.decide`."""


AnyFrontEnd: TypeAlias = FrontEnd[Any]
"""A front end of a kind chosen at run time. It gets back only episodes that it began itself."""


def altered(memory: MemoryT, **changes: Any) -> MemoryT:
    """Return a shallow copy of a memory, with other values of some attributes.

    `dataclasses.replace` and `copy.copy` take some ten times as long, and memories are copied for
    every decision.
    """
    copied = object.__new__(type(memory))
    vars(copied).update(vars(memory), **changes)
    return copied


def learn_together(
    front_end: AnyFrontEnd, transitions: Sequence[Transition], rng: np.random.Generator
) -> None:
    """Let a front end learn from the transitions that environments made together."""
    if len(transitions) == 1:
        front_end.learn(transitions[0], rng)
    else:
        require_group_learner(front_end).learn_together(transitions, rng)


def decide_together(
    front_end: AnyFrontEnd,
    scenes: Sequence[Facts],
    episodes: Sequence[Any],
    rng: np.random.Generator,
    epsilon: float,
) -> list[int]:
    """Let a front end choose an action in each of several environments."""
    if len(scenes) == 1:
        return [front_end.decide(scenes[0], episodes[0], rng, epsilon)]
    return require_group_learner(front_end).decide_together(scenes, episodes, rng, epsilon)


def decide_in_turn(
    front_end: AnyFrontEnd,
    scenes: Sequence[Facts],
    episodes: Sequence[Any],
    rng: np.random.Generator,
    epsilon: float,
) -> list[int]:
    """Let a front end choose an action in each of several environments, one after the other."""
    pairs = zip(scenes, episodes, strict=True)
    return [front_end.decide(facts, episode, rng, epsilon) for facts, episode in pairs]


def require_group_learner(front_end: AnyFrontEnd) -> GroupLearner:
    """Refuse a front end that can learn from one environment only.

    Raises:
        ConfigError: The message says what it lacks.
    """
    if _learns_together(type(front_end)):
        return cast(GroupLearner, front_end)
    raise ConfigError(
        f"The front end {front_end.kind!r} learns from one environment at a time; write its "
        "learn_together() and decide_together(), or set num_envs to 1."
    )


@lru_cache  # asked at every step, and an `isinstance` of a protocol is slow
def _learns_together(kind: type) -> bool:
    return issubclass(kind, GroupLearner)
