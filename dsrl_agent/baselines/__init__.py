"""Actors to compare an agent with."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsrl_agent.baselines.oracle import Oracle, has_solver
from dsrl_agent.types import Frame

__all__ = ["Oracle", "RandomActor", "has_solver"]


class RandomActor:
    """Plays every action with the same probability."""

    def __init__(self, num_actions: int, rng: np.random.Generator) -> None:
        self._num_actions = num_actions
        self._rng = rng

    def begin(self) -> None:
        """Do nothing: every step is drawn anew."""

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        """Draw an action."""
        return int(self._rng.integers(self._num_actions))
