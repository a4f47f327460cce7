"""Describe how an environment was made, and make it again from the description."""

from __future__ import annotations

import dataclasses
import sys
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import gymnasium as gym
from gymnasium import wrappers

from dsrl_agent.checks import plain
from dsrl_agent.config import DoorThresholds, read_config
from dsrl_agent.errors import CheckpointError, DSRLWarning
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
_KNOWN = "gymnasium.wrappers."  # module of wrappers that record how they were made
# Of these, those that remember more than an episode: one made anew would be another.
_REMEMBERING = (wrappers.NormalizeObservation, wrappers.NormalizeReward)
_NO_ID = "in an environment without an id"
_NO_FILE = "which a file cannot hold"
_NO_LIMIT = -1  # of steps, as `gymnasium.make` takes it


class OriginWarning(DSRLWarning):
    """An environment has an id, but cannot be made again from a checkpoint."""


def origin_of(env: gym.Env[Any, Any]) -> dict[str, Any]:
    """Return how an environment was made, fit for JSON.

    The entry `env_fault` says in words why it cannot be made again; it is empty if it can.
    """
    spec, door = env.spec, door_of(env)
    fault, kwargs, around = _NO_ID, dict[str, Any](), list[Any]()
    if spec is not None:
        try:
            kwargs, around = _keywords(spec), wrappers_of(env)
            fault = ""
        except TypeError as error:
            fault = str(error)
    return {
        "env_id": None if spec is None else whole_id(spec),
        "env_kwargs": kwargs,
        "env_limit": _limit(env),
        "env_wrappers": around,
        "env_fault": fault,
        "view": None if door is None else door.view.to_json(),
        "door": None if door is None else dataclasses.asdict(door.thresholds),
    }


def warn_of_origin(env: gym.Env[Any, Any]) -> None:
    """Warn where an environment with an id cannot be made again from a checkpoint."""
    fault = origin_of(env)["env_fault"]
    if env.spec is not None and fault:
        text = f"The agent is trained {fault}, so DSRL.load(path, env) will need the environment"
        warnings.warn(text, OriginWarning, stacklevel=4)


def made_again(origin: Mapping[str, Any], path: str) -> Door:
    """Make the environment that `origin_of` described in a checkpoint.

    Raises:
        CheckpointError: It cannot be made again, or importing what it names is not allowed.
        ConfigError: The package that holds it is not installed.
    """
    around = origin.get("env_wrappers", [])
    fault = origin.get("env_fault", "")
    if origin["env_id"] is None:
        fault = _NO_ID
    elif around and "env_fault" not in origin:  # checkpoints of 7a99ea7 give names and no fault
        fault = _within(around)
    if fault:
        raise CheckpointError(
            f"The agent in {path} was trained {fault}; give the environment to load()."
        )
    kwargs = dict(origin["env_kwargs"])
    require_allowed(names_in(origin["env_id"], kwargs, around), path)
    if "env_limit" in origin:
        limit = origin["env_limit"]
        kwargs["max_episode_steps"] = _NO_LIMIT if limit is None else limit
    thresholds = origin.get("door")
    return make_env(
        origin["env_id"],
        kwargs,
        around,
        None if thresholds is None else read_config(DoorThresholds, thresholds),
        view_of(origin),
    )


def _within(names: Sequence[str]) -> str:
    return f"within the wrappers {', '.join(names)}, of which a checkpoint keeps only the names"


def view_of(origin: Mapping[str, Any]) -> View | None:
    """Return the recipe of the door that `origin_of` described."""
    return View.from_json(origin["view"]) if origin.get("view") else None


def wrappers_of(env: gym.Env[Any, Any]) -> list[Any]:
    """Return the wrappers around an environment that its id does not stand for, innermost first.

    They are as in the setting `env.wrappers`. Those that only look on, such as `RecordVideo`, are
    left out.

    Raises:
        TypeError: One cannot be made again; the message says where the agent was trained.
    """
    around, known = _chain(env), list[Any]()
    named = [n for n, each in enumerate(around) if isinstance(each, Door) and each.wrappers]
    if named:
        door = around[named[-1]]
        assert isinstance(door, Door)
        known, around = _written(door), around[named[-1] :]
    else:
        around = around[_count_of_id(around) :]
    layers = [each for each in around if _matters(each)]
    if layers:
        _require_known(env, layers, around, bool(named))
    return [*known, *map(_entry, layers)]


def _chain(env: gym.Env[Any, Any]) -> list[gym.Wrapper[Any, Any, Any, Any]]:
    """Return all wrappers around an environment, the innermost first."""
    found = []
    while isinstance(env, gym.Wrapper):
        found.append(env)
        env = env.env
    return found[::-1]


