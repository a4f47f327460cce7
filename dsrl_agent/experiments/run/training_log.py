"""Log every training episode of an environment, for measures taken while learning."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np

from dsrl_agent.evaluation.evaluate import touched


class TrainingLog:
    """Logs return and touches of every episode, of one environment at a time.

    Attributes:
        episodes: For each episode its return, and the positives and negatives that it touched.
    """

    def __init__(self) -> None:
        self.episodes: list[list[float]] = []

    def restore(self, episodes: list[list[float]]) -> None:
        """Go on after the episodes of a run that was stopped."""
        self.episodes[:0] = episodes

    def wrap(self, env: gym.Env[Any, Any]) -> gym.Env[Any, Any]:
        """Return the environment with its episodes logged."""
        return _Logged(env, self.episodes)

    def record(self) -> dict[str, list[float]]:
        """Return each episode's return, and the positives and negatives that it touched."""
        columns = np.array(self.episodes, np.float64).reshape(-1, 3).T
        named = zip(("returns", "good", "bad"), columns.tolist(), strict=True)
        return {name: [int(v) if v.is_integer() else v for v in column] for name, column in named}


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
        for place, amount in enumerate((float(reward), *touched(self._before, info))):
            self._episodes[-1][place] += amount
        self._before = info
        return observation, reward, terminated, truncated, info
