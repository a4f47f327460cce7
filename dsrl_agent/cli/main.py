"""Open the door of the command line: parse, call, and turn errors into one line."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import importlib
import os
import re
import signal
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from dsrl_agent import __version__
from dsrl_agent.cli.command_list import COMMANDS, Command, CommandGroup
from dsrl_agent.cli.help import ABOUT, asks_for_help, help_text, topic_of
from dsrl_agent.cli.spelling import require_command, spelled
from dsrl_agent.cli.terminal import drawing_unseen, patient_output
from dsrl_agent.cli.watch import watched
from dsrl_agent.config import read_config
from dsrl_agent.config.reading.arguments import (
    named,
    require_arguments,
    require_file,
    require_names,
    require_plain_values,
    with_whole_files,
)
from dsrl_agent.config.reading.meanings import meanings
from dsrl_agent.errors import ConfigError, DSRLError, DSRLWarning
from dsrl_agent.experiments.run.stopping import StopRequest, exit_status, stops_on_signals
from dsrl_agent.runtime.collection import none_meanwhile, set_aside

if TYPE_CHECKING:  # the parser is loaded when there is something to parse: help does without
    from jsonargparse import ArgumentParser, Namespace

_BAD_INPUT = 2


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `dsrl`: exit 0 when all went well, 2 on bad input, 130 on Ctrl-C.

    A signal stops a command at once; `dsrl train` has a way of its own.
    """
    begun = time.perf_counter()
    given = list(sys.argv[1:] if arguments is None else arguments)
    with contextlib.suppress(OSError):  # a folder that was removed
        if os.getcwd() not in sys.path:  # `dsrl` finds one's own modules, as `python -m` does
            sys.path.append(os.getcwd())
    request = StopRequest(at_once=True)
    with patient_output(), stops_on_signals(request):
        status = _status(given, request, begun)
    sys.exit(status)


def _status(given: Sequence[str], request: StopRequest, begun: float) -> int:
    """Run the command and return the exit status; tell errors in one line."""
    try:
        return _run(given, begun)
    except DSRLError as error:
        print(f"dsrl: {error}", file=sys.stderr)
        return _BAD_INPUT
    except (OSError, MemoryError) as error:  # of the machine, where no command has a word on it
        print(f"dsrl: {_of_machine(error)}", file=sys.stderr)
        return _BAD_INPUT
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return exit_status(request.signal or signal.SIGINT)


def _of_machine(error: OSError | MemoryError) -> str:
    """Return in a line what the machine refused."""
    if isinstance(error, MemoryError):
        return "the memory does not suffice; end other programs, or give smaller sizes."
    name = "a file" if error.filename is None else repr(error.filename)
    return f"{name} cannot be used ({error.strerror or error}); mend its path or permissions."


def _run(given: Sequence[str], begun: float) -> int:
    """Parse the arguments and run the command, called at a time; return the exit status."""
    if given == ["--version"]:
        print(f"dsrl-agent {__version__}")
        return 0
    if given[:1] == ["help"]:  # as other tools have it
        given = [*given[1:], "--help"]
    path, command = _named_command(given) if given else ([], None)
    if asks_for_help(given):
        print(help_text(path, command, topic_of(given[len(path) :], command)))
        return 0
    doing = "reads the command line" if command is None else command.doing
    with watched(f"{' '.join(['dsrl', *path])}: {doing} ...", begun) as watch:
        with none_meanwhile():
            values = _values(path, command, given)
            assert command is not None  # the parser refuses all else
            options = read_config(command.options, values)
        if not command.quick:
            watch.say()  # now: while libraries are loaded, no other thread may come to speak
        if getattr(options, "progress", None) is False:
            watch.say_once()
        return _carry_out(path[0], options, set(values))


def _values(path: list[str], command: Command | None, given: Sequence[str]) -> dict[str, Any]:
    """Return the options that are given to a command, by name.

    Raises:
        ConfigError: An argument is refused.
    """
    parser = _build_parser(given)
    if command is not None:
        given = [*path, *spelled(command.options, given[len(path) :])]
    parsed = _parse(parser, given, command, given[len(path) :])
    values: dict[str, Any] = parsed[".".join(path)].as_dict()
    values.pop("config", None)
    return values


def _carry_out(name: str, options: Any, given: set[str]) -> int:
    """Run the module of a command; return the exit status."""
    from dsrl_agent.runtime.threads import one_thread  # help does without

    with none_meanwhile():
        module = importlib.import_module(f"dsrl_agent.cli.commands.{name}")
    opens_window = name == "play" and options.video is None  # and says so if there is no screen
    unseen = contextlib.nullcontext() if opens_window else drawing_unseen()
    with one_thread(), _warnings_in_one_line(), unseen, set_aside():
        status: int = module.run(options, given)
    return status


