"""Make variants of settings in which one number is halved or doubled."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, NamedTuple

from dsrl_agent.config import AgentConfig
from dsrl_agent.config.reading import group_of, hints_of, nearest
from dsrl_agent.errors import ConfigError


class SettingVariant(NamedTuple):
    """A setting in place of its default; an empty name is that of no change."""

    setting: str  # dotted name
    default: Any
    value: Any  # a number, or a list of numbers
    refused: str = ""  # the settings' own error, if they do not allow the value


USUAL = SettingVariant("", None, None)
"""No setting is changed."""


def variants(config: AgentConfig, group: str, factor: float) -> Iterator[SettingVariant]:
    """Yield each number among the settings of a group, divided and multiplied by a factor.

    The group is a dotted name, of a group or of one setting. Whole numbers are rounded, and are
    left out where that does not change them. Numbers from 0 to 1 that cannot be multiplied have
    their distance from 1 divided.

    Raises:
        ConfigError: No setting has this name.
    """
    hints = dict(hints_of(AgentConfig))
    if group not in hints:
        raise ConfigError(f"group is {group!r}; {nearest(group, list(hints))}")
    for name, hint in hints.items():
        default = _read(config, name) if group_of(hint) is None else None
        if (name == group or name.startswith(f"{group}.")) and _is_numeric(default):
            for by in (1 / factor, factor):
                variant = _variant(config, name, default, by)
                if variant is not None:
                    yield variant


def changed(config: AgentConfig, setting: str, value: Any) -> AgentConfig:
    """Return settings with one in place of another, given by its dotted name.

    Raises:
        ConfigError: The value breaks a rule.
    """
    replaced: AgentConfig = _changed(config, setting.split("."), value)
    return replaced


def _variant(config: AgentConfig, name: str, default: Any, by: float) -> SettingVariant | None:
    tried = [_scaled(default, by)]
    if by > 1 and isinstance(default, float) and 0 < default < 1:
        tried.append(1 - (1 - default) / by)
    error = ""
    for value in tried:
        if value == default:
            return None
        try:
            changed(config, name, value)
        except ConfigError as refusal:
            error = error or str(refusal)
        else:
            return SettingVariant(name, default, value)
    return SettingVariant(name, default, tried[0], error)


def _scaled(value: Any, by: float) -> Any:
    if isinstance(value, tuple | list):
        return [_scaled(part, by) for part in value]
    return round(value * by) if isinstance(value, int) else value * by


def _is_numeric(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return bool(value) and all(map(_is_numeric, value))
    return isinstance(value, int | float) and not isinstance(value, bool)


def _read(config: Any, name: str) -> Any:
    for part in name.split("."):
        config = getattr(config, part)
    return config


def _changed(config: Any, path: list[str], value: Any) -> Any:
    first, *rest = path
    old = getattr(config, first)
    new = _changed(old, rest, value) if rest else value
    if isinstance(old, tuple) and not rest:
        new = tuple(new)  # JSON has lists only
    return dataclasses.replace(config, **{first: new})
