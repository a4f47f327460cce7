"""Environments to play by hand, with a tape of what was played."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np


class Stairs(gym.Env[Any, Any]):
    """Stairs of steps 0 to 3: action 3 goes up, 2 stays; the top ends it with a reward of 1."""

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["rgb_array"]}  # type: ignore[misc]
    tape: ClassVar[list[Any]] = []
    """Seeds, actions and questions for a plan, of all that was played, in order."""

    def __init__(self, render_mode: str | None = None, top: int = 3, **attributes: Any) -> None:
        if top < 1:
            raise ValueError(f"top is {top}")
        self.render_mode = render_mode
        self.top = top
        self.action_space = gym.spaces.Discrete(2, start=2)
        self.observation_space = gym.spaces.Discrete(100)
        vars(self).update(attributes)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        self.tape.append(("seed", seed))
        self.height = 0
        return 0, {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        self.tape.append(action)
        self.height += int(action) - 2
        return self.height, float(self.height == self.top), self.height == self.top, False, {}

    def render(self) -> Any:
        return np.full((10, 10, 3), 50 * self.height, np.uint8)

    def get_keys_to_action(self) -> Any:
        return {("s",): 2, ("w",): 3}


class Solved(Stairs):
    """Stairs with a solver: two steps up at first, and an empty plan on step 2."""

    def solve(self) -> Any:
        self.tape.append("solve")
        return SimpleNamespace(actions=np.array([3, 3] if self.height == 0 else [], np.int64))


class Shapeless(Stairs):
    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["ansi"]}  # type: ignore[misc]


class Steered(Stairs):
    def __init__(self, render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        self.action_space = gym.spaces.Box(-1, 1, (2,))


@contextmanager
def registered_stairs() -> Iterator[None]:
    """Register all stairs as `tests/<class>-v0`, with an empty tape."""
    stairs: list[Any] = [Stairs, Solved, Shapeless, Steered]
    Stairs.tape.clear()
    for one in stairs:
        gym.register(f"tests/{one.__name__}-v0", one, disable_env_checker=True)
    yield
    for one in stairs:
        del gym.registry[f"tests/{one.__name__}-v0"]