def _named_command(given: Sequence[str]) -> tuple[list[str], Command | None]:
    """Return the words that name a command, and the command; none if options come first.

    Raises:
        ConfigError: There is no such command.
    """
    require_command(given, COMMANDS)
    path = [word for word in given[:1] if word in COMMANDS]
    command = COMMANDS[path[0]] if path else None
    if isinstance(command, CommandGroup):
        require_command(given[1:], command.commands, f"dsrl {given[0]}")
        path, command = list(given[:2]), command.commands.get("".join(given[1:2]))
    return path, command


def _parse(
    parser: ArgumentParser, given: Sequence[str], command: Command | None, rest: Sequence[str]
) -> Namespace:
    """Return what was given, without defaults: those are the options classes' own.

    `rest` are the arguments after the name of the command, if they name one.

    Raises:
        ConfigError: An argument is refused.
    """
    from jsonargparse import get_loader

    load = get_loader("yaml")
    options = list(named(rest))
    listed_by = "--help"
    if command is not None:
        listed_by = "--print_config" if command.reads_files else "--help"
        require_names(command.options, rest, listed_by)
    if command is not None and command.reads_files:
        for name, text in options:
            if name == "config" and text is not None:
                require_file(command.options, text, load)
        given = [
            *given[: len(given) - len(rest)],
            *with_whole_files(command.options, rest, load),
        ]
    if command is not None:
        require_plain_values(command.options, rest)
    try:
        prints = any(name == "print_config" for name, _ in options)
        return parser.parse_args(list(given), defaults=prints)
    except (argparse.ArgumentError, ValueError) as error:  # the latter of numbers too long
        if command is not None:
            require_arguments(command.options, rest, load, listed_by)
        # Not the fault of a setting's name or value: the parser's own words.
        fault = " ".join(str(error).split())
        raise ConfigError(_plain(fault, given[: len(given) - len(rest)])) from error


def _plain(fault: str, path: Sequence[str]) -> str:
    """Return the parser's words on a fault, in ours where it is a common one.

    `path` are the words that name the command.
    """
    words = " ".join(["dsrl", *path])
    asked = f"`{words} --help` says more."
    if lacking := re.fullmatch(r"the following arguments are required: (.*)", fault):
        first = lacking[1].split(", ")[0]  # those that may be left out are listed as well
        return f"{words} lacks {first.rpartition('.')[2].upper()}; {asked}"
    if stray := re.fullmatch(r"unrecognized arguments: (.*)", fault):
        return f"{words} takes no further argument, but {stray[1]!r} is one; {asked}"
    if empty := re.fullmatch(r"Unexpected config: (.*)", fault):
        return f"A config holds only empty settings ({empty[1]}); give a value, or no config."
    if bare := re.fullmatch(r"argument (\S+): expected (one|at least one) argument", fault):
        return f"{bare[1]} lacks its value; {asked}"
    return fault


def _build_parser(given: Sequence[str]) -> ArgumentParser:
    """Return the parser of all commands; only the command that is given has its options.

    The options of all commands take most of a second.
    """
    from jsonargparse import ArgumentParser

    parser = ArgumentParser(prog="dsrl", description=ABOUT, exit_on_error=False)
    parser.add_argument("--version", action="store_true", help="print the version")
    commands = parser.add_subcommands(title="commands", dest="subcommand")
    for name, command in COMMANDS.items():
        one = _command_parser(command, name in given[:1])
        commands.add_subcommand(name, one, help=command.help)
        if isinstance(command, CommandGroup):  # only now: jsonargparse wants the upper level first
            inner = one.add_subcommands(title=command.title, dest=name)
            for inner_name, each in command.commands.items():
                own = _command_parser(each, [name, inner_name] == list(given[:2]))
                inner.add_subcommand(inner_name, own, help=each.help)
    return parser


def _command_parser(command: Command | CommandGroup, is_given: bool) -> ArgumentParser:
    """Return a parser; only that of the command given has the fields of its class as options."""
    from jsonargparse import ArgumentParser

    parser = ArgumentParser(description=command.description, exit_on_error=False)
    if isinstance(command, CommandGroup) or not is_given:
        return parser
    if command.reads_files:
        text = "a YAML file with any of the settings"
        parser.add_argument("--config", action="config", help=text)
    fields, texts = dataclasses.fields(command.options), meanings(command.options)
    special = {field.name: field.metadata for field in fields if field.metadata}
    parser.add_class_arguments(command.options, as_group=False, skip=set(special))
    for name, metadata in special.items():
        parser.add_argument(metadata["flag"], nargs=metadata["nargs"], type=str, help=texts[name])
    return parser


@contextlib.contextmanager
def _warnings_in_one_line() -> Iterator[None]:
    """Print this package's own warnings as one line; leave others alone."""
    with warnings.catch_warnings():
        others = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *place: Any) -> None:
            if issubclass(category, DSRLWarning):
                print(f"dsrl: warning: {message}.", file=sys.stderr)
            else:
                others(message, category, *place)

        warnings.showwarning = show  # type: ignore[assignment]
        yield