def _count_of_id(chain: Sequence[gym.Wrapper[Any, Any, Any, Any]]) -> int:
    """Return how many of the innermost wrappers an id stands for: all that `gymnasium.make` made.

    A limit of steps right outside them is counted as well.
    """
    enforcing = [n for n, each in enumerate(chain) if isinstance(each, wrappers.OrderEnforcing)]
    count = enforcing[0] + 1 if enforcing else 0
    while count < len(chain) and isinstance(chain[count], _OF_ITS_ID):
        count += 1
    return count


def _matters(wrapper: gym.Wrapper[Any, Any, Any, Any]) -> bool:
    """Return whether the world could be another one without a wrapper."""
    passing = (Door, OldStyle, wrappers.PassiveEnvChecker, wrappers.OrderEnforcing)
    return not isinstance(wrapper, passing) and _name_of(wrapper) not in _LOOKING_ON


def _require_known(
    env: gym.Env[Any, Any],
    layers: Sequence[gym.Wrapper[Any, Any, Any, Any]],
    around: Sequence[gym.Wrapper[Any, Any, Any, Any]],
    named: bool,
) -> None:
    """Refuse wrappers of which the order, or what the id itself makes, is not known.

    Raises:
        TypeError: The message says where the agent was trained.
    """
    within = _within([_name_of(layer) for layer in layers])
    inner = [each for each in around[: around.index(layers[-1])] if isinstance(each, Door)]
    if not all(door.view.plain for door in inner):
        raise TypeError(f"{within}, which see frames of a door")
    enforced = any(isinstance(each, wrappers.OrderEnforcing) for each in _chain(env))
    if not named and not ((enforced or _is_bare(env)) and _adds_nothing(env)):
        raise TypeError(f"{within}, some of which the id may stand for")


def _is_bare(env: gym.Env[Any, Any]) -> bool:
    """Return whether the entry point of an id is the class of the environment itself."""
    entry = None if env.spec is None else env.spec.entry_point
    if isinstance(entry, str):
        module, _, attribute = entry.partition(":")
        entry = getattr(sys.modules.get(module), attribute, None)
    return entry is type(env.unwrapped)


def _adds_nothing(env: gym.Env[Any, Any]) -> bool:
    """Return whether an id is registered without wrappers of its own."""
    registered = None if env.spec is None else gym.registry.get(env.spec.id)
    return registered is not None and not registered.additional_wrappers


def _written(door: Door) -> list[Any]:
    """Return the wrappers behind a door that were made from names.

    Raises:
        TypeError: A file cannot hold a keyword.
    """
    try:
        found: list[Any] = plain(door.wrappers)
    except TypeError as error:
        raise TypeError(f"with the wrappers {door.wrappers}: {error}, {_NO_FILE}") from error
    return found


def _entry(wrapper: gym.Wrapper[Any, Any, Any, Any]) -> dict[str, Any]:
    """Return a wrapper of Gymnasium and its keywords as in the setting `env.wrappers`.

    Raises:
        TypeError: It is no such wrapper, or its keywords cannot be written.
    """
    name = _name_of(wrapper)
    if not name.startswith(_KNOWN):
        raise TypeError(_within([name]))
    if isinstance(wrapper, _REMEMBERING):
        raise TypeError(f"within the wrapper {name}, {_NO_FILE} as it remembers what it met")
    kwargs = {}
    for key, value in getattr(wrapper, "_saved_kwargs", {}).items():
        try:
            kwargs[key] = plain(value)
        except TypeError as error:
            raise TypeError(f"within the wrapper {name} with {key}, {error}, {_NO_FILE}") from error
    return {name: kwargs}


def _name_of(wrapper: gym.Wrapper[Any, Any, Any, Any]) -> str:
    return f"{type(wrapper).__module__}:{type(wrapper).__name__}"


def whole_id(spec: Any) -> str:
    """Return an id that names its module, so that `gymnasium.make` needs no import before."""
    entry = spec.entry_point
    module = entry.split(":")[0] if isinstance(entry, str) else entry.__module__
    package = module.split(".")[0]
    return spec.id if package == "gymnasium" or ":" in spec.id else f"{package}:{spec.id}"


def _keywords(spec: Any) -> dict[str, Any]:
    """Return the keywords of an environment as JSON holds them.

    Raises:
        TypeError: JSON does not hold one; the message says where the agent was trained.
    """
    kwargs = {}
    for name, value in spec.kwargs.items():
        try:
            kwargs[name] = plain(value)
        except TypeError as error:
            raise TypeError(f"with the keyword {name}, {error}, {_NO_FILE}") from error
    return kwargs


def _limit(env: gym.Env[Any, Any]) -> int | None:
    """Return the steps after which the wrappers of an id cut an episode, None if none does."""
    chain = _chain(env)
    own = [each for each in chain[: _count_of_id(chain)] if isinstance(each, wrappers.TimeLimit)]
    return min((int(each._max_episode_steps) for each in own), default=None)  # noqa: SLF001
