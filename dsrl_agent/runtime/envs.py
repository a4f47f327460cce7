"""Make environments, and check that their frames and actions are those that the agent takes."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from dsrl_agent.errors import ObservationError
from dsrl_agent.runtime.door import Door, View, at_door, door_of, make_env, open_env
from dsrl_agent.runtime.door.door import require_numbered, require_single
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
]

_CHANNELS = 3


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
