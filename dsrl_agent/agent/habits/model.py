"""Offer what models of Stable-Baselines3 have beside learning: environment, spaces, logger."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import gymnasium as gym
from gymnasium import spaces
from gymnasium.vector import VectorEnv

from dsrl_agent.agent.callbacks import Listener, Listeners
from dsrl_agent.agent.habits.deciding import Deciding
from dsrl_agent.agent.habits.learning_actor import LearningActor
from dsrl_agent.agent.habits.stable_baselines import (
    CallbackListener,
    LogListener,
    logger_of,
    vector_of,
)
from dsrl_agent.agent.learning import Learning
from dsrl_agent.agent.running import Episodes
from dsrl_agent.errors import ConfigError, PerceptionError
from dsrl_agent.runtime.door.choosing import name_of
from dsrl_agent.runtime.door.origin import warn_of_origin
from dsrl_agent.runtime.envs import View, at_door, door_of, make_env, require_env
from dsrl_agent.runtime.vector.environments import Environments
from dsrl_agent.runtime.vector.opening import several
from dsrl_agent.runtime.vector.single_environments import SingleEnvironments
from dsrl_agent.runtime.vector.vector_environments import VectorEnvironments

if TYPE_CHECKING:
    from stable_baselines3.common.logger import Logger
    from stable_baselines3.common.vec_env import VecEnv


AnyEnv: TypeAlias = "gym.Env[Any, Any] | VectorEnv[Any, Any, Any] | VecEnv | Environments | str"
"""An environment, several together, or the id of one."""


class ModelHabits(Deciding):
    """The public part of an agent that is not its own, but that of all models."""

    seed: int
    num_envs: int = 1  # how many environments are played together
    verbose: int = 0
    tensorboard_log: str | None = None
    _logger: Logger | None = None
    _log: LogListener | None = None  # of the last call of `learn`
    _vector: VecEnv | None = None
    _vector_of: Sequence[gym.Env[Any, Any]] = ()  # that it was made of
    _several: Environments | None = None  # environments that are played together
    _learning: Learning
    _episodes: Episodes

    def _open(self, env: AnyEnv, num_envs: int, view: View | None) -> tuple[int, tuple[int, ...]]:
        """Open the environment or environments; return the number of actions and a frame's shape.

        Raises:
            ObservationError: The spaces are of another kind.
            ConfigError: The number of environments cannot be.
        """
        self._several = several(env, num_envs, view=view)
        if self._several is not None:
            self.num_envs, self.env = self._several.num_envs, self._several.first
            return self._several.num_actions, self._several.frame_shape
        self.num_envs = 1
        single: Any = env  # what is none of these is refused at the door
        self.env = (
            make_env(env, {}, view=view) if isinstance(env, str) else at_door(single, view=view)
        )
        warn_of_origin(self.env)
        return require_env(self.env)

    def learner(self) -> LearningActor:
        """Return an actor that plays as this agent and makes it learn from each step.

        Let it `begin` each episode, `act` on frames of the size of training, and `observe` the
        steps, as `runtime.episodes.play` yields them. The running episodes of training end here.

        Raises:
            PerceptionError: The agent cannot see yet.
        """
        if not self._learning.acts:
            raise PerceptionError("The agent cannot see yet; call learn() first.")
        self._episodes.break_off(at_fault=False)
        return LearningActor(self._learning)

    def _together(self) -> Environments:
        """Return the environments to learn in; one alone is a group as well."""
        return self._several or SingleEnvironments([self.env])

    @property
    def taken(self) -> Counter[str]:
        """How often each unusual thing was taken from environments, see `runtime.door`."""
        return self._together().taken

    @property
    def observation_space(self) -> spaces.Space[Any]:
        """The space of the frames that the environment gives, behind its door."""
        return self.env.observation_space

    @property
    def action_space(self) -> spaces.Space[Any]:
        """The space of actions, counted from 0."""
        return self.env.action_space

    def get_env(self) -> Any:
        """Return the agent's environments as a vector environment of Stable-Baselines3.

        A vector environment is returned as it was given.
        """
        if isinstance(self._several, VectorEnvironments):
            return self._several.given
        envs = self._several.envs if isinstance(self._several, SingleEnvironments) else [self.env]
        if self._vector is None or self._vector_of != envs:
            self._vector, self._vector_of = vector_of(envs), envs
        return self._vector

    def set_env(self, env: AnyEnv) -> None:
        """Go on in another environment with as many actions, or in as many together.

        Frames may have another size, as those of a larger world have. What was learned stays.
        Once the agent learns there, the frames that it remembers are left out, as a warning says.

        Raises:
            ConfigError: It has another number of actions, or is of another number of environments.
        """
        door, before = door_of(self.env), (self.env, self._several, self.num_envs)
        number = self.num_envs if isinstance(env, str) else 1
        try:
            actions, _ = self._open(env, number, None if door is None else door.view)
            self._require_as_many(actions, before[2])
        except BaseException:
            self.env, self._several, self.num_envs = before
            raise

    def _require_as_many(self, actions: int, num_envs: int) -> None:
        """Refuse another number of actions than the agent knows, or of environments than before."""
        if actions != self.num_actions:
            raise ConfigError(
                f"The environment has {actions} actions, but the agent knows {self.num_actions}; "
                "make a new agent for it."
            )
        if self.num_envs != num_envs:
            raise ConfigError(
                f"There are {self.num_envs} environments, but the agent learns from {num_envs} "
                "together; save the agent, and load it with them: DSRL.load(path, env)."
            )

    def get_vec_normalize_env(self) -> None:
        """Return nothing: frames and rewards are never normalised."""

    @property
    def logger(self) -> Logger:
        """The logger of Stable-Baselines3: the screen if `verbose`, and `tensorboard_log`."""
        if self._logger is None:
            self._logger = logger_of(self.verbose, self.tensorboard_log, "DSRL", True)
        return self._logger

    def set_logger(self, logger: Logger) -> None:
        """Log with another logger."""
        self._logger = logger

    @property
    @abstractmethod
    def num_timesteps(self) -> int:
        """Environment steps taken so far."""

    def dump_logs(self) -> None:
        """Write the means of the latest episodes now, where `learn` writes a log at all."""
        if self._log is not None:
            self._log.write(self.num_timesteps)

    def _listeners(
        self, callback: Any, listener: Listener | None, total_timesteps: int, every: int | None
    ) -> Listener:
        """Return one listener for all that is to be told of the learning."""
        found = [] if listener is None else [listener]
        if isinstance(callback, Listener):
            found.append(callback)
        elif callback is not None:
            found.append(CallbackListener(callback, total_timesteps))
        self._log = None
        if self.verbose or self.tensorboard_log or self._logger is not None:
            self._log = LogListener(lambda: self.logger, every)
            found.append(self._log)
        if not found:
            return Listener()
        return found[0] if len(found) == 1 else Listeners(found)

    def _open_logger(self, name: str, anew: bool) -> None:
        """Log to a new folder of TensorBoard, or to the newest one of the name."""
        if self.verbose or self.tensorboard_log:
            self._logger = logger_of(self.verbose, self.tensorboard_log, name, anew)

    def _described(self, steps: int) -> str:
        """Return an agent in a line."""
        of_an_id = isinstance(self._several, SingleEnvironments)
        count = f"num_envs={self.num_envs}, " if of_an_id else ""
        seen = "sees nothing yet"
        if self.perception.ready:
            seen = f"{len(self.perception.known)} types"
        return (
            f"{type(self).__name__}({name_of(self.env)!r}, {count}front_end="
            f"{self.front_end.kind!r}, seed={self.seed}: {steps:,} steps, {seen})"
        )


def is_bare(env: AnyEnv) -> bool:
    """Return whether an environment has no door yet."""
    return not isinstance(env, gym.Env) or door_of(env) is None
