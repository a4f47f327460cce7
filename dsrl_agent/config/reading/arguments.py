"""Check command-line arguments and config files against the class that they fill.

A parser's own messages speak of Python types and change with its releases. These checks find the
wrong argument anew and name the setting, the value and the rule in the words of `read_value`.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

import yaml

from dsrl_agent.checks import shown
from dsrl_agent.config.reading.mappings import (
    group_of,
    hints_of,
    nearest,
    options_of,
    read_value,
    require_known,
)
from dsrl_agent.config.reading.strict_yaml import (
    LONGEST,
    has_two_meanings,
    read_yaml,
    yaml_of,
)
from dsrl_agent.config.reading.whole_numbers import with_whole_numbers
from dsrl_agent.errors import ConfigError

Loader = Callable[[str], Any]
"""Reads the text of a value, or of a file, as the parser does."""
_SHOWN = 20  # characters of a number that is too long
_OF_PARSER = ("help", "config", "print_config")  # options that are no settings
_GENERAL = {"help": "--help", "h": "-h", "version": "dsrl --version"}
"""What may be meant that is no setting of a command, by its name."""


def require_arguments(
    config: type[Any], arguments: Sequence[str], load: Loader, listed_by: str = "--print_config"
) -> None:
    """Refuse the first argument that names no setting or holds a value of another type.

    Args:
        config: The class that the arguments fill.
        arguments: What follows the command: `--name value`, `--name=value` and positional ones.
        load: Reads a value's text.
        listed_by: The option that lists all settings, named where no known one is similar.

    Raises:
        ConfigError: The message has the setting's name, the value and the rule.
    """
    hints = dict(hints_of(config))
    require_names(config, arguments, listed_by)
    for name, text in named(arguments):
        if name in hints and text is not None and not _takes_text(hints[name]):
            read_value(hints[name], _loaded(text, load), name)


def require_names(
    config: type[Any], arguments: Sequence[str], listed_by: str = "--print_config"
) -> None:
    """Refuse the first argument that names no setting; a part of a name is no name.

    The arguments are those of `require_arguments`.

    Raises:
        ConfigError: The message has the name, the text and the nearest name.
    """
    hints = dict(hints_of(config))
    _require_two_dashes(arguments, list(hints), listed_by)
    for name, text in named(arguments):
        if name not in hints and not _known_otherwise(name, hints):
            value = "" if text is None else f" (here {text!r})"
            near = _meant(name, list(hints), listed_by)
            raise ConfigError(f"{name}{value} is no setting; {near}")


def _meant(name: str, known: list[str], listed_by: str) -> str:
    """Return a hint at the setting, or the general option, that is most like a wrong name."""
    general = {**_GENERAL, listed_by.removeprefix("--"): listed_by}
    near = difflib.get_close_matches(name, [*general, *known], 1)
    if near and near[0] in general:
        return f"did you mean {general[near[0]]}?"
    return nearest(name, known, listed_by)


def _require_two_dashes(arguments: Sequence[str], known: list[str], listed_by: str) -> None:
    """Refuse a word such as -seed in the place of an option."""
    for before, argument in itertools.pairwise(["", *arguments]):
        is_value = before.startswith("--") and "=" not in before
        if is_value or not re.match("-[^-]", argument) or argument == "-h":
            continue
        name = argument[1:].partition("=")[0].replace("-", "_")
        near = f"write --{name}." if name in known else _meant(name, known, listed_by)
        raise ConfigError(f"{argument} is no option, for those have two dashes; {near}")


def require_plain_values(config: type[Any], arguments: Sequence[str]) -> None:
    """Refuse values that a config file may not hold: numbers such as 010, a key twice, cycles.

    Raises:
        ConfigError: The message has the setting and the value.
    """
    hints = dict(hints_of(config))
    _require_once(arguments)
    for given, text in named(arguments):
        if text is None or given in _OF_PARSER or _takes_text(hints.get(given, Any)):
            continue
        if has_two_meanings(text) and given in hints:
            raise ConfigError(f"{given} is {text}, which is read as another number; write that.")
        try:
            value = read_yaml(text)
        except (yaml.constructor.ConstructorError, yaml.composer.ComposerError) as error:
            raise ConfigError(f"{given} is {shown(text)}, but {error.problem}.") from error
        except yaml.YAMLError:
            continue  # told by the parser's own reading
        if given in hints and not text.isascii():  # the parser takes any script's digits
            read_value(hints[given], value, given)


def _require_once(arguments: Sequence[str]) -> None:
    """Refuse an option that stands twice, as a key may not; `--name+` adds to a list."""
    names = [each[2:].partition("=")[0] for each in arguments if each.startswith("--")]
    for index, name in enumerate(names):
        if name in names[:index] and name != "config" and not name.endswith("+"):
            raise ConfigError(f"--{name} stands twice; give it once.")


def require_file(config: type[Any], name: str, load: Loader) -> None:
    """Refuse a config file that cannot be read, has an unknown key or a value of another type.

    Raises:
        ConfigError: The message names the file, or the setting, its value and the rule.
    """
    content = _content(name, load)
    if not isinstance(content, Mapping):
        raise ConfigError(
            f"The config {name!r} holds {type(content).__name__}, but it must hold settings, "
            "one `key: value` a line; --print_config shows them all."
        )
    require_known(content, config)
    hints = dict(hints_of(config))
    for key, value in _leaves(content, hints):
        read_value(hints[key], value, key)


def with_whole_files(config: type[Any], arguments: Sequence[str], load: Loader) -> list[str]:
    """Return arguments in which files that say `1e3` for a whole number are replaced by content.

    The parser, which takes such numbers for no whole ones, takes the content as it takes the name.

    Raises:
        ConfigError: A config file cannot be read.
    """
    found, follows = list[str](), False
    for argument in arguments:
        sign = "--config=" if argument.startswith("--config=") else ""
        if sign or follows:
            content = _content(argument[len(sign) :], load)
            meant = with_whole_numbers(config, content)
            argument = argument if repr(meant) == repr(content) else sign + yaml_of(meant)
        found.append(argument)
        follows = argument == "--config"
    return found


def named(arguments: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Yield the name and the text of every option; the text is `None` where none follows."""
    for index, argument in enumerate(arguments):
        if not argument.startswith("--"):
            continue
        name, equals, text = argument[2:].partition("=")
        following = arguments[index + 1] if index + 1 < len(arguments) else "--"
        without = not equals and following.startswith("--")
        yield name.removesuffix("+"), None if without else text if equals else following


