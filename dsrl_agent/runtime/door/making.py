"""Make an environment from its id, with the wrappers that settings name."""

from __future__ import annotations

import importlib
import importlib.util
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import gymnasium as gym

from dsrl_agent.checks import line_of, shown
from dsrl_agent.config import DoorThresholds
from dsrl_agent.errors import ConfigError, DSRLError
from dsrl_agent.runtime.door.door import Door
from dsrl_agent.runtime.door.handover import HandoverWarning, require_foreign
from dsrl_agent.runtime.door.naming import (
    KNOWN_MODULES,
    nearest_ids,
    package_of,
    register_package_of,
    successor_of,
)
from dsrl_agent.runtime.door.view import View

_SETTING = "env.wrappers"
_OLD_GYM = ("gym", "shimmy")  # packages that make environments of the old gym
_OLD_ID = "GymV26Environment-v0"


class NamedWrapper(NamedTuple):
    """A wrapper by its name."""

    name: str  # `module:Wrapper`
    kwargs: Mapping[str, Any]


def make_env(
    env_id: str,
    kwargs: Mapping[str, Any],
    wrappers: Sequence[Any] = (),
    thresholds: DoorThresholds | None = None,
    view: View | None = None,
) -> Door:
    """Make an environment behind a door: with RGB frames and numbered actions.

    Args:
        env_id: The id, with the module to import before a colon where it needs one.
        kwargs: Keywords for the environment.
        wrappers: Wrappers as in the setting `env.wrappers`, the innermost first.
        thresholds: How observations become frames; the defaults if left out.
        view: The recipe of another door, to make the same frames.

    Raises:
        ConfigError: No environment has this id, it refuses the keywords, or a wrapper fails.
        ObservationError: There are no images to see, or actions are not Discrete.
    """
    env = open_env(env_id, kwargs, "env.id")
    for wrapper in read_wrappers(wrappers):
        env = _wrapped(env, wrapper)
    door = Door(env, thresholds, view)
    door.wrappers = list(wrappers)
    return door


def open_env(env_id: str, kwargs: Mapping[str, Any], setting: str) -> gym.Env[Any, Any]:
    """Make an environment with any spaces; `setting` is the setting that gave the id, for errors.

    An id that was retired in favour of a later version gives that version, with a warning.

    Raises:
        ConfigError: No environment has this id, it refuses the keywords, or a package is missing.
    """
    try:
        return _opened(env_id, kwargs)
    except ModuleNotFoundError as error:
        raise ConfigError(_not_imported(env_id, error, setting)) from error
    except gym.error.UnregisteredEnv as error:
        fault = f"{setting} is {env_id!r}, but no environment can be made of it: {line_of(error)}"
        raise ConfigError(f"{fault.rstrip('.')}; {nearest_ids(env_id)}") from error
    except (gym.error.DependencyNotInstalled, ImportError) as error:
        fault = f"{setting} is {env_id!r}, but a package that it needs is not installed"
        raise ConfigError(f"{fault}: {line_of(error)}") from error
    except gym.error.Error as error:
        fault = f"{setting} is {env_id!r}, but no environment can be made of it"
        raise ConfigError(f"{fault}: {line_of(error)}") from error
    except (TypeError, ValueError) as error:
        fault = f"{setting} {env_id!r} refuses its kwargs {shown(dict(kwargs))}"
        raise ConfigError(f"{fault}: {line_of(error)}") from error
    except DSRLError:
        raise
    except BaseException as error:  # foreign code may raise anything
        require_foreign(error)
        fault = f"{setting} {env_id!r} with the kwargs {shown(dict(kwargs))} raised"
        raise ConfigError(f"{fault} {type(error).__name__}: {line_of(error)}") from error


def _opened(env_id: str, kwargs: Mapping[str, Any]) -> gym.Env[Any, Any]:
    """Make an environment; on an unknown id, register the package that may hold it first."""
    given = {"disable_env_checker": True, **kwargs}  # the door checks more, and costs less
    try:
        return gym.make(env_id, **given)
    except gym.error.DeprecatedEnv:
        later = successor_of(env_id)
        if later is None:
            raise
        text = f"{env_id} is retired; its successor {later} is taken"
        warnings.warn(text, HandoverWarning, stacklevel=4)
        return gym.make(later, **given)
    except gym.error.UnregisteredEnv:
        if register_package_of(env_id):
            return gym.make(env_id, **given)
        if not all(importlib.util.find_spec(package) for package in _OLD_GYM):
            raise
        # The compatibility environment tells by itself if the old gym has no such id either.
        return gym.make(_OLD_ID, env_id=env_id.rpartition(":")[2], make_kwargs=dict(kwargs))


