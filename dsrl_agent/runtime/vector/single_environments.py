"""Play several single environments together, each behind a door of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium as gym

from dsrl_agent.errors import ConfigError, HandoverError, ObservationError
from dsrl_agent.runtime.door import door_of
from dsrl_agent.runtime.envs import require_env
from dsrl_agent.runtime.vector.environments import (
    Environments,
    FirstFrame,
    StepResult,
    StepResults,
)


class SingleEnvironments(Environments):
    """Environments that are stepped one after the other in this process.

    Args:
        envs: The environments, at least one, each another object; those behind a door are checked
            at every reset and step.

    Raises:
        ConfigError: One environment is given twice.
        ObservationError: Their frames or actions differ.
    """

    reset_themselves = False

    def __init__(self, envs: Sequence[gym.Env[Any, Any]]) -> None:
        self.envs = list(envs)
        self.num_envs = len(self.envs)
        doors = [door_of(env) for env in self.envs]
        self._doors = [door for door in doors if door is not None]
        _require_different(self.envs)
        self.num_actions, self.frame_shape = require_env(self.envs[0])
        for number, env in enumerate(self.envs):
            _require_equal(number, require_env(env), (self.num_actions, self.frame_shape))
        first = self._doors[0] if self._doors else None
        self.view, self.said = (None, "") if first is None else (first.view, first.said)

    @property
    def taken(self) -> Counter[str]:  # type: ignore[override]
        """How often each unusual thing was taken, over all environments."""
        return sum((door.taken for door in self._doors), Counter())

    @property
    def first(self) -> gym.Env[Any, Any]:
        """The first of the environments."""
        return self.envs[0]

    def begin(self, seeds: Mapping[int, int]) -> dict[int, FirstFrame]:
        """Begin an episode in the environments named; see `Environments`."""
        begun = {}
        for number, seed in seeds.items():
            try:
                begun[number] = FirstFrame(*self.envs[number].reset(seed=seed))
            except HandoverError as error:
                raise self._placed(error, number) from error
        return begun

    def step(self, actions: Sequence[int]) -> StepResults:
        """Take an action in every environment; see `Environments`."""
        taken = {}
        for number, (env, action) in enumerate(zip(self.envs, actions, strict=True)):
            try:
                frame, reward, terminated, truncated, info = env.step(action)
            except HandoverError as error:
                raise self._placed(error, number) from error
            taken[number] = StepResult(
                frame, float(reward), bool(terminated), bool(truncated), info
            )
        return StepResults(taken, {})

    def close(self) -> None:
        """Close all environments."""
        for env in self.envs:
            env.close()

    def _placed(self, error: HandoverError, number: int) -> HandoverError:
        """Return an error that says in which of several environments a fault was met."""
        if self.num_envs == 1:
            return error
        return HandoverError(f"Environment {number} of {self.num_envs}: {error}")


def _require_different(envs: Sequence[gym.Env[Any, Any]]) -> None:
    """Refuse an environment that is given twice.

    Raises:
        ConfigError: The message has both numbers.
    """
    met: dict[int, int] = {}
    for number, env in enumerate(envs):
        same = met.setdefault(id(env.unwrapped), number)
        if same != number:
            raise ConfigError(
                f"Environments {same} and {number} are one and the same object, so a step of one "
                "would be a step of the other; make each anew."
            )


def _require_equal(
    number: int, given: tuple[int, tuple[int, ...]], first: tuple[int, tuple[int, ...]]
) -> None:
    """Refuse an environment whose actions or frames are not those of the first.

    Raises:
        ObservationError: The message has both.
    """
    if given != first:
        raise ObservationError(
            f"Environment {number} has {given[0]} actions and frames {list(given[1])}, but "
            f"environment 0 has {first[0]} actions and frames {list(first[1])}; all that are "
            "played together must have the same."
        )
