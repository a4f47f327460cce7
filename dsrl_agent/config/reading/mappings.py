"""Read settings from mappings; refuse unknown keys by naming the nearest known one."""

from __future__ import annotations

import dataclasses
import difflib
import functools
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from dsrl_agent.checks import require_nameable, require_one_of, require_short, shown
from dsrl_agent.config.reading.retired import RETIRED, without_retired
from dsrl_agent.errors import ConfigError

_Config = TypeVar("_Config")
_cached_hints = functools.cache(get_type_hints)  # they take most of the time of reading


def _hints(config: Any) -> dict[str, Any]:
    return _cached_hints(config)


_WORD = 4  # letters: of a shorter word, what is similar is seldom what was meant


def hints_of(config: type[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the dotted name and the type of every setting, each group before its settings."""
    hints = _hints(config)
    for setting in dataclasses.fields(config):
        hint = hints[setting.name]
        yield prefix + setting.name, hint
        if group := group_of(hint):
            yield from hints_of(group, f"{prefix}{setting.name}.")


def keys(config: type[Any]) -> Iterator[str]:
    """Yield the dotted names of all settings of a config class."""
    return (name for name, _ in hints_of(config))


def options_of(hint: Any) -> tuple[Any, ...]:
    """Return the types that a field may hold."""
    return get_args(hint) if get_origin(hint) in (UnionType, Union) else (hint,)


def group_of(hint: Any) -> type[Any] | None:
    """Return the config class that a field holds, if it holds one; the field may be optional."""
    return next(
        (one for one in options_of(hint) if isinstance(one, type) and is_dataclass(one)), None
    )


def nearest(key: str, known: list[str], otherwise: str = "--print_config") -> str:
    """Return a hint at the known key most similar to a wrong one, both dotted.

    A key that ends with all of the wrong one is taken first, as `total_timesteps` for `steps`.
    Where none is similar, the hint names the option `otherwise`, which lists them.
    """
    near = []
    if len(key) >= _WORD:
        ending = (name for name in known if name.endswith(key))
        near = sorted(ending, key=lambda name: (name.count("."), len(name)))
        last = {name.rpartition(".")[2]: name for name in known}
        similar = difflib.get_close_matches(key.rpartition(".")[2], last, 1)
        near = near or difflib.get_close_matches(key, known, 1) or [last[name] for name in similar]
    near = near or [name for name in known if name.startswith(key)]
    return f"did you mean {near[0]}?" if near else f"see {otherwise} for all of them."


def require_known(
    values: Mapping[str, Any], config: type[Any], prefix: str = "", root: type[Any] | None = None
) -> None:
    """Refuse a mapping with a key that a config class does not have.

    `prefix` is the path of the values in the file, with a dot at its end. Among the settings of
    `root`, the class of the whole file, the nearest is searched.

    Raises:
        ConfigError: A key is unknown; the message has its path, its value and the nearest key.
    """
    hints, retired = _hints(config), RETIRED.get(config.__name__, frozenset())
    for name, value in values.items():
        if name in retired:
            continue
        if name not in hints:
            raise ConfigError(
                f"{prefix}{name} (here {shown(value)}) is no setting; "
                + nearest(f"{prefix}{name}", list(keys(root or config)))
            )
        group = group_of(hints[name])
        if group is not None and isinstance(value, Mapping):
            require_known(value, group, f"{prefix}{name}.", root or config)


def read_config(kind: type[_Config], values: Mapping[str, Any], prefix: str = "") -> _Config:
    """Return a config class filled from a mapping; fields that are left out have their default.

    Args:
        kind: A frozen dataclass; its fields may be such classes as well.
        values: Its fields by name, as read from YAML, JSON or the command line.
        prefix: The path of `values` in the file, with a dot at its end.

    Raises:
        ConfigError: A key is no setting, or a value has another type or breaks its rule.
    """
    require_known(values, kind, prefix)
    values = without_retired(kind, values, prefix)
    hints = _hints(kind)
    read = {name: read_value(hints[name], value, prefix + name) for name, value in values.items()}
    return kind(**read)


def read_value(hint: Any, value: Any, name: str) -> Any:
    """Return a value in the type of its field.

    Args:
        hint: The type: a config class, `Literal`, `X | None`, `list[X]`, `tuple[X, ...]`,
            `tuple[X, Y]`, `dict[str, Any]`, `int`, `float`, `bool`, `str` or `Any`.
        value: The value as read from YAML, JSON or the command line.
        name: The dotted name of the setting.

    Raises:
        ConfigError: The value has another type; the message has the name, the value and the rule.
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return value
    if is_dataclass(hint):
        return _group(hint, value, name)
    if origin is Literal:
        require_one_of(name, value, arguments)
        return value
    if origin in (UnionType, Union):
        if value is None and NoneType in arguments:
            return None
        (hint,) = (argument for argument in arguments if argument is not NoneType)
        return read_value(hint, value, name)
    wanted, rule = _PLAIN[origin or hint]
    value = whole(value) if hint is int else value
    if isinstance(value, bool) != (wanted is bool) or not isinstance(value, wanted):
        raise ConfigError(f"{name} is {shown(value)}, but it must be {rule}.")
    if isinstance(value, int):
        require_short(name, value)
    if isinstance(value, str):
        require_nameable(name, value)
    if wanted is Mapping:
        _require_finite(value, name)
    if origin in (list, tuple):
        return origin(_parts(origin, arguments, value, name))
    return float(value) if hint is float else value


def whole(value: Any) -> Any:
    """Return a float that is a whole number, such as 1e3, as an `int`; all else as it is."""
    if not isinstance(value, float) or not value.is_integer():
        return value
    return int(Decimal(repr(value)))  # with the digits that it is written with


def _require_finite(value: Any, name: str, within: tuple[int, ...] = ()) -> None:
    """Refuse a value that holds itself, or is nested so deep that no file can hold it."""
    if not isinstance(value, Mapping | list | tuple):
        return
    if id(value) in within or len(within) > _DEEPEST:
        fault = "holds itself" if id(value) in within else "is nested too deep"
        raise ConfigError(f"{name} {fault}; give plain values.")
    for part in value.values() if isinstance(value, Mapping) else value:
        _require_finite(part, name, (*within, id(value)))


def _group(hint: Any, value: Any, name: str) -> Any:
    if not isinstance(value, Mapping):
        raise ConfigError(f"{name} is {shown(value)}, but it must be a mapping of settings.")
    return read_config(hint, value, f"{name}.")


def _parts(origin: type[Any], hints: tuple[Any, ...], value: Any, name: str) -> Iterator[Any]:
    """Yield the parts of a list or tuple, each in its type; they are named as the whole."""
    if origin is list or hints[-1] is ...:
        hints = (hints[0],) * len(value)
    if len(value) != len(hints):
        raise ConfigError(
            f"{name} is {shown(value)}, but it must be a list of {len(hints)} values."
        )
    return (read_value(hint, part, name) for hint, part in zip(hints, value, strict=True))


_DEEPEST = 50  # levels of a mapping
_PLAIN: Mapping[Any, tuple[Any, str]] = {
    int: (int, "a whole number"),
    float: (int | float, "a number"),
    bool: (bool, "true or false"),
    str: (str, "a text"),
    dict: (Mapping, "a mapping, such as '{key: value}'"),
    list: (list | tuple, "a list"),
    tuple: (list | tuple, "a list"),
}
"""The Python types that a plain field accepts, and the rule in an error's words."""
