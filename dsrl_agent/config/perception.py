"""Settings of perception."""

from __future__ import annotations

import math
from dataclasses import dataclass

from dsrl_agent.checks import require_at_least, require_number
from dsrl_agent.errors import ConfigError


@dataclass(frozen=True)
class PerceptionConfig:
    """From pixels to facts.

    Attributes:
        first_frames: Steps of random play before the grid, the back end and the types are first
            learned. Where the facts then do not make sense of what happened, play goes on.
        frames: The most steps of random play; then the agent acts on what it sees as it is.
        memory: The most frames kept to learn from; the oldest make room.
        refit_growth: The back end and the types are learned again whenever the steps taken have
            grown by this factor since the last time; 0 learns them once.
        max_types: The most kinds of cell that typing may find, the empty cell included.
    """

    first_frames: int = 60
    frames: int = 160
    memory: int = 1000
    refit_growth: float = 4.0
    max_types: int = 32

    def __post_init__(self) -> None:
        require_at_least("perception.frames", self.frames, 20)
        require_at_least("perception.first_frames", self.first_frames, 20)
        require_at_least(
            "perception.memory", self.memory, self.frames, "perception.frames, which is "
        )
        require_at_least("perception.max_types", self.max_types, 2)
        require_number("perception.refit_growth", self.refit_growth)
        if self.refit_growth != 0.0 and not 1.0 < self.refit_growth < math.inf:
            raise ConfigError(
                f"perception.refit_growth is {self.refit_growth!r}, but it must be 0 (never) or "
                "greater than 1, and finite."
            )
