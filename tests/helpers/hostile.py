"""An environment that hands over whatever a test wants, shared by tests of the door."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces

SHAPE = (40, 50, 3)


def frame(level: int = 0) -> Any:
    return np.full(SHAPE, level, np.uint8)


class Hostile(gym.Env[Any, Any]):
    """Returns `first` at a reset, and at a step what `parts` replaces in a good step.

    Attributes:
        whole: Returned by a step in place of a tuple, if it is not `None`.
        error: Raised by a step, if it is not `None`.
    """

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012

    def __init__(self, **parts: Any) -> None:
        self.observation_space = spaces.Box(0, 255, SHAPE, np.uint8)
        self.action_space = spaces.Discrete(4)
        self.first: Any = (frame(), {})
        self.whole: Any = None
        self.error: BaseException | None = None
        self.good = {
            "observation": frame(),
            "reward": 0.5,
            "terminated": False,
            "truncated": False,
            "info": {},
        }
        self.parts = parts
        self.actions: list[Any] = []
        self.seeds: list[Any] = []

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        self.seeds.append(seed)
        return self.first

    def step(self, action: Any) -> Any:
        self.actions.append(action)
        if self.error is not None:
            raise self.error
        return tuple({**self.good, **self.parts}.values()) if self.whole is None else self.whole
