"""Play in a vector environment that someone else made, and check all that it hands over."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NoReturn

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from dsrl_agent.checks import line_of
from dsrl_agent.config import DoorThresholds
from dsrl_agent.errors import ConfigError, DSRLError, HandoverError, ObservationError
from dsrl_agent.runtime.door import Door, View
from dsrl_agent.runtime.door.choosing import name_of
from dsrl_agent.runtime.door.handover import require_foreign
from dsrl_agent.runtime.vector.environments import Environments, FirstFrame, StepResult


class LoneEnvironment(gym.Env[Any, Any]):
    """One environment of a vector environment, seen as a single one.

    A door needs it to choose how observations become frames. Its steps are steps of all.

    Attributes:
        number: The number of the environment that is seen.
        shown_as: What was given, in words.
    """

    def __init__(self, envs: VectorEnvironments) -> None:
        self.number, self.shown_as = 0, shown_as(envs.given)
        self.observation_space, self.action_space = envs.single_spaces()
        self.render_mode = getattr(envs.given, "render_mode", None)
        self.metadata = {"render_modes": [] if self.render_mode is None else [self.render_mode]}
        self._envs = envs

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode in every environment."""
        count = self._envs.num_envs
        observations, infos = self._envs.raw_reset([(seed or 0) + n for n in range(count)])
        return part_of(observations, self.number), infos(self.number)

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Take an action in every environment; an end of any is an end of this one."""
        observations, rewards, over = self._envs.raw_step([action] * self._envs.num_envs)
        return part_of(observations, self.number), float(rewards[self.number]), over, False, {}

    def render(self) -> Any:
        """Return the picture of the environment that is seen."""
        return self._envs.pictures()[self.number]


class VectorEnvironments(Environments):
    """A vector environment whose every observation, reward and flag passes a door.

    Args:
        given: The vector environment.
        thresholds: How observations become frames; the defaults if left out.
        view: The recipe of another door, to make the same frames; chosen anew if left out.

    Raises:
        ObservationError: There are no images, or actions are not Discrete.
        ConfigError: It does not say how its episodes begin, or in a way that is not known.
        HandoverError: An environment raises, or breaks a rule, before the first episode.
    """

    kind: ClassVar[str]

    def __init__(
        self, given: Any, thresholds: DoorThresholds | None = None, view: View | None = None
    ) -> None:
        self.given = given
        self.num_envs = int(given.num_envs)
        self._begins, self._steps = 0, 0
        self.one = LoneEnvironment(self)
        self.door = Door(self.one, thresholds, view)
        self.view, self.said = self.door.view, self.door.said
        self.num_actions = int(self.door.action_space.n)
        shape = self.door.observation_space.shape
        assert shape is not None
        self.frame_shape = (shape[0], shape[1], shape[2])

    @property
    def taken(self) -> Counter[str]:  # type: ignore[override]
        """How often each unusual thing was taken."""
        return self.door.taken

    @property
    def first(self) -> gym.Env[Any, Any]:
        """One of the environments behind the door; its steps are steps of all."""
        return self.door

    @abstractmethod
    def single_spaces(self) -> tuple[spaces.Space[Any], spaces.Space[Any]]:
        """Return the spaces of the observations and the actions of one environment."""

    @abstractmethod
    def raw_reset(self, seeds: Sequence[int]) -> tuple[Any, Any]:
        """Reset all; return the observations, and a function from a number to its `info`."""

    @abstractmethod
    def raw_step(self, actions: Sequence[Any]) -> tuple[Any, Any, bool]:
        """Step all; return observations, rewards, and whether an episode ended."""

    @abstractmethod
    def pictures(self) -> Sequence[Any]:
        """Return the rendered picture of each environment."""

    def begin(self, seeds: Mapping[int, int]) -> dict[int, FirstFrame]:
        """Begin an episode in the environments named; see `Environments`."""
        self._begins += 1
        self._steps = 0
        try:
            observations, infos = self._reset(seeds)
        except BaseException as error:  # foreign code may raise anything
            self._fail(error, f"at reset {self._begins}")
        return {number: self._first(observations, infos, number) for number in seeds}

    def close(self) -> None:
        """Close the vector environment."""
        self.given.close()

    def _reset(self, seeds: Mapping[int, int]) -> tuple[Any, Any]:
        """Reset the environments named, which are all unless episodes are begun one by one."""
        return self.raw_reset([seeds[number] for number in range(self.num_envs)])

    def _first(self, observations: Any, infos: Any, number: int) -> FirstFrame:
        """Return the first frame of an environment, checked."""
        self.one.number = number
        try:
            observation = part_of(observations, number)
            return FirstFrame(*self.door.checked_start(observation, infos(number)))
        except BaseException as error:  # foreign code may hand over anything
            self._fail(error, f"at the beginning of an episode in environment {number}")

    def _result(
        self, number: int, observation: Any, reward: Any, flags: tuple[Any, Any], info: Any
    ) -> StepResult:
        """Return what a step of an environment handed over, checked."""
        self.one.number = number
        try:
            return StepResult(*self.door.checked(observation, reward, *flags, info))
        except BaseException as error:  # foreign code may hand over anything
            self._fail(error, f"at step {self._steps} of environment {number}")

    def _stepped(self, actions: Sequence[int]) -> Any:
        """Return what a step of the vector environment returns."""
        self._steps += 1
        numbers = np.asarray(actions, np.int64) + self.door.first_action
        try:
            return self.given.step(numbers)
        except BaseException as error:  # foreign code may raise anything
            self._fail(error, f"at step {self._steps} (actions {list(actions)})")

    def _fail(self, error: BaseException, place: str) -> NoReturn:
        """Raise an error that says where a fault was met."""
        require_foreign(error)
        name = type(self.given).__name__
        if isinstance(error, HandoverError | ConfigError):
            raise type(error)(f"{name}, {place}: {error}") from error
        if isinstance(error, DSRLError | Warning):  # a warning that the caller made an error
            raise error
        text = line_of(error)
        raise HandoverError(f"{name} raised {type(error).__name__} {place}: {text}") from error

    def _refuse_rendering(self) -> None:
        """Refuse to render where an episode's last picture is never to be had.

        Raises:
            ObservationError: Frames are rendered.
        """
        if self.view is not None and self.view.rendered:
            raise ObservationError(
                f"Frames of {type(self.given).__name__} would be rendered, but it begins the next "
                "episode before the last picture of one can be; give observations that are images, "
                "or a gymnasium vector environment with autoreset_mode NEXT_STEP."
            )


def shown_as(given: Any) -> str:
    """Return a vector environment in words: its class, how many it holds, and of which."""
    members = getattr(given, "envs", None) or [None]  # others play in processes of their own
    spec = getattr(given, "spec", None)
    if spec is not None:
        one = spec.id
    else:
        one = name_of(members[0]) if isinstance(members[0], gym.Env) else ""
    return f"{type(given).__name__} of {given.num_envs} {one}".rstrip()


def part_of(observations: Any, number: int) -> Any:
    """Return the observation of one environment, a view, from those of all."""
    if isinstance(observations, Mapping):
        return {name: part_of(part, number) for name, part in observations.items()}
    if isinstance(observations, tuple):
        return tuple(part_of(part, number) for part in observations)
    return observations[number]


def numbers_of(values: Any, count: int, name: str) -> list[Any]:
    """Return the rewards or flags of `count` environments as a list.

    Raises:
        HandoverError: They are not as many.
    """
    array = np.asarray(values)
    if array.shape != (count,):
        raise HandoverError(
            f"The {name} have shape {list(array.shape)}, but there must be one for each of {count} "
            "environments; mend the vector environment."
        )
    return list(array.tolist())
