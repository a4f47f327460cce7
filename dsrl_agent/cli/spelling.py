"""Put what people type into the words of the parser: groups, dashes, powers of ten, commands."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_origin

import yaml

from dsrl_agent.config.reading import group_of, hints_of, options_of
from dsrl_agent.errors import ConfigError

_MEANT = {"env": "id", "front_end": "kind", "back_end": "kind", "perception": "sight"}
"""By group, the setting that a text in place of the whole group stands for."""
_SWITCH = ("true", "false", "yes", "no", "on", "off", "null")  # words that a switch may be given
_POWER = re.compile(r"[+-]?\d[\d_]*(\.\d+)?([eE][+]?\d+)?")


def spelled(config: type[Any], arguments: Sequence[str]) -> list[str]:
    """Return the arguments of a command as its parser takes them.

    Dashes within the name of an option count as underscores. `--env ID` means `--env.id ID`, and
    likewise for other groups. A whole number may be written as `1e5` or `5_000`. A switch without
    a word after it is on.
    """
    hints = dict(hints_of(config))
    written: list[str] = []
    waiting: str | None = None  # the option that the next argument belongs to
    for argument in arguments:
        if waiting is not None and hints.get(waiting) is bool and argument.lower() not in _SWITCH:
            written[-1], waiting = f"{written[-1]}=true", None
        if argument.startswith("--") and len(argument) > 2:
            name, sign, text = argument[2:].partition("=")
            name = _known_name(name, hints)
            waiting = None if sign else name
            if sign:
                name, text = _meant(name, text, hints)
            written.append(f"--{name}{sign}{text}")
        elif waiting is not None:
            name, text = _meant(waiting, argument, hints)
            written[-1] = f"--{name}"
            written.append(text)
            waiting = None
        else:
            written.append(argument)
    if waiting is not None and hints.get(waiting) is bool:
        written[-1] += "=true"
    return written


def require_command(given: Sequence[str], known: Iterable[str], within: str = "dsrl") -> None:
    """Refuse a first word that names no command; options are left to the parser.

    Raises:
        ConfigError: The message names the nearest command.
    """
    names = list(known)
    if not given or given[0].startswith("-") or given[0] in names:
        return
    near = difflib.get_close_matches(given[0], names, 1)
    hint = f"did you mean {near[0]}?" if near else f"choose from {', '.join(names)}."
    raise ConfigError(f"{given[0]!r} is no command of {within}; {hint}")


def _known_name(name: str, hints: Mapping[str, Any]) -> str:
    """Return a name with underscores for dashes; keys within a mapping stay as they are."""
    plain = name.replace("-", "_")
    owners = (key for key, hint in hints.items() if _is_mapping(hint))
    owner = next((key for key in owners if plain.startswith(f"{key}.")), None)
    return plain if owner is None else owner + name[len(owner) :]


def _meant(name: str, text: str, hints: Mapping[str, Any]) -> tuple[str, str]:
    """Return the option and the text that are meant."""
    hint = hints.get(name)
    if name in _MEANT and group_of(hint) is not None and isinstance(_loaded(text), str):
        return f"{name}.{_MEANT[name]}", text
    if int in options_of(hint) and _POWER.fullmatch(text) and not text.isdigit():
        number = float(text.replace("_", ""))
        return name, str(int(number)) if number.is_integer() else text
    return name, text


def _is_mapping(hint: Any) -> bool:
    return any(get_origin(option) is dict for option in options_of(hint))


def _loaded(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text
