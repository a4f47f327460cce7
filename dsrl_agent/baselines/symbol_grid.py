"""The true facts as planes of a grid, for a network that is to learn without having to see."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from dsrl_agent.errors import ConfigError


def planes(truth: dict[str, Any]) -> NDArray[np.uint8]:
    """Return a plane of 0 and 1 for every kind, then the agent's: `[kinds + 1, rows, cols]`."""
    cells = truth["cells"]
    kinds = np.arange(1, len(truth["kinds"]) + 1)[:, None, None]
    grid = np.zeros((len(kinds) + 1, *cells.shape), np.uint8)
    grid[:-1] = cells[None] == kinds
    if truth["agent"] is not None:
        grid[(-1, *truth["agent"])] = 1
    return grid


class SymbolGrid(gym.Wrapper[NDArray[np.uint8], Any, Any, Any]):
    """Gives the true facts in place of the frames; for baselines that stand for perfect sight.

    Raises:
        ConfigError: The environment tells no truth.
    """

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        super().__init__(env)
        _, info = env.reset(seed=0)
        if "truth" not in info:
            raise ConfigError(
                f"sight is 'symbols', but {type(env.unwrapped).__name__} gives no "
                "info['truth']; use 'pixels'."
            )
        shape = planes(info["truth"]).shape
        self.observation_space = spaces.Box(0, 1, shape, np.uint8)

    def reset(self, **kwargs: Any) -> tuple[NDArray[np.uint8], dict[str, Any]]:
        """Begin an episode."""
        _, info = self.env.reset(**kwargs)
        return planes(info["truth"]), info

    def step(self, action: Any) -> tuple[NDArray[np.uint8], Any, bool, bool, dict[str, Any]]:
        """Take an action."""
        _, reward, terminated, truncated, info = self.env.step(action)
        return planes(info["truth"]), reward, terminated, truncated, info
