"""Play in a vector environment of Stable-Baselines3."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from gymnasium import spaces

from dsrl_agent.config import DoorThresholds
from dsrl_agent.errors import HandoverError
from dsrl_agent.runtime.door import View
from dsrl_agent.runtime.vector.environments import FirstFrame, StepResult, StepResults
from dsrl_agent.runtime.vector.vector_environments import (
    VectorEnvironments,
    numbers_of,
    part_of,
)


class StableBaselinesEnvironments(VectorEnvironments):
    """A `VecEnv` of Stable-Baselines3.

    The next episode begins with the step that ends one. The last frame is in
    `info["terminal_observation"]`, and `info["TimeLimit.truncated"]` says that time was up.
    """

    kind = "stable-baselines3"
    reset_themselves = True

    def __init__(
        self, given: Any, thresholds: DoorThresholds | None = None, view: View | None = None
    ) -> None:
        super().__init__(given, thresholds, view)
        self._refuse_rendering()

    def single_spaces(self) -> tuple[spaces.Space[Any], spaces.Space[Any]]:
        """Return the spaces of one environment; see `VectorEnvironments`."""
        return self.given.observation_space, self.given.action_space

    def raw_reset(self, seeds: Sequence[int]) -> tuple[Any, Callable[[int], dict[str, Any]]]:
        """Reset all; see `VectorEnvironments`. Seeds are counted on from the first."""
        self.given.seed(seeds[0])
        observations = self.given.reset()
        infos = getattr(self.given, "reset_infos", None) or [{}] * self.num_envs
        return observations, lambda number: dict(infos[number])

    def raw_step(self, actions: Sequence[Any]) -> tuple[Any, Any, bool]:
        """Step all; see `VectorEnvironments`."""
        observations, rewards, over, _ = self.given.step(np.array(actions))
        return observations, rewards, bool(over.any())

    def pictures(self) -> Sequence[Any]:
        """Return the rendered pictures; see `VectorEnvironments`."""
        found: Sequence[Any] = self.given.get_images()
        return found

    def step(self, actions: Sequence[int]) -> StepResults:
        """Take an action in every environment; see `Environments`."""
        observations, rewards, over, infos = self._stepped(actions)
        results: dict[int, StepResult] = {}
        begun: dict[int, FirstFrame] = {}
        gains = numbers_of(rewards, self.num_envs, "rewards")
        ends = numbers_of(over, self.num_envs, "flags")
        for number in range(self.num_envs):
            observation, info = part_of(observations, number), dict(infos[number])
            late = False
            if ends[number]:
                begun[number] = self._first(observations, self._reset_info, number)
                observation = self._last(info, number)
                late = bool(info.get("TimeLimit.truncated", False))
            flags = bool(ends[number]) and not late, late
            results[number] = self._result(number, observation, gains[number], flags, info)
        return StepResults(results, begun)

    def _reset_info(self, number: int) -> dict[str, Any]:
        infos = getattr(self.given, "reset_infos", None)
        return {} if infos is None else dict(infos[number] or {})

    def _last(self, info: dict[str, Any], number: int) -> Any:
        """Take the last observation of an episode out of its `info`.

        Raises:
            HandoverError: It is not there.
        """
        last = info.pop("terminal_observation", None)
        if last is None:
            raise HandoverError(
                f"{type(self.given).__name__}, at step {self._steps} of environment {number}: an "
                "episode ended, but info['terminal_observation'] does not hold its last "
                "observation; mend the vector environment."
            )
        return last


def is_vec_env(env: Any) -> bool:
    """Return whether something is a `VecEnv` of Stable-Baselines3, which is not imported."""
    module = sys.modules.get("stable_baselines3.common.vec_env")
    return module is not None and isinstance(env, module.VecEnv)
