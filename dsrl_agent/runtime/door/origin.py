"""Describe how an environment was made, and make it again from the description."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import wrappers

from dsrl_agent.config import DoorThresholds, read_config
from dsrl_agent.errors import CheckpointError
from dsrl_agent.runtime.door.door import Door, door_of
from dsrl_agent.runtime.door.making import make_env, names_in
from dsrl_agent.runtime.door.old_style import OldStyle
from dsrl_agent.runtime.door.trust import require_allowed
from dsrl_agent.runtime.door.view import View

# Wrappers that `gymnasium.make` puts around every environment.
_OF_ITS_ID = (wrappers.OrderEnforcing, wrappers.PassiveEnvChecker, wrappers.TimeLimit)
# Wrappers that only look on: the world is the same without them.
_LOOKING_ON = (
    "gymnasium.wrappers.common:RecordEpisodeStatistics",
    "gymnasium.wrappers.rendering:RecordVideo",
    "stable_baselines3.common.monitor:Monitor",
)
_NO_ID = "in an environment without an id"
_MOST_BITS = 4096  # of a number in a file
_NO_LIMIT = -1  # of steps, as `gymnasium.make` takes it


def origin_of(env: gym.Env[Any, Any]) -> dict[str, Any]:
    """Return how an environment was made, fit for JSON.

    The entry `env_fault` says in words why it cannot be made again; it is empty if it can.
    """
    spec, door, names = env.spec, door_of(env), wrappers_of(env)
    fault, kwargs = "", dict[str, Any]()
    if spec is None:
        fault = _NO_ID
    elif names:
        fault = _within(names)
    else:
        for name, value in spec.kwargs.items():
            try:
                kwargs[name] = _plain(value)
            except TypeError as error:
                fault = f"with the keyword {name}, {error}, which a file cannot hold"
    return {
        "env_id": None if spec is None else whole_id(spec),
        "env_kwargs": kwargs,
        "env_limit": _limit(env),
        "env_wrappers": names,
        "env_fault": fault,
        "view": None if door is None else door.view.to_json(),
        "door": None if door is None else dataclasses.asdict(door.thresholds),
    }


def made_again(origin: Mapping[str, Any], path: str) -> Door:
    """Make the environment that `origin_of` described in a checkpoint.

    Raises:
        CheckpointError: It cannot be made again, or importing what it names is not allowed.
        ConfigError: The package that holds it is not installed.
    """
    fault = origin.get("env_fault", "")
    if origin["env_id"] is None:
        fault = _NO_ID
    elif origin.get("env_wrappers"):  # checkpoints of 7a99ea7 give no fault
        fault = _within(origin["env_wrappers"])
    if fault:
        raise CheckpointError(
            f"The agent in {path} was trained {fault}; give the environment to load()."
        )
    kwargs = dict(origin["env_kwargs"])
    require_allowed(names_in(origin["env_id"], kwargs, ()), path)
    if "env_limit" in origin:
        limit = origin["env_limit"]
        kwargs["max_episode_steps"] = _NO_LIMIT if limit is None else limit
    thresholds = origin.get("door")
    return make_env(
        origin["env_id"],
        kwargs,
        thresholds=None if thresholds is None else read_config(DoorThresholds, thresholds),
        view=view_of(origin),
    )


def _within(names: Sequence[str]) -> str:
    return f"within the wrappers {', '.join(names)}, of which a checkpoint keeps only the names"


def view_of(origin: Mapping[str, Any]) -> View | None:
    """Return the recipe of the door that `origin_of` described."""
    return View.from_json(origin["view"]) if origin.get("view") else None


def wrappers_of(env: gym.Env[Any, Any]) -> list[str]:
    """Return the names of the wrappers around an environment that its id does not stand for.

    Those that only look on, such as `RecordVideo`, are left out.
    """
    names = []
    while isinstance(env, gym.Wrapper):
        kind = type(env)
        name = f"{kind.__module__}:{kind.__name__}"
        if name not in _LOOKING_ON and not issubclass(kind, (Door, OldStyle, *_OF_ITS_ID)):
            names.append(name)
        env = env.env
    return names[::-1]


def whole_id(spec: Any) -> str:
    """Return an id that names its module, so that `gymnasium.make` needs no import before."""
    entry = spec.entry_point
    module = entry.split(":")[0] if isinstance(entry, str) else entry.__module__
    package = module.split(".")[0]
    return spec.id if package == "gymnasium" or ":" in spec.id else f"{package}:{spec.id}"


def _limit(env: gym.Env[Any, Any]) -> int | None:
    """Return the steps after which wrappers cut an episode, None if none does."""
    limits = []
    while isinstance(env, gym.Wrapper):
        if isinstance(env, wrappers.TimeLimit):
            limits.append(int(env._max_episode_steps))  # noqa: SLF001
        env = env.env
    return min(limits, default=None)


def _plain(value: Any) -> Any:
    """Return a keyword's value as JSON holds it; NumPy's numbers become Python's.

    Raises:
        TypeError: JSON cannot hold it; the message says what it is.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        raise TypeError(f"the number {value}")
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:  # Python reads 4,300 digits
        raise TypeError(f"a number of {value.bit_length()} bits")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _plain(part) for key, part in value.items()}
    raise TypeError(f"a {type(value).__name__}")
