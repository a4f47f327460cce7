"""Play at random: the floor that every agent is compared with."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsrl_agent.types import Frame


class RandomActor:
    """An actor that draws every action with the same probability from its generator."""

    def __init__(self, num_actions: int, rng: np.random.Generator) -> None:
        self._num_actions = num_actions
        self._rng = rng

    def begin(self) -> None:
        """Do nothing: no action depends on the episode."""

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        """Draw an action."""
        return int(self._rng.integers(self._num_actions))
