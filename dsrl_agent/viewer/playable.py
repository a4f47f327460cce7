"""Make and check environments that a person can play: pictures, keys and a legend."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from dsrl_agent.errors import ConfigError
from dsrl_agent.runtime.envs import open_env
from dsrl_agent.types import Frame
from dsrl_agent.viewer.drawing import to_image
from dsrl_agent.viewer.scoreboard import Legend

Keys = Mapping[frozenset[int], int]
"""The action of each key, or of keys held together, by their SDL codes."""

_MODE = "rgb_array"
_SETTING = "--env"


def playable_env(env_id: str, kwargs: Mapping[str, Any]) -> gym.Env[Any, Any]:
    """Make an environment that renders pictures and has numbered actions.

    Raises:
        ConfigError: There is no such environment, it refuses the keywords, its actions are not
            Discrete, or it has no render mode rgb_array.
    """
    plain = {name: value for name, value in kwargs.items() if name != "render_mode"}
    # Once without a render mode: Gymnasium prints a warning for one that the environment lacks.
    env = open_env(env_id, plain, _SETTING)
    modes = env.metadata.get("render_modes") or []
    actions = env.action_space
    env.close()
    if not isinstance(actions, spaces.Discrete):
        raise ConfigError(
            f"The action space of {env_id!r} is {actions}, but it must be Discrete to be played by "
            "keys; wrap the environment, or name another by --env."
        )
    if _MODE not in modes:
        raise ConfigError(
            f"{env_id!r} has the render modes {list(modes)}, but it must have {_MODE!r} to be "
            "shown; name another environment by --env."
        )
    return open_env(env_id, {**plain, "render_mode": _MODE}, _SETTING)


def keys_of(env: gym.Env[Any, Any]) -> Keys:
    """Return the action of each key, from `get_keys_to_action()` (Gymnasium's convention).

    The method returns a dict from tuples to actions. A tuple contains the keys held together for
    the action, mostly one: SDL codes such as `pygame.K_LEFT`, or letters.

    Raises:
        ConfigError: The environment has no such method, or it returns something else.
    """
    if not env.has_wrapper_attr("get_keys_to_action"):
        raise ConfigError(
            f"{name_of(env)} has no get_keys_to_action(), but a person's keys must be given an "
            "action by it (as in gymnasium.utils.play); add the method, or let it play without a "
            "person by --video out.gif."
        )
    given = env.get_wrapper_attr("get_keys_to_action")()
    if not isinstance(given, Mapping) or not given:
        raise ConfigError(
            f"get_keys_to_action() of {name_of(env)} returns {given!r}, but it must be a dict from "
            "tuples of keys to actions, with one entry at least."
        )
    return {_codes(env, keys): _action(env, action) for keys, action in given.items()}


def legend_of(env: gym.Env[Any, Any]) -> Legend:
    """Return the checked result of an environment's `legend()`, or nothing without one."""
    if not env.has_wrapper_attr("legend"):
        return ()
    given = env.get_wrapper_attr("legend")()
    legend = tuple((np.asarray(picture), str(text)) for picture, text in given)
    for picture, _ in legend:
        to_image(picture)
    return legend


def render(env: gym.Env[Any, Any]) -> Frame:
    """Return the picture `uint8 [H, W, 3]` of an environment.

    Raises:
        ConfigError: The environment renders none, or a package for rendering is missing.
    """
    try:
        frame = env.render()
    except gym.error.DependencyNotInstalled as error:
        reason = " ".join(str(error).split())
        raise ConfigError(f"{name_of(env)} cannot be drawn: {reason}") from error
    if not isinstance(frame, np.ndarray):
        raise ConfigError(
            f"{name_of(env)} renders a {type(frame).__name__}, but it must be an array of pixels; "
            f"make it with render_mode={_MODE!r}."
        )
    to_image(frame)
    return frame


def name_of(env: gym.Env[Any, Any]) -> str:
    """Return the id of an environment, or the name of its class if it has no id."""
    return type(env.unwrapped).__name__ if env.spec is None else env.spec.id


def _codes(env: gym.Env[Any, Any], keys: Any) -> frozenset[int]:
    # Letters may come as one string. SDL's codes of letters are those of the lower case.
    if isinstance(keys, tuple | str) and keys:
        if all(isinstance(key, str) and len(key) == 1 for key in keys):
            return frozenset(ord(key.lower()) for key in keys)
        if all(isinstance(key, int) for key in keys):
            return frozenset(keys)
    raise ConfigError(
        f"get_keys_to_action() of {name_of(env)} names the keys {keys!r}, but it must be a tuple "
        "of SDL key codes, such as (pygame.K_LEFT,), or of letters, such as ('a',)."
    )


def _action(env: gym.Env[Any, Any], action: Any) -> int:
    if not env.action_space.contains(action):
        raise ConfigError(
            f"get_keys_to_action() of {name_of(env)} names the action {action!r}, but it must be "
            f"one of {env.action_space}."
        )
    return int(action)
