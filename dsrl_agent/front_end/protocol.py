"""What a front end is: whoever brings another has these to write."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, Protocol, Self

import numpy as np

from dsrl_agent.front_end.agency import Agency
from dsrl_agent.front_end.relations import Valuation
from dsrl_agent.types import Facts, Shape, Transition


class Episode(Protocol):
    """What a front end remembers of a running episode."""

    def copy(self) -> Self:
        """Return a copy that shares nothing that changes."""


class FrontEnd(Protocol):
    """Learns from transitions in symbols and chooses actions.

    Attributes:
        num_actions: A.
        agency: Which object is the agent.
        memory: The latest transitions.
    """

    num_actions: int
    agency: Agency
    memory: deque[Transition]

    @property
    def kind(self) -> str:
        """Its name in a config."""

    def begin(self, shape: Shape | None = None) -> Any:
        """Return the `Episode` of a new episode on a grid of so many rows and columns."""

    def learn(self, transition: Transition, rng: np.random.Generator) -> None:
        """Learn from a transition."""

    def decide(self, facts: Facts, memory: Any, rng: np.random.Generator, epsilon: float) -> int:
        """Choose an action, and keep in `memory` what is to be remembered of it.

        Args:
            facts: What is seen.
            memory: What `begin` returned in this episode.
            rng: Breaks ties and explores.
            epsilon: Share of random actions.
        """

    def values(self, facts: Facts, memory: Any = None) -> Valuation:
        """Return what each action is worth, and each object's part in it."""

    def inherit(self, child: int, parent: int) -> None:
        """Let a type that was split off another begin with what is known of that."""

    def settled(self, known: Sequence[int]) -> bool:
        """Say whether it has learned what there is to learn about these types."""

    def state(self) -> dict[str, Any]:
        """Return everything learned, JSON-able."""

    def load(self, state: dict[str, Any]) -> None:
        """Take what `state()` gave, after a round through JSON."""
