"""Play the plans of a solver that knows the true facts and rules: the upper bound on scores."""

from __future__ import annotations

from collections import deque
from typing import Any

import gymnasium as gym

from dsrl_agent.errors import ConfigError
from dsrl_agent.types import Frame


class Oracle:
    """An actor that follows the plans of the environment's own solver.

    The environment offers the solver as `solve()`, which starts from the present state. It
    returns `actions`, the plan; `idle`, the actions after it until time is up; and `exact`, true
    if no plan is better. `shapes_grid` solves its small worlds exactly.

    Raises:
        ConfigError: The environment has no solver.
    """

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        if not has_solver(env):
            raise ConfigError(
                "The oracle needs an environment with a solve() method, but "
                f"{type(env.unwrapped).__name__} has none; leave the oracle out."
            )
        self._solve = env.get_wrapper_attr("solve")
        self._plan: deque[int] = deque()

    def begin(self) -> None:
        """Discard the plan of the last episode."""
        self._plan.clear()

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        """Return the next action of the plan."""
        if not self._plan:
            solution = self._solve()
            self._plan.extend(solution.actions)
            if solution.exact or not self._plan:
                self._plan.extend(solution.idle)
        return self._plan.popleft()


def has_solver(env: gym.Env[Any, Any]) -> bool:
    """Return true if the oracle can play in an environment."""
    return env.has_wrapper_attr("solve")
