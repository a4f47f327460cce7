"""Make environments, and check that their frames and actions are those that the agent takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces, wrappers
from numpy.typing import NDArray

from dsrl_agent.errors import CheckpointError, ObservationError
from dsrl_agent.runtime.door import Door, View, at_door, door_of, make_env, open_env
from dsrl_agent.runtime.door.door import require_numbered, require_single
from dsrl_agent.runtime.door.old_style import OldStyle
from dsrl_agent.types import Frame

__all__ = [
    "Door",
    "View",
    "at_door",
    "door_of",
    "make_env",
    "open_env",
    "require_env",
    "require_frames",
    "stored_env",
    "whole_id",
    "wrappers_of",
]

_CHANNELS = 3
# Wrappers that `gymnasium.make` puts around every environment.
_OF_ITS_ID = (wrappers.OrderEnforcing, wrappers.PassiveEnvChecker, wrappers.TimeLimit)


def require_env(env: Any) -> tuple[int, tuple[int, int, int]]:
    """Return the number of actions A and the shape `(H, W, 3)` of the frames.

    Raises:
        ObservationError: Observations are no RGB images, or actions are not Discrete.
    """
    require_single(env)
    box, actions = env.observation_space, require_numbered(env)
    if not isinstance(box, spaces.Box) or len(box.shape) != 3 or box.dtype != np.uint8:
        raise ObservationError(
            f"The observation space is {box}, but it must be an image: a Box of uint8 with shape "
            "[height, width, 3]; give the environment to runtime.envs.at_door()."
        )
    if box.shape[2] != _CHANNELS:
        raise ObservationError(
            f"The observations have shape {box.shape}, but it must be [height, width, 3]: colours "
            "come last; give the environment to runtime.envs.at_door()."
        )
    return int(actions.n), (box.shape[0], box.shape[1], box.shape[2])


def require_frames(frames: Any) -> tuple[Frame, bool]:
    """Return frames as a batch `uint8 [B, H, W, 3]`, and true if one frame without B was given.

    Raises:
        ObservationError: Type, dtype, rank or channels are wrong.
    """
    if not isinstance(frames, np.ndarray):
        raise ObservationError(
            f"The observation is a {type(frames).__name__}, but it must be a NumPy array of uint8 "
            "with shape [height, width, 3]."
        )
    array: NDArray[Any] = frames
    if array.dtype != np.uint8:
        raise ObservationError(
            f"The observation has dtype {array.dtype}, but it must be uint8 with values 0 to 255; "
            "undo any scaling to floats."
        )
    if array.ndim not in (3, 4) or array.shape[-1] != _CHANNELS:
        raise ObservationError(
            f"The observation has shape {list(array.shape)}, but it must be [height, width, 3] or "
            "a batch of these, [n, height, width, 3]: colours come last."
        )
    if 0 in array.shape:
        raise ObservationError(f"The observation has shape {list(array.shape)}: it is empty.")
    return (array[None], True) if array.ndim == 3 else (array, False)


def stored_env(data: Mapping[str, Any], path: str, view: View | None) -> Door:
    """Make the environment that an agent was trained in, from the data of its checkpoint.

    Raises:
        CheckpointError: It had no id, or wrappers, of which the checkpoint has only the names.
    """
    fault = ""
    if data["env_id"] is None:
        fault = "in an environment without an id"
    elif data.get("env_wrappers"):
        names = ", ".join(data["env_wrappers"])
        fault = f"within the wrappers {names}, of which a checkpoint keeps only the names"
    if fault:
        raise CheckpointError(
            f"The agent in {path} was trained {fault}; give the environment to load()."
        )
    return make_env(data["env_id"], data["env_kwargs"], view=view)


def wrappers_of(env: gym.Env[Any, Any]) -> list[str]:
    """Return the names of the wrappers around an environment that its id does not stand for."""
    names = []
    while isinstance(env, gym.Wrapper):
        kind = type(env)
        if not issubclass(kind, (Door, OldStyle, *_OF_ITS_ID)):
            names.append(f"{kind.__module__}:{kind.__name__}")
        env = env.env
    return names[::-1]


def whole_id(spec: Any) -> str:
    """Return an id that names its module, so that `gymnasium.make` needs no import before."""
    entry = spec.entry_point
    module = entry.split(":")[0] if isinstance(entry, str) else entry.__module__
    package = module.split(".")[0]
    return spec.id if package == "gymnasium" or ":" in spec.id else f"{package}:{spec.id}"
