"""Log every training episode of an environment, for measures taken while learning."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np

from dsrl_agent.evaluation.evaluate import touched


class TrainingLog:
    """Logs return and touches of every episode, of one environment at a time."""

    def __init__(self) -> None:
        self._episodes: list[list[float]] = []

    def wrap(self, env: gym.Env[Any, Any]) -> gym.Env[Any, Any]:
        """Return the environment with its episodes logged."""
        return _Logged(env, self._episodes)

    def record(self) -> dict[str, list[float]]:
        """Return each episode's return, and the positives and negatives that it touched."""
        columns = np.array(self._episodes, np.float64).reshape(-1, 3).T
        return {
            name: [int(v) if v.is_integer() else float(v) for v in column]
            for name, column in zip(("returns", "good", "bad"), columns, strict=True)
        }


class _Logged(gym.Wrapper[Any, Any, Any, Any]):
    def __init__(self, env: gym.Env[Any, Any], episodes: list[list[float]]) -> None:
        super().__init__(env)
        self._episodes = episodes
        self._before: dict[str, Any] = {}

    def reset(self, **kwargs: Any) -> tuple[Any, dict[str, Any]]:
        observation, self._before = self.env.reset(**kwargs)
        self._episodes.append([0.0, 0.0, 0.0])
        return observation, self._before

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        observation, reward, terminated, truncated, info = self.env.step(action)
        good, bad = touched(self._before, info)
        for place, amount in enumerate((float(reward), good, bad)):
            self._episodes[-1][place] += amount
        self._before = info
        return observation, reward, terminated, truncated, info
