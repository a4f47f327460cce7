"""List the words of the command line: commands, their options, and the values of these."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, get_args, get_origin

from dsrl_agent.cli.command_list import COMMANDS, Command
from dsrl_agent.cli.spelling import MEANT
from dsrl_agent.config.front_end import front_end_kinds
from dsrl_agent.config.reading import group_of, hints_of, options_of
from dsrl_agent.config.reading.meanings import meanings


class CompletedOption(NamedTuple):
    """An option of a command."""

    name: str  # without dashes in front
    help: str  # a line
    values: tuple[str, ...]  # that may follow; empty if it may be anything, such as a file


class CompletedCommand(NamedTuple):
    """A command with its options."""

    words: tuple[str, ...]  # such as `("study", "losses")`
    help: str  # a line
    options: tuple[CompletedOption, ...]  # none where the name of a command follows


_DEVICES = ("auto", "cpu", "cuda")


def completed_commands() -> list[CompletedCommand]:
    """Return all commands, a group before its own."""
    found = []
    for name, command in COMMANDS.items():
        if isinstance(command, Command):
            found.append(CompletedCommand((name,), command.help, tuple(_options(command))))
            continue
        found.append(CompletedCommand((name,), command.help, ()))
        for inner, each in command.commands.items():
            found.append(CompletedCommand((name, inner), each.help, tuple(_options(each))))
    return found


def _options(command: Command) -> Iterator[CompletedOption]:
    """Yield the options of a command, those that every command has last."""
    flags = {field.name: field.metadata.get("flag") for field in _fields(command.options)}
    hints = dict(hints_of(command.options))
    helps = dict(_meanings(command.options))
    for name, hint in hints.items():
        if not (flags.get(name) or "--").startswith("--"):
            continue  # a positional argument
        if group_of(hint) is None:
            yield CompletedOption(name, helps.get(name, ""), _values(name, hint))
        elif name in MEANT:
            meant = f"{name}.{MEANT[name]}"
            yield CompletedOption(name, helps.get(meant, ""), _values(meant, hints[meant]))
    if command.reads_files:
        yield CompletedOption("config", "a YAML file with any of the settings", ())
        yield CompletedOption("print_config", "print every setting, as YAML", ())
    yield CompletedOption("help", "say what the command does, and list its options", ())


def _fields(options: type[Any]) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(options)


def _meanings(config: type[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the dotted name and the meaning of every setting."""
    for name, text in meanings(config).items():
        yield prefix + name, text
    for field, hint in hints_of(config):
        if "." not in field and (group := group_of(hint)) is not None:
            yield from _meanings(group, f"{prefix}{field}.")


def _values(name: str, hint: Any) -> tuple[str, ...]:
    """Return the values that an option takes, none where it takes any."""
    if name == "device":
        return _DEVICES
    if name == "front_end.kind":  # registered, so that the type does not list them
        return front_end_kinds()
    for option in options_of(hint):
        if option is bool:
            return ("true", "false")
        if get_origin(option) is Literal:
            return tuple(map(str, get_args(option)))
    return ()
