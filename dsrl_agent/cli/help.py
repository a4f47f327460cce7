"""Write the help of `dsrl` and of its commands from the classes of their options.

The parser's own help takes three times as long, for it has to build the parser of some 400 settings
first. Nothing here imports the parser.
"""

from __future__ import annotations

import dataclasses
import difflib
import shutil
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field
from types import NoneType
from typing import Any, Literal, get_args, get_origin

from dsrl_agent.cli.command_list import COMMANDS, Command, CommandGroup
from dsrl_agent.cli.spelling import MEANT
from dsrl_agent.config.reading import group_of, hints_of, options_of
from dsrl_agent.config.reading.meanings import meanings, summary
from dsrl_agent.errors import ConfigError

ABOUT = "Deep symbolic reinforcement learning: from raw pixels to an agent whose rules can be read."
_COLUMN, _MOST, _EDGE = 24, 100, 2  # where meanings begin, the widest line, and what it keeps free
_FLAGS = ("-h", "--help")
ALL = "all"
"""Stands for all groups of settings."""
_FIRST = "env"  # the group of settings that is listed first
_MAY_LACK = ("?", "*")  # numbers of words, as argparse has them, that none fulfils


def asks_for_help(given: Sequence[str]) -> bool:
    """Return whether arguments ask for help instead of work: no word at all asks for it as well."""
    words = given[: given.index("--")] if "--" in given else given
    return not given or any(word in _FLAGS for word in words)


def help_text(path: Sequence[str], command: Command | None, topic: str = "") -> str:
    """Return the help of a command, of a group of commands, or of `dsrl` itself.

    Args:
        path: The words that name the command; none stand for `dsrl`.
        command: The command, None for a group and for `dsrl`.
        topic: A group of settings of the command, to list these alone, or `all`; without one, the
            settings of inner groups are left out.
    """
    if command is not None:
        return _join(_of_command(path, command, topic))
    group = COMMANDS[path[0]] if path else None
    if isinstance(group, CommandGroup):
        return _join(_of_list(path[:1], group.description, group.title, group.commands))
    return _join(_of_list((), ABOUT, "commands", COMMANDS))


def topic_of(given: Sequence[str], command: Command | None) -> str:
    """Return the group of settings that help is asked for, or `all`; empty for neither.

    Raises:
        ConfigError: The word after `--help` is none of these.
    """
    if command is None:
        return ""
    known = [ALL, *_group_names(command.options)]
    asked = next((at for at, word in enumerate(given) if word in _FLAGS), len(given))
    word = "".join(given[asked + 1 : asked + 2])
    if len(known) > 1 and word and not word.startswith("-") and word not in known:
        near = difflib.get_close_matches(word, known, 1) or known[:2]
        raise ConfigError(
            f"--help is followed by {word!r}, which is no group of settings; try {near[0]}."
        )
    return next((each for each in (word, *given) if each in known), "")


def _group_names(config: type[Any]) -> list[str]:
    """Return the dotted names of all groups of settings."""
    return [name for name, hint in hints_of(config) if group_of(hint) is not None]


def _join(sections: Iterator[str]) -> str:
    return "\n\n".join(section for section in sections if section)


def _of_list(
    path: Sequence[str], about: str, title: str, commands: Mapping[str, Command | CommandGroup]
) -> Iterator[str]:
    """Yield the sections of a list of commands."""
    own = _entry("-h, --help", "Show this help and exit.")
    if not path:
        own += "\n" + _entry("--version", "Print the version and exit.")
    yield f"usage: {' '.join(['dsrl', *path])} [-h] COMMAND ..."
    yield _wrapped(about)
    yield f"{title}:\n" + "\n".join(_entry(name, each.help) for name, each in commands.items())
    yield "options:\n" + own
    yield _wrapped(f"{' '.join(['dsrl', *path])} COMMAND --help tells of a command's own options.")