def _not_imported(env_id: str, error: ModuleNotFoundError, setting: str) -> str:
    """Say which module of an id is missing, and where it may come from."""
    # Gymnasium raises an error of its own, which has no name, from the one that names the module.
    first = error.__cause__ if isinstance(error.__cause__, ModuleNotFoundError) else error
    fault = f"{setting} is {env_id!r}, but its module cannot be imported: {line_of(first)}"
    way = f"install the package that holds it: {package_of(env_id, first.name)}"
    module = env_id.partition(":")[0]
    if first.name != module or module in KNOWN_MODULES:
        return f"{fault}; {way}."
    return f"{fault}; {way}, or work in the folder of {module}.py."


def read_wrappers(given: Sequence[Any]) -> list[NamedWrapper]:
    """Return wrappers from the form that they have in settings.

    Raises:
        ConfigError: An entry is neither `module:Wrapper` nor a mapping from that to keywords.
    """
    return [_named(entry) for entry in given]


def names_in(env_id: str, kwargs: Mapping[str, Any], wrappers: Sequence[Any]) -> list[str]:
    """Return the names `module:attribute` that are imported to make an environment."""
    inner = kwargs.get("env_id", "")  # of the environments that stand for one of the old gym
    names = [env_id, *(wrapper.name for wrapper in read_wrappers(wrappers))]
    return [*names, inner] if isinstance(inner, str) else names


def _named(entry: Any) -> NamedWrapper:
    name, kwargs = entry, None
    if isinstance(entry, Mapping) and len(entry) == 1:
        ((name, kwargs),) = entry.items()
    keywords = {} if kwargs is None else kwargs
    module, _, attribute = name.partition(":") if isinstance(name, str) else ("", "", "")
    if not module or not attribute or not isinstance(keywords, Mapping):
        raise ConfigError(
            f"{_SETTING} holds {shown(entry)}, but an entry must be module:Wrapper, or a mapping "
            "from that to keywords, such as {minigrid.wrappers:RGBImgObsWrapper: {tile_size: 8}}."
        )
    return NamedWrapper(name, keywords)


def _wrapped(env: gym.Env[Any, Any], wrapper: NamedWrapper) -> gym.Env[Any, Any]:
    """Return an environment in a wrapper.

    Raises:
        ConfigError: The wrapper cannot be imported, raises, or returns no environment.
    """
    make = _imported(wrapper.name)
    try:
        wrapped = make(env, **wrapper.kwargs)
    except DSRLError:
        raise
    except BaseException as error:  # foreign code may raise anything
        require_foreign(error)
        raise ConfigError(
            f"{_SETTING}: {wrapper.name} with the keywords {shown(dict(wrapper.kwargs))} raised "
            f"{type(error).__name__}: {line_of(error)}; mend its keywords, or leave it out."
        ) from error
    if not isinstance(wrapped, gym.Env):
        raise ConfigError(
            f"{_SETTING}: {wrapper.name} returned a {type(wrapped).__name__}, but a wrapper must "
            "return a gymnasium.Env; name a subclass of gymnasium.Wrapper."
        )
    return wrapped


def _imported(name: str) -> Any:
    """Return the named attribute of a module.

    Raises:
        ConfigError: There is no such module or attribute.
    """
    module, _, attribute = name.partition(":")
    try:
        found = getattr(importlib.import_module(module), attribute, None)
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"{_SETTING} names {name!r}, but its module cannot be imported: {error}; "
            f"install the package that holds it: {package_of(module, error.name)}."
        ) from error
    except BaseException as error:  # foreign code may raise anything
        require_foreign(error)
        raise ConfigError(
            f"{_SETTING} names {name!r}, but its module raised {type(error).__name__}: "
            f"{line_of(error)}."
        ) from error
    if not callable(found):
        known = [key for key in vars(importlib.import_module(module)) if key.endswith("Wrapper")]
        hint = f"it has {', '.join(sorted(known))}" if known else "see its documentation"
        raise ConfigError(f"{_SETTING} names {name!r}, but {module} has no {attribute!r}; {hint}.")
    return found
