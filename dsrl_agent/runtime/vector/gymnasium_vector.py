"""Play in a vector environment of Gymnasium, in each of its ways to begin the next episode."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode

from dsrl_agent.config import DoorThresholds
from dsrl_agent.errors import ConfigError, HandoverError
from dsrl_agent.runtime.door import View
from dsrl_agent.runtime.vector.environments import FirstFrame, StepResult, StepResults
from dsrl_agent.runtime.vector.vector_environments import (
    VectorEnvironments,
    numbers_of,
    part_of,
)

InfoOf = Callable[[int], dict[str, Any]]
"""Returns the `info` of an environment by its number."""


class GymnasiumEnvironments(VectorEnvironments):
    """A `gymnasium.vector.VectorEnv`.

    - `NEXT_STEP`: after an end, the next step of an environment begins its next episode. That is no
      step of the agent: its action is ignored, and nothing is learned from it.
    - `SAME_STEP`: the next episode begins with the step that ends one. The last frame is taken from
      `info["final_obs"]`.
    - `DISABLED`: every episode is begun with a seed of its own, by `reset` with a `reset_mask`.
    """

    kind = "gymnasium"

    def __init__(
        self, given: Any, thresholds: DoorThresholds | None = None, view: View | None = None
    ) -> None:
        self.mode = _mode_of(given)
        self.reset_themselves = self.mode is not AutoresetMode.DISABLED
        self._over = np.zeros(int(given.num_envs), np.bool_)  # whose next step begins an episode
        super().__init__(given, thresholds, view)
        if self.mode is AutoresetMode.SAME_STEP:
            self._refuse_rendering()

    def single_spaces(self) -> tuple[spaces.Space[Any], spaces.Space[Any]]:
        """Return the spaces of one environment; see `VectorEnvironments`."""
        return self.given.single_observation_space, self.given.single_action_space

    def raw_reset(self, seeds: Sequence[int]) -> tuple[Any, InfoOf]:
        """Reset all; see `VectorEnvironments`."""
        observations, infos = self.given.reset(seed=list(seeds))
        self._over[:] = False
        return observations, _infos_of(infos)

    def raw_step(self, actions: Sequence[Any]) -> tuple[Any, Any, bool]:
        """Step all; see `VectorEnvironments`."""
        observations, rewards, terminated, truncated, _ = self.given.step(np.array(actions))
        return observations, rewards, bool(np.any(terminated) or np.any(truncated))

    def pictures(self) -> Sequence[Any]:
        """Return the rendered pictures; see `VectorEnvironments`."""
        found: Sequence[Any] = self.given.render()
        return found

    def step(self, actions: Sequence[int]) -> StepResults:
        """Take an action in every environment; see `Environments`."""
        observations, rewards, terminated, truncated, infos = self._stepped(actions)
        results: dict[int, StepResult] = {}
        begun: dict[int, FirstFrame] = {}
        info_of = _infos_of(infos)
        gains, ends, cuts = (
            numbers_of(values, self.num_envs, name)
            for values, name in ((rewards, "rewards"), (terminated, "flags"), (truncated, "flags"))
        )
        for number in range(self.num_envs):
            if self._over[number]:
                begun[number] = self._first(observations, info_of, number)
                continue
            observation, info = part_of(observations, number), info_of(number)
            last = bool(ends[number] or cuts[number])
            if last and self.mode is AutoresetMode.SAME_STEP:
                begun[number] = self._first(observations, info_of, number)
                observation, info = self._final(infos, number)
            flags = ends[number], cuts[number]
            results[number] = self._result(number, observation, gains[number], flags, info)
        if self.mode is AutoresetMode.NEXT_STEP:
            self._over = np.array(ends, np.bool_) | np.array(cuts, np.bool_)
        return StepResults(results, begun)

    def _reset(self, seeds: Mapping[int, int]) -> tuple[Any, InfoOf]:
        """Reset the environments named, one by one where the mode allows it."""
        if self.reset_themselves or len(seeds) == self.num_envs:
            return super()._reset(seeds)
        mask = np.isin(np.arange(self.num_envs), list(seeds))
        given = [seeds.get(number) for number in range(self.num_envs)]
        observations, infos = self.given.reset(seed=given, options={"reset_mask": mask})
        return observations, _infos_of(infos)

    def _final(self, infos: Mapping[str, Any], number: int) -> tuple[Any, Any]:
        """Return the last observation and `info` of an episode that has just ended.

        Raises:
            HandoverError: They are not given.
        """
        last = infos.get("final_obs")
        if last is None or last[number] is None:
            raise HandoverError(
                f"{type(self.given).__name__}, at step {self._steps} of environment {number}: an "
                "episode ended in the autoreset mode SAME_STEP, but info['final_obs'] does not "
                "hold its last observation; mend the vector environment, or use NEXT_STEP."
            )
        found = infos.get("final_info")
        return last[number], {} if found is None else _infos_of(found)(number)


def _mode_of(given: Any) -> AutoresetMode:
    """Return how a vector environment begins the next episode.

    Raises:
        ConfigError: It does not say.
    """
    mode = (given.metadata or {}).get("autoreset_mode")
    try:
        return AutoresetMode(mode)
    except ValueError as error:
        known = ", ".join(each.name for each in AutoresetMode)
        raise ConfigError(
            f"metadata['autoreset_mode'] of the vector environment {type(given).__name__} is "
            f"{mode!r}, but it must be one of {known}: it decides which steps begin an episode."
        ) from error


def _infos_of(infos: Any) -> InfoOf:
    """Return a function that gives the `info` of an environment from those of all.

    They are arrays by name, each with a mask of the same name after a line below.
    """

    def info_of(number: int) -> dict[str, Any]:
        if not isinstance(infos, Mapping):
            raise HandoverError(f"`info` is a {type(infos).__name__}, but it must be a dict.")
        return _info_of(infos, number)

    return info_of


def _info_of(infos: Mapping[str, Any], number: int) -> dict[str, Any]:
    own = {}
    for name, values in infos.items():
        mask = infos.get(f"_{name}")
        if name in ("final_obs", "final_info") or mask is None or not mask[number]:
            continue
        own[name] = (
            _info_of(values, number) if isinstance(values, Mapping) else part_of(values, number)
        )
    return own