def _of_command(path: Sequence[str], command: Command, topic: str) -> Iterator[str]:
    """Yield the sections of a command: usage, description, and its options by group."""
    groups = dict(_groups(command.options, dict(hints_of(command.options))))
    if topic in groups:
        yield from (text for name, text in groups.items() if f"{name}.".startswith(f"{topic}."))
        return
    fields = dataclasses.fields(command.options)
    words = [field for field in fields if _is_positional(field)]
    shown = [
        f"[{each.name}]" if each.metadata["nargs"] in _MAY_LACK else each.name for each in words
    ]
    yield " ".join(["usage: dsrl", *path, *shown, "[options]"])
    yield _wrapped(command.description)
    texts = meanings(command.options)
    if words:
        entries = (_entry(field.name, texts[field.name]) for field in words)
        yield "positional arguments:\n" + "\n".join(entries)
    yield "options:\n" + "\n".join(_general(command))
    inner = [name for name in groups if "." in name and topic != ALL]
    yield from (text for name, text in groups.items() if name not in inner)
    if inner:
        asked = " ".join(["dsrl", *path, "--help"])
        yield _wrapped(f"more groups of settings: {', '.join(sorted(inner))}.")
        yield _wrapped(f"{asked} GROUP lists those of a group, {asked} all lists every one.")


def _general(command: Command) -> Iterator[str]:
    """Yield the entries of the options that belong to no group."""
    yield _entry("-h, --help", "Show this help and exit.")
    if command.reads_files:
        yield _entry("--config FILE", "A YAML file with any of the settings.")
        yield _entry("--print_config", "Print all settings as they would be, as YAML, and exit.")
    yield from _settings(command.options, dict(hints_of(command.options)))


def _groups(
    config: type[Any], hints: Mapping[str, Any], prefix: str = "", values: Any = None
) -> Iterator[tuple[str, str]]:
    """Yield the name and the section of each group below a config class, outer ones first.

    The environment comes first of all. `values` are the defaults of the settings of `config` where
    another class decides about them.
    """
    for field in sorted(dataclasses.fields(config), key=lambda each: each.name != _FIRST):
        name = prefix + field.name
        if group := group_of(hints[name]):
            own = _default(field, values)
            settings = _settings(group, hints, f"{name}.", own)
            yield name, "\n".join([_wrapped(summary(group).rstrip(".") + ":"), *settings])
            yield from _groups(group, hints, f"{name}.", own)


def _settings(
    config: type[Any], hints: Mapping[str, Any], prefix: str = "", values: Any = None
) -> Iterator[str]:
    """Yield an entry for each setting of a class that is neither a group nor positional."""
    texts = meanings(config)
    for field in dataclasses.fields(config):
        name = prefix + field.name
        if group_of(hints[name]) is None and not _is_positional(field):
            text = f"type: {_type(hints[name])}, default: {_plain(_default(field, values))}"
            short = f"--{name}"
            if MEANT.get(prefix.removesuffix(".")) == field.name:
                short = f"--{prefix.removesuffix('.')}, --{name}"
            yield _entry(short, f"{texts[field.name]} ({text})")


def _default(field: Field[Any], values: Any) -> Any:
    """Return the value of a setting that is not given."""
    if values is not None:
        return getattr(values, field.name)
    return field.default if field.default_factory is MISSING else field.default_factory()


def _type(hint: Any) -> str:
    """Return the type of a setting in words."""
    if get_origin(hint) is Literal:
        return "|".join(map(str, get_args(hint)))
    options = [one for one in options_of(hint) if one is not NoneType]
    if options != [hint]:
        return "|".join(map(_type, options))
    plain = isinstance(hint, type) and get_origin(hint) is None
    return hint.__name__ if plain else str(hint).replace("typing.", "")


def _plain(value: Any) -> str:
    """Return a value as YAML has it, shortly."""
    known = {None: "null", True: "true", False: "false"}
    return known[value] if value is None or isinstance(value, bool) else str(value)


def _is_positional(field: Field[Any]) -> bool:
    return not str(field.metadata.get("flag", "--")).startswith("-")


def _entry(name: str, text: str) -> str:
    """Return the lines of an option: its name, and its meaning beside or below."""
    indent = " " * _COLUMN
    lines = textwrap.wrap(" ".join(text.split()), _width() - _COLUMN)
    start = f"  {name}"
    if len(start) + _EDGE > _COLUMN:
        return "\n".join([start, *(indent + line for line in lines)])
    first = start.ljust(_COLUMN) + (lines[0] if lines else "")
    return "\n".join([first, *(indent + line for line in lines[1:])])


def _wrapped(text: str) -> str:
    return textwrap.fill(text, _width())


def _width() -> int:
    columns = shutil.get_terminal_size().columns - _EDGE
    return max(min(columns, _MOST), 2 * _COLUMN)