def _takes_text(hint: Any) -> bool:
    """Return whether any text is a value of this type."""
    return str in options_of(hint)


def _known_otherwise(name: str, hints: Mapping[str, Any]) -> bool:
    """Return whether a name is the parser's, or a key within a setting's mapping."""
    if name in _OF_PARSER:
        return True
    above = [hint for key, hint in hints.items() if name.startswith(f"{key}.")]
    return any(get_origin(part) is dict for hint in above for part in (hint, *get_args(hint)))


def _loaded(text: str, load: Loader) -> Any:
    try:
        return load(text)
    except yaml.YAMLError:
        return text
    except ValueError as error:  # Python reads no whole number of so many digits
        raise ConfigError(
            f"{text[:_SHOWN]}... is a number of {len(text)} characters, which is too long."
        ) from error


def _content(name: str, load: Loader) -> Any:
    try:
        text = _text_of(name)
        content = read_yaml(text)  # the parser's own loader takes more than means one thing
        loaded = load(text)
        # It takes a mapping whose values are all empty for a text.
        return content if isinstance(loaded, str) else loaded
    except OSError as error:
        fault = f"cannot be read: {error.strerror}; give a YAML file."
        raise ConfigError(f"The config {name!r} {fault}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        fault = f"is no YAML: {' '.join(str(error).split())}"
        raise ConfigError(f"The config {name!r} {fault}") from error


def _text_of(name: str) -> str:
    """Return the text of a config, which may come through a pipe; one without end is refused."""
    with Path(name).open(encoding="utf-8") as file:
        text = file.read(LONGEST + 1)
    if len(text) > LONGEST:
        raise ConfigError(f"The config {name!r} has more than {LONGEST:,} characters.")
    return text


def _leaves(
    values: Mapping[str, Any], hints: Mapping[str, Any], prefix: str = ""
) -> Iterator[tuple[str, Any]]:
    """Yield the dotted name and the value of every setting in a mapping, groups opened."""
    for key, value in values.items():
        name = prefix + key
        if group_of(hints[name]) is not None and isinstance(value, Mapping):
            yield from _leaves(value, hints, f"{name}.")
        else:
            yield name, value
