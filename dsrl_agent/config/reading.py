"""Read settings from mappings; refuse unknown keys by naming the nearest known one."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterator, Mapping
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from dsrl_agent.errors import ConfigError

_Config = TypeVar("_Config")


def keys(config: type[Any], prefix: str = "") -> Iterator[str]:
    """Yield the dotted names of all settings of a config class."""
    hints = get_type_hints(config)
    for setting in dataclasses.fields(config):
        kind = hints[setting.name]
        yield prefix + setting.name
        if dataclasses.is_dataclass(kind):
            assert isinstance(kind, type)
            yield from keys(kind, f"{prefix}{setting.name}.")


def nearest(key: str, known: list[str]) -> str:
    """Return a hint at the known key most like a wrong one."""
    last = {name.rpartition(".")[2]: name for name in known}
    near = difflib.get_close_matches(key, known, 1) or [
        last[name] for name in difflib.get_close_matches(key.rpartition(".")[2], last, 1)
    ]
    return f"did you mean {near[0]}?" if near else "see --print_config for all of them."


def require_known(
    values: Mapping[str, Any], config: type[Any], prefix: str = "", root: type[Any] | None = None
) -> None:
    """Refuse a mapping with a key that a config class does not have.

    Args:
        values: What was read.
        config: The class.
        prefix: The path of `values` in what was read, with a dot at its end.
        root: The class of the whole, among whose settings the nearest is looked for.

    Raises:
        ConfigError: It names the key's path, its value and the nearest known key.
    """
    hints = get_type_hints(config)
    for name, value in values.items():
        if name not in hints:
            raise ConfigError(
                f"{prefix}{name} (here {value!r}) is no setting; "
                + nearest(f"{prefix}{name}", list(keys(root or config)))
            )
        if dataclasses.is_dataclass(hints[name]) and isinstance(value, Mapping):
            kind = hints[name]
            assert isinstance(kind, type)
            require_known(value, kind, f"{prefix}{name}.", root or config)


def read_config(kind: type[_Config], values: Mapping[str, Any], prefix: str = "") -> _Config:
    """Return a config class filled from a mapping, such as a YAML file's; the rest is at default.

    Args:
        kind: A frozen dataclass; its fields may be such classes as well.
        values: Its fields by name.
        prefix: The path of `values` in what was read, with a dot at its end.

    Raises:
        ConfigError: A key that is no setting, a value of another type, or one that breaks its rule.
    """
    require_known(values, kind, prefix)
    hints = get_type_hints(kind)
    return kind(
        **{name: _value(hints[name], value, prefix + name) for name, value in values.items()}
    )


def _value(hint: Any, value: Any, name: str) -> Any:
    """Return a value as its field wants it, or refuse it."""
    if dataclasses.is_dataclass(hint):
        if not isinstance(value, Mapping):
            raise ConfigError(f"{name} is {value!r}, but it must be a mapping of settings.")
        assert isinstance(hint, type)
        return read_config(hint, value, f"{name}.")
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        if value not in arguments:
            raise ConfigError(f"{name} is {value!r}, but it must be one of {', '.join(arguments)}.")
        return value
    if origin is UnionType:
        if value is None and NoneType in arguments:
            return None
        (hint,) = (argument for argument in arguments if argument is not NoneType)
        return _value(hint, value, name)
    wanted, rule = _PLAIN[origin or hint]
    if isinstance(value, bool) != (wanted is bool) or not isinstance(value, wanted):
        raise ConfigError(f"{name} is {value!r}, but it must be {rule}.")
    if origin in (list, tuple):
        return origin(_value(arguments[0], part, name) for part in value)
    return float(value) if hint is float else value


_PLAIN: Mapping[Any, tuple[Any, str]] = {
    int: (int, "a whole number"),
    float: (int | float, "a number"),
    bool: (bool, "true or false"),
    str: (str, "a text"),
    dict: (Mapping, "a mapping, such as '{key: value}'"),
    list: (list | tuple, "a list"),
    tuple: (list | tuple, "a list"),
}
"""What a value of a type may come as, and how the rule is put."""
