"""Make environments, and check that their frames and actions are those that the agent takes."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from dsrl_agent.errors import ConfigError, ObservationError
from dsrl_agent.types import Frame

_CHANNELS = 3


def make_env(env_id: str, kwargs: dict[str, Any]) -> gym.Env[Any, Any]:
    """Make an environment with RGB frames and numbered actions.

    Raises:
        ConfigError: No environment has this id, or it refuses the keywords.
        ObservationError: The observation or action space is of another kind.
    """
    env = open_env(env_id, kwargs, "env.id")
    require_env(env)
    return env


def open_env(env_id: str, kwargs: dict[str, Any], setting: str) -> gym.Env[Any, Any]:
    """Make an environment with any spaces; `setting` is the setting that gave the id, for errors.

    Raises:
        ConfigError: No environment has this id, or it refuses the keywords.
    """
    try:
        return gym.make(env_id, **kwargs)
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"{setting} is {env_id!r}, but its module cannot be imported: {error}; install the "
            "package that holds it."
        ) from error
    except (gym.error.Error, TypeError, ValueError) as error:
        fault = f"{setting} {env_id!r} refuses its kwargs {kwargs!r}"
        if isinstance(error, gym.error.Error):
            fault = f"{setting} is {env_id!r}, but no environment can be made of it"
        raise ConfigError(f"{fault}: {' '.join(str(error).split())}") from error


def require_env(env: Any) -> tuple[int, tuple[int, int, int]]:
    """Return the number of actions A and the shape `(H, W, 3)` of the frames.

    Raises:
        ObservationError: Observations are no RGB images, or actions are not Discrete.
    """
    if not isinstance(env, gym.Env):
        raise ObservationError(
            f"The environment is a {type(env).__name__}, but it must be a single gymnasium.Env "
            "(not a vector environment); give what gymnasium.make returns."
        )
    box, actions = env.observation_space, env.action_space
    if not isinstance(box, spaces.Box) or len(box.shape) != 3 or box.dtype != np.uint8:
        raise ObservationError(
            f"The observation space is {box}, but it must be an image: a Box of uint8 with shape "
            "[height, width, 3]; wrap the environment, for instance with gymnasium's "
            "AddRenderObservation."
        )
    if box.shape[2] != _CHANNELS:
        raise ObservationError(
            f"The observations have shape {box.shape}, but it must be [height, width, 3]: colours "
            "come last; move the channels with a TransformObservation wrapper."
        )
    if not isinstance(actions, spaces.Discrete) or actions.start != 0:
        raise ObservationError(
            f"The action space is {actions}, but it must be Discrete, counted from 0."
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


def whole_id(spec: Any) -> str:
    """Return an id that names its module, so that `gymnasium.make` needs no import before."""
    entry = spec.entry_point
    module = entry.split(":")[0] if isinstance(entry, str) else entry.__module__
    package = module.split(".")[0]
    return spec.id if package == "gymnasium" or ":" in spec.id else f"{package}:{spec.id}"
