"""Environments whose frames tell the seed and the actions, alone and as vectors of each kind."""

from __future__ import annotations

from functools import partial
from typing import Any

from gymnasium.vector import AutoresetMode, SyncVectorEnv
from hostile import Hostile, frame

__all__ = ["BadReward", "Counting", "frame", "sync", "vec_env"]


class Counting(Hostile):
    """Shows the sum of the actions taken since the reset, plus its seed.

    An episode that comes to 20 or more is over; one of `limit` steps is cut off. A reset without a
    seed begins at 10.
    """

    def __init__(self, limit: int = 1000) -> None:
        super().__init__()
        self.limit = limit

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        self.level, self.steps = 10 if seed is None else seed, 0
        return frame(self.level), {"level": self.level}

    def step(self, action: Any) -> Any:
        self.level += int(action)
        self.steps += 1
        over, late = self.level >= 20, self.steps >= self.limit
        return frame(self.level), 0.5 * int(action), over, late, {"level": self.level}


class BadReward(Counting):
    """Gives NaN as its second reward."""

    def step(self, action: Any) -> Any:
        observation, reward, *rest = super().step(action)
        return observation, float("nan") if self.steps == 2 else reward, *rest


def sync(mode: AutoresetMode, count: int = 2, limit: int = 1000) -> SyncVectorEnv:
    """Return a vector environment of Gymnasium."""
    return SyncVectorEnv([partial(Counting, limit)] * count, autoreset_mode=mode)


def vec_env(count: int = 2, limit: int = 1000) -> Any:
    """Return a vector environment of Stable-Baselines3."""
    from stable_baselines3.common.vec_env import DummyVecEnv

    return DummyVecEnv([partial(Counting, limit)] * count)
