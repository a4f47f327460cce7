"""Put what people type into the words of the parser: groups, dashes, powers of ten, commands."""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_origin

import yaml

from dsrl_agent.config.reading import group_of, hints_of, options_of
from dsrl_agent.config.reading.strict_yaml import read_yaml, yaml_of
from dsrl_agent.config.reading.whole_numbers import whole_from, with_whole_numbers
from dsrl_agent.errors import ConfigError

MEANT = {"env": "id", "front_end": "kind", "back_end": "kind", "perception": "sight"}
"""By group, the setting that a text in place of the whole group stands for."""
_HELP = ("--help", "-h")
_GENERAL = (*_HELP, "--version")  # what may stand in the place of a command


def spelled(config: type[Any], arguments: Sequence[str]) -> list[str]:
    """Return the arguments of a command as its parser takes them.

    Dashes and dots within the name of an option count as underscores where the name is none as it
    stands: `--env_kwargs` and `--env.kwargs` are the same. `--env ID` means `--env.id ID`, and
    likewise for other groups. A whole number may be written as `1e5` or `5_000`. An option that is
    true or false is true where no value follows.
    """
    hints = dict(hints_of(config))
    flags = (field.metadata.get("flag", "--") for field in dataclasses.fields(config))
    takes_words = any(not flag.startswith("--") for flag in flags)
    arguments = list(_with_values(arguments, hints, takes_words))
    written: list[str] = []
    waiting: str | None = None  # the option that the next argument belongs to
    for argument in arguments:
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
    return written


def _with_values(
    arguments: Sequence[str], hints: Mapping[str, Any], takes_words: bool
) -> Iterator[str]:
    """Yield arguments; those that switch something on and have no value get it.

    Any word is the value of the option before it, unless the command takes words of its own.
    """
    for argument, following in itertools.pairwise([*arguments, "--"]):
        valued = "=" in argument or not following.startswith("--")
        valued = valued or not (takes_words or following.startswith("--"))
        bare = argument.startswith("--") and not valued
        name = _known_name(argument[2:], hints)
        yield f"{argument}=true" if bare and bool in options_of(hints.get(name)) else argument


def require_command(given: Sequence[str], known: Iterable[str], within: str = "dsrl") -> None:
    """Refuse a first word that is no command, and no option that may stand in its place.

    Raises:
        ConfigError: The message names the nearest command or option.
    """
    names, allowed = list(known), _GENERAL if within == "dsrl" else _HELP
    listed = f"choose from {', '.join(names)}."
    if not given:
        raise ConfigError(f"{within} lacks the name of a command; {listed}")
    first = given[0]
    if first in names or first in allowed:
        return
    what, others = ("option", allowed) if first.startswith("-") else ("command", names)
    near = difflib.get_close_matches(first, others, 1)
    hint = f"did you mean {near[0]}?" if near else listed
    raise ConfigError(f"{first!r} is no {what} of {within}; {hint}")


def _known_name(name: str, hints: Mapping[str, Any]) -> str:
    """Return a name as it is known; keys within a mapping stay as they are."""
    plain = name.replace("-", "_")
    if plain not in hints:
        joined = plain.replace(".", "_")
        plain = next((key for key in hints if key.replace(".", "_") == joined), plain)
    owners = (key for key, hint in hints.items() if _is_mapping(hint))
    owner = next((key for key in owners if plain.startswith(f"{key}.")), None)
    return plain if owner is None or plain in hints else owner + name[len(owner) :]


def _meant(name: str, text: str, hints: Mapping[str, Any]) -> tuple[str, str]:
    """Return the option and the text that are meant."""
    hint = hints.get(name)
    if name in MEANT and group_of(hint) is not None and isinstance(_loaded(text), str):
        return f"{name}.{MEANT[name]}", text
    if (
        int in options_of(hint)
        and not text.isdecimal()
        and (number := whole_from(text)) is not None
    ):
        return name, str(number)
    return name, _in_whole_numbers(text, hint)


def _in_whole_numbers(text: str, hint: Any) -> str:
    """Return the text of a group or a list with whole numbers that are written as `1e3`."""
    if not text.startswith(("{", "[")):
        return text
    with contextlib.suppress(yaml.YAMLError):  # told later
        given = read_yaml(text)
        meant = with_whole_numbers(hint, given)
        if repr(meant) != repr(given):
            return yaml_of(meant)
    return text


def _is_mapping(hint: Any) -> bool:
    return any(get_origin(option) is dict for option in options_of(hint))


def _loaded(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text
