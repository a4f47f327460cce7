"""Encode the true facts as planes of a grid, for a network that learns without perception."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from dsrl_agent.errors import ConfigError


def planes(truth: dict[str, Any]) -> NDArray[np.uint8]:
    """Return one plane of 0 and 1 per type, the agent's last: `uint8 [types + 1, rows, cols]`."""
    cells = truth["cells"]
    kinds = np.arange(1, len(truth["kinds"]) + 1)[:, None, None]
    grid = np.zeros((len(kinds) + 1, *cells.shape), np.uint8)
    grid[:-1] = cells[None] == kinds
    if truth["agent"] is not None:
        grid[(-1, *truth["agent"])] = 1
    return grid


class TruthObservations(gym.Wrapper[NDArray[np.uint8], Any, Any, Any]):
    """Replace observations by an encoding of `info["truth"]`, an array `uint8` of one shape.

    Args:
        env: The environment.
        encode: Encodes the truth.
        high: The largest value of an encoding.
        refusal: The error if there is no truth; `{env}` stands for the environment's class.

    Raises:
        ConfigError: The environment gives no ground truth.
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        encode: Callable[[dict[str, Any]], NDArray[np.uint8]],
        high: int,
        refusal: str,
    ) -> None:
        super().__init__(env)
        _, info = env.reset(seed=0)
        if "truth" not in info:
            raise ConfigError(refusal.format(env=type(env.unwrapped).__name__))
        self._encode = encode
        self.observation_space = spaces.Box(0, high, encode(info["truth"]).shape, np.uint8)

    def reset(self, **kwargs: Any) -> tuple[NDArray[np.uint8], dict[str, Any]]:
        """Begin an episode and return its encoded truth."""
        _, info = self.env.reset(**kwargs)
        return self._encode(info["truth"]), info

    def step(self, action: Any) -> tuple[NDArray[np.uint8], Any, bool, bool, dict[str, Any]]:
        """Take an action and return the encoded truth that follows."""
        _, reward, terminated, truncated, info = self.env.step(action)
        return self._encode(info["truth"]), reward, terminated, truncated, info


class SymbolGrid(TruthObservations):
    """Replace frames by planes of the true facts, for baselines with perfect perception."""

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        refusal = "sight is 'symbols', but {env} gives no info['truth']; use 'pixels'."
        super().__init__(env, planes, 1, refusal)
