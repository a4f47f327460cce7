"""Define the door: a wrapper that turns observations into frames and checks every step."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from collections.abc import Mapping
from typing import Any, NoReturn

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from dsrl_agent.checks import line_of
from dsrl_agent.config import DoorThresholds
from dsrl_agent.errors import ConfigError, DSRLError, HandoverError, ObservationError
from dsrl_agent.runtime.door.choosing import choose, name_of, picture_of
from dsrl_agent.runtime.door.handover import (
    HandoverWarning,
    plain_array,
    plain_flag,
    plain_info,
    plain_reward,
    require_foreign,
    split_reset,
    split_step,
)
from dsrl_agent.runtime.door.old_style import adapted
from dsrl_agent.runtime.door.view import View
from dsrl_agent.types import Frame

_UINT8 = np.dtype(np.uint8)


class Door(gym.Wrapper[Frame, int, Any, Any]):
    """Turns observations into frames `uint8 [H, W, 3]`, and checks every reset and step.

    Frames and `info` are copies. Actions are counted from 0. What is unusual but has one meaning
    is taken; the first time of each kind gives a `HandoverWarning`, and all are counted.

    Args:
        env: A Gymnasium environment with numbered actions, and images or pictures to render.
        thresholds: How observations become frames; the defaults if left out.
        view: The recipe of another door, to make the same frames; chosen anew if left out.

    Attributes:
        view: The recipe from observations to frames.
        said: What was done to the observations, in a line; empty if they are frames already.
        unread: The names of what else is told that holds for an episode, such as a goal in words.
        taken: How often each unusual thing was taken.
        thresholds: How observations become frames.
        first_action: The environment's number of action 0.
        wrappers: All wrappers behind the door, as in the setting `env.wrappers`, the innermost
            first; `None` unless they were made from such names.

    Raises:
        ObservationError: There are no images, or actions are not Discrete.
        HandoverError: The environment raises, or breaks a rule, before the first episode.
    """

    def __init__(
        self,
        env: gym.Env[Any, Any],
        thresholds: DoorThresholds | None = None,
        view: View | None = None,
    ) -> None:
        require_single(env)
        actions = require_numbered(env)
        self.taken: Counter[str] = Counter()
        self.wrappers: list[Any] | None = None
        self.thresholds = thresholds or DoorThresholds()
        chosen = choose(adapted(env, self._note), self.thresholds, view, self._note)
        super().__init__(chosen.env)
        self.view, self.said, self._form = chosen.view, chosen.said, chosen.form
        self.unread = chosen.unread
        self.observation_space = spaces.Box(0, 255, chosen.frame_shape, np.uint8)
        self.action_space: Any = spaces.Discrete(int(actions.n))
        self.first_action = int(actions.start)
        self._plain = self.view.plain and self._form.dtype == _UINT8
        self._resets = 0
        self._steps = 0  # steps since the last reset

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Frame, dict[str, Any]]:
        """Begin an episode; return its first frame and a copy of `info`.

        Raises:
            HandoverError: The environment breaks a rule, or raises.
        """
        self._resets += 1
        self._steps = 0
        given: dict[str, Any] = {"seed": seed}
        if options is not None:
            given["options"] = options
        try:
            return self.checked_start(*split_reset(self.env.reset(**given), self._note))
        except BaseException as error:  # foreign code may raise anything
            self._fail(error, f"at reset {self._resets} (seed {seed})")

    def step(self, action: int) -> tuple[Frame, float, bool, bool, dict[str, Any]]:
        """Take an action counted from 0.

        Raises:
            HandoverError: The environment breaks a rule, or raises.
        """
        self._steps += 1
        try:
            result = self.env.step(action + self.first_action)
            return self.checked(*split_step(result, self._note))
        except BaseException as error:  # foreign code may raise anything
            self._fail(error, f"at step {self._steps} after reset {self._resets}", action)

    def checked(
        self, observation: Any, reward: Any, terminated: Any, truncated: Any, info: Any
    ) -> tuple[Frame, float, bool, bool, dict[str, Any]]:
        """Return what a step handed over as plain values, with the frame of the observation.

        Raises:
            HandoverError: It breaks a rule.
        """
        note = self._note
        if type(reward) is not float:
            reward = plain_reward(reward, note)
        if not math.isfinite(reward):
            reward = self._odd_reward(reward)
        if terminated is not True and terminated is not False:
            terminated = plain_flag("terminated", terminated, note)
        if truncated is not True and truncated is not False:
            truncated = plain_flag("truncated", truncated, note)
        return self._frame(observation), reward, terminated, truncated, plain_info(info, note)

    def checked_start(self, observation: Any, info: Any) -> tuple[Frame, dict[str, Any]]:
        """Return what a reset handed over as plain values, with the frame of the observation.

        Raises:
            HandoverError: It breaks a rule.
        """
        return self._frame(observation), plain_info(info, self._note)

    def frames_of(self, observation: Any) -> Any:
        """Return the frame of an observation of the environment behind the door, or of a batch.

        A raw picture of a rendered environment is such an observation. All else is returned as it
        is, such as frames that came through the door.
        """
        view, form, raw = self.view, self._form, observation
        if view.path and isinstance(observation, Mapping | tuple):
            raw = self._part(observation)
        if view.plain or not isinstance(raw, np.ndarray) or raw.dtype != form.dtype:
            return observation
        if raw.shape == form.shape:
            return view.frame(raw)
        if raw.shape[1:] == form.shape:
            return np.stack([view.frame(each) for each in raw])
        return observation

    def _frame(self, observation: Any) -> Frame:
        """Return the frame of an observation, or of the picture, as a copy."""
        form, view = self._form, self.view
        if (
            self._plain
            and type(observation) is np.ndarray
            and observation.dtype == _UINT8
            and observation.shape == form.shape
        ):
            return observation.copy()  # the common case, quickly
        raw = picture_of(self.env) if view.rendered else observation
        if view.path:
            raw = self._part(raw)
        return view.frame(plain_array(raw, *form, self._note))

    def _part(self, observation: Any) -> Any:
        try:
            return self.view.array(observation)
        except (KeyError, IndexError, TypeError) as error:
            path = ".".join(map(str, self.view.path))
            raise HandoverError(
                f"The observation is a {type(observation).__name__} without {path!r}, but its "
                "space promises that image; mend the environment."
            ) from error

    def _odd_reward(self, reward: float) -> float:
        if self.thresholds.bad_rewards == "zero":
            self._note(f"the reward is {reward}, and counts as 0")
            return 0.0
        raise HandoverError(
            f"The reward is {reward}, but it must be a finite number; mend the reward, or count "
            "such rewards as 0 with --env.door.bad_rewards zero."
        )

    def _fail(self, error: BaseException, place: str, action: Any = None) -> NoReturn:
        """Raise an error that says where a fault was met."""
        require_foreign(error)
        where = place if action is None else f"{place} (action {action})"
        if isinstance(error, HandoverError | ConfigError):
            raise type(error)(f"{name_of(self.env)}, {where}: {error}") from error
        if isinstance(error, DSRLError | Warning):  # a warning that the caller made an error
            raise error
        text = line_of(error)
        raise HandoverError(
            f"{name_of(self.env)} raised {type(error).__name__} {where}: {text}"
        ) from error

    def _note(self, what: str) -> None:
        """Count something unusual that was taken; warn the first time."""
        self.taken[what] += 1
        if self.taken[what] == 1:
            text = f"{what}; it is taken, and counted from now on"
            warnings.warn(text, HandoverWarning, stacklevel=4)


def at_door(
    env: gym.Env[Any, Any], thresholds: DoorThresholds | None = None, view: View | None = None
) -> gym.Env[Any, Any]:
    """Return an environment behind a door: as it is if it has one, else with one around it.

    With `view`, a door of another recipe is replaced.

    Raises:
        ObservationError: There are no images, or actions are not Discrete.
    """
    if not isinstance(env, Door):
        return Door(env, thresholds, view)
    if view is None or view == env.view:
        return env
    door = Door(env.env, env.thresholds, view)
    door.wrappers = env.wrappers
    return door


def door_of(env: gym.Env[Any, Any]) -> Door | None:
    """Return the door of an environment that converts observations; the outermost if none does."""
    doors = []
    while isinstance(env, gym.Wrapper):
        if isinstance(env, Door):
            doors.append(env)
        env = env.env
    converting = [door for door in doors if not door.view.plain]
    return next(iter(converting or doors), None)


def require_single(env: Any) -> None:
    """Refuse what is no single environment of Gymnasium.

    Raises:
        ObservationError: The message says what it is, and what to give.
    """
    if isinstance(env, type):
        raise ObservationError(
            f"The environment is the class {env.__name__}; give an instance of it: "
            f"{env.__name__}()."
        )
    if not isinstance(env, gym.Env):
        remedy = "give what gymnasium.make returns"
        if hasattr(env, "num_envs"):
            remedy = "give one of the environments in it, such as env.envs[0]"
        elif hasattr(env, "reset") and hasattr(env, "step"):
            remedy += (
                '; an environment of the old gym needs `pip install "shimmy[gym-v26]"` and '
                "shimmy.GymV26CompatibilityV0(env=env)"
            )
        raise ObservationError(
            f"The environment is a {type(env).__name__}, but it must be a single gymnasium.Env "
            f"(not a vector environment); {remedy}."
        )


def require_numbered(env: gym.Env[Any, Any]) -> spaces.Discrete:
    """Return the action space of an environment, if its actions are numbered.

    Raises:
        ObservationError: Actions are not Discrete.
    """
    actions = getattr(env, "action_space", None)
    if isinstance(actions, spaces.Discrete):
        return actions
    raise ObservationError(
        f"The action space is {actions}, but it must be Discrete; {_remedy_of(actions)}."
    )


def _remedy_of(actions: Any) -> str:
    if isinstance(actions, spaces.MultiDiscrete | spaces.MultiBinary):
        combined = "number the combinations that matter"
    elif isinstance(actions, spaces.Box):
        combined = "choose a few actions to take"
    else:
        combined = "number the actions"
    return (
        f"{combined} with a wrapper such as gymnasium.wrappers.TransformAction(env, "
        "lambda number: ACTIONS[number], gymnasium.spaces.Discrete(len(ACTIONS)))"
    )
