"""Offer what models of Stable-Baselines3 have beside learning: environment, spaces, logger."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

import gymnasium as gym
from gymnasium import spaces

from dsrl_agent.agent.callbacks import Listener, Listeners
from dsrl_agent.agent.habits.deciding import Deciding
from dsrl_agent.agent.habits.stable_baselines import (
    CallbackListener,
    LogListener,
    logger_of,
    vector_of,
)
from dsrl_agent.errors import ConfigError
from dsrl_agent.runtime.envs import at_door, door_of, make_env, require_env

if TYPE_CHECKING:
    from stable_baselines3.common.logger import Logger
    from stable_baselines3.common.vec_env import DummyVecEnv


class ModelHabits(Deciding):
    """The public part of an agent that is not its own, but that of all models."""

    seed: int
    verbose: int = 0
    tensorboard_log: str | None = None
    _logger: Logger | None = None
    _log: LogListener | None = None  # of the last call of `learn`
    _vector: DummyVecEnv | None = None

    @property
    def observation_space(self) -> spaces.Space[Any]:
        """The space of the frames that the environment gives, behind its door."""
        return self.env.observation_space

    @property
    def action_space(self) -> spaces.Space[Any]:
        """The space of actions, counted from 0."""
        return self.env.action_space

    def get_env(self) -> DummyVecEnv:
        """Return the agent's environment as a vector environment of Stable-Baselines3."""
        if self._vector is None or self._vector.envs[0] is not self.env:
            self._vector = vector_of(self.env)
        return self._vector

    def set_env(self, env: gym.Env[Any, Any] | str) -> None:
        """Go on in another environment with as many actions.

        Its frames may have another size, as those of a larger world have. What was learned stays.
        Once the agent learns there, the frames that it remembers are left out, as a warning says.

        Raises:
            ConfigError: It has another number of actions.
        """
        door = door_of(self.env)
        view = None if door is None else door.view
        made = make_env(env, {}, view=view) if isinstance(env, str) else at_door(env, view=view)
        actions, _ = require_env(made)
        if actions != self.num_actions:
            raise ConfigError(
                f"The environment has {actions} actions, but the agent knows {self.num_actions}; "
                "make a new agent for it."
            )
        self.env = made

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
        spec = self.env.spec
        name = type(self.env.unwrapped).__name__ if spec is None else spec.id
        seen = "sees nothing yet"
        if self.perception.ready:
            seen = f"{len(self.perception.known)} types"
        return (
            f"{type(self).__name__}({name!r}, front_end={self.front_end.kind!r}, seed={self.seed}: "
            f"{steps:,} steps, {seen})"
        )
