"""Meet Stable-Baselines3 in its own habits: callbacks, loggers and vector environments.

The package is imported when something of it is asked for, never with the agent.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np

from dsrl_agent.agent.callbacks import EpisodeEnd, Fit, LearningAgent, Listener
from dsrl_agent.errors import ConfigError
from dsrl_agent.runtime.episodes import Step

if TYPE_CHECKING:
    from stable_baselines3.common.callbacks import BaseCallback
    from stable_baselines3.common.logger import Logger
    from stable_baselines3.common.vec_env import DummyVecEnv


def vector_of(envs: Sequence[gym.Env[Any, Any]]) -> DummyVecEnv:
    """Return a vector environment that holds environments made already."""
    from stable_baselines3.common.vec_env import DummyVecEnv

    return DummyVecEnv([partial(_given, env) for env in envs])


def _given(env: gym.Env[Any, Any]) -> gym.Env[Any, Any]:
    return env


def logger_of(verbose: int, folder: str | None, name: str, anew: bool) -> Logger:
    """Return a logger for the screen, if `verbose` is above 0, and TensorBoard, if a folder is.

    A run that does not begin anew goes on in the newest folder of its name.
    """
    from stable_baselines3.common.utils import configure_logger

    return configure_logger(verbose, folder, name, anew)


class CallbackListener(Listener):
    """Lets a callback of Stable-Baselines3, or a list of them, or a plain function listen.

    A rollout is an episode, of several environments one of any. The callback's `locals` are those
    of a vector environment.

    Args:
        callback: The callback. A plain function takes the locals and globals, and stops the
            learning by returning False.
        total_timesteps: The number of steps that are to be taken.

    Raises:
        ConfigError: It is none of these.
    """

    def __init__(self, callback: Any, total_timesteps: int) -> None:
        self._callback = _one_callback(callback)
        self._locals: dict[str, Any] = {"total_timesteps": total_timesteps}
        self._started = time.time()
        self._returns: dict[int, float] = {}  # so far, by environment

    def on_start(self, agent: LearningAgent) -> None:
        """Tell the callback that training begins."""
        self._callback.init_callback(agent)  # type: ignore[arg-type]
        self._locals |= {"self": agent, "callback": self._callback}
        self._callback.on_training_start(self._locals, globals())

    def on_transitions(self, agent: LearningAgent, steps: Sequence[Step]) -> bool:
        """Tell the callback of the steps that environments took together, as of one call."""
        if any(step.number == 0 for step in steps):
            self._callback.on_rollout_start()
        for step in steps:
            before = 0.0 if step.number == 0 else self._returns.get(step.env, 0.0)
            self._returns[step.env] = before + step.reward
        self._callback.update_locals(self._locals | self._as_vector(steps))
        going = bool(self._callback.on_step())
        if any(step.last for step in steps):
            self._callback.on_rollout_end()
        return going

    def on_end(self, agent: LearningAgent) -> None:
        """Tell the callback that training ends."""
        self._callback.on_training_end()

    def _as_vector(self, steps: Sequence[Step]) -> dict[str, Any]:
        """Return steps in the words of a vector environment's step."""
        return {
            "actions": np.array([step.action for step in steps]),
            "rewards": np.array([step.reward for step in steps], np.float32),
            "dones": np.array([step.last for step in steps]),
            "infos": [self._info(step) for step in steps],
            "new_obs": np.stack([step.next_frame for step in steps]),
        }

    def _info(self, step: Step) -> dict[str, Any]:
        """Return the `info` of a step as a vector environment gives it."""
        info = dict(step.next_info)
        if step.last:
            spent = round(time.time() - self._started, 6)
            info["episode"] = {"r": self._returns[step.env], "l": step.number + 1, "t": spent}
            info["TimeLimit.truncated"] = step.truncated and not step.terminated
            info["terminal_observation"] = step.next_frame
        return info


def _one_callback(callback: Any) -> BaseCallback:
    """Return a callback for whatever may stand for one.

    Raises:
        ConfigError: Nothing of the kind.
    """
    from stable_baselines3.common.callbacks import BaseCallback, CallbackList, ConvertCallback

    if isinstance(callback, BaseCallback):
        return callback
    if isinstance(callback, list | tuple):
        return CallbackList([_one_callback(each) for each in callback])
    if callable(callback):
        # A function that returns nothing does not ask to stop.
        return ConvertCallback(lambda *names: callback(*names) is not False)
    raise ConfigError(
        f"callback is {callback!r}, but it must be a callback of Stable-Baselines3, a list of "
        "them, a Listener, or a function of locals and globals."
    )


class LogListener(Listener):
    """Writes the means of episodes, and fits, with a logger of Stable-Baselines3.

    Args:
        logger: Returns the logger.
        every: Episodes between two lines of the log; none are written without.
        kept: Episodes that a mean is taken over.
    """

    def __init__(self, logger: Callable[[], Logger], every: int | None, kept: int = 100) -> None:
        self._logger, self._every = logger, every
        self._ends: deque[EpisodeEnd] = deque(maxlen=kept)
        self._count, self._steps, self._begun = 0, 0, time.perf_counter()

    def on_start(self, agent: LearningAgent) -> None:
        """Begin to count time and steps."""
        self._steps, self._begun = agent.num_timesteps, time.perf_counter()

    def on_fit(self, agent: LearningAgent, fit: Fit) -> None:
        """Record a fit; it is written with the next episodes."""
        logger = self._logger()
        logger.record("fit/loss", fit.loss)
        logger.record("fit/types", fit.types)
        logger.record("fit/seconds", fit.seconds)

    def on_episode(self, agent: LearningAgent, end: EpisodeEnd) -> bool:
        """Count an episode, and write a line where one is due."""
        self._ends.append(end)
        self._count += 1
        if self._every is not None and self._count % self._every == 0:
            self.write(agent.num_timesteps)
        return True

    def write(self, taken: int) -> None:
        """Write a line after some steps: means of the latest episodes, if any, and the time."""
        logger, spent = self._logger(), time.perf_counter() - self._begun
        ends = self._ends
        if ends:
            logger.record("rollout/ep_rew_mean", float(np.mean([e.total_reward for e in ends])))
            logger.record("rollout/ep_len_mean", float(np.mean([e.length for e in ends])))
        logger.record("time/episodes", self._count, exclude="tensorboard")
        logger.record("time/fps", int((taken - self._steps) / max(spent, 1e-9)))
        logger.record("time/time_elapsed", int(spent), exclude="tensorboard")
        logger.record("time/total_timesteps", taken, exclude="tensorboard")
        logger.dump(step=taken)
