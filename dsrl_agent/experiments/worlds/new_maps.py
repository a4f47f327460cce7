"""Give Gymnasium's FrozenLake a new map in each episode."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
from gymnasium.envs.toy_text.frozen_lake import FrozenLakeEnv, generate_random_map
from gymnasium.utils import RecordConstructorArgs

from dsrl_agent.runtime.rng import Streams


class NewMaps(gym.Wrapper[Any, Any, Any, Any], RecordConstructorArgs):
    """Draws a new map, with a path from start to goal, at each reset with a seed.

    Args:
        env: A FrozenLake whose map is a square.
        slippery: Whether moves slip.
        frozen: Probability that a cell is frozen; the others are holes.
    """

    def __init__(self, env: gym.Env[Any, Any], slippery: bool = False, frozen: float = 0.8) -> None:
        RecordConstructorArgs.__init__(self, slippery=slippery, frozen=frozen)
        gym.Wrapper.__init__(self, env)
        self._slippery, self._frozen = slippery, frozen

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begin an episode, on the map of the seed."""
        if seed is not None:
            lake: Any = self.unwrapped
            rows = generate_random_map(lake.nrow, self._frozen, Streams(seed).seed_for("map", 0))
            drawn = FrozenLakeEnv(desc=rows, is_slippery=self._slippery)
            for part in ("desc", "P", "initial_state_distrib"):
                setattr(lake, part, getattr(drawn, part))
        return self.env.reset(seed=seed, options=options)
