"""The command line's door: parses, calls, and turns errors into one line. No algorithm in it."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import yaml  # type: ignore[import-untyped]
from jsonargparse import ArgumentParser, Namespace

from dsrl_agent.cli.parsers import build_parser
from dsrl_agent.config import TrainConfig, keys, nearest, require_known
from dsrl_agent.errors import ConfigError, DSRLError

_BAD_INPUT, _INTERRUPTED = 2, 130
_CONFIGS: dict[str, type[Any]] = {"train": TrainConfig}

_KINDS = {
    "<class 'int'>": "a whole number",
    "<class 'float'>": "a number",
    "<class 'bool'>": "true or false",
    "<class 'dict'>": "a mapping, such as '{key: value}'",
}


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `dsrl`: exit 0 when all went well, 2 on bad input, 130 on Ctrl-C."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = build_parser()
    try:
        if not given:
            parser.print_help()
            sys.exit(0)
        _check_config_files(given)
        parsed = parser.parse_args(given)
        sys.exit(_run(parser, parsed, given))
    except DSRLError as error:
        _refuse(str(error))
    except argparse.ArgumentError as error:
        _refuse(_explain(str(error), given))
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:  # the reader of our output went away, as in `dsrl ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _run(parser: ArgumentParser, parsed: Namespace, given: Sequence[str]) -> int:
    # The learning libraries take seconds to import; help and bad options need none of them.
    import torch
    from threadpoolctl import threadpool_limits

    from dsrl_agent.cli.commands import COMMANDS

    # On arrays this small a second thread gains little, and on a busy machine it costs a lot: each
    # waits for the other to be given a core.
    torch.set_num_threads(1)
    with threadpool_limits(1):
        return COMMANDS[parsed.subcommand](parser, parsed, given)


def _check_config_files(arguments: Sequence[str]) -> None:
    """Refuse unknown keys of `--config` files by path, value and nearest known key."""
    config = _CONFIGS.get(arguments[0])
    for index, argument in enumerate(arguments):
        if argument.startswith("--config="):
            name = argument.removeprefix("--config=")
        elif argument == "--config" and index + 1 < len(arguments):
            name = arguments[index + 1]
        else:
            continue
        try:
            with open(name, encoding="utf-8") as file:
                content = yaml.safe_load(file)
        except OSError as error:
            raise ConfigError(
                f"The config {name!r} cannot be read: {error.strerror}; give a YAML file."
            ) from error
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise ConfigError(
                f"The config {name!r} is no YAML: {' '.join(str(error).split())}"
            ) from error
        if not isinstance(content, dict):
            raise ConfigError(
                f"The config {name!r} holds {type(content).__name__}, but it must hold settings, "
                "one `key: value` a line; --print_config shows them all."
            )
        if config is not None:
            require_known(content, config)


def _explain(message: str, given: Sequence[str]) -> str:
    """Put jsonargparse's message into our words: the field, the value, the rule, the remedy."""
    unknown = re.search(r"unrecognized arguments: --([\w.]+)(?:[= ](.*))?$", message, re.DOTALL)
    config = _CONFIGS.get(given[0])
    if unknown and config is not None:
        value = f" (here {unknown[2]!r})" if unknown[2] else ""
        return f"{unknown[1]}{value} is no setting; {nearest(unknown[1], list(keys(config)))}"
    wrong = re.search(r'Parser key "([\w.]+)":\s*(.*)', message, re.DOTALL)
    if wrong:
        return _explain_value(wrong[1], " ".join(wrong[2].split()))
    return " ".join(message.split())


def _explain_value(key: str, complaint: str) -> str:
    optional = re.search(r"Subtypes: \[(.*), <class 'NoneType'>\].* Given value: (.*)", complaint)
    if optional:  # of something that may be left out, but was not
        complaint = f"Expected a {optional[1]}. Got value: {optional[2]}"
    expected = re.fullmatch(r"Expected a (.*?)\. Got value: (.*)", complaint)
    if not expected:
        return f"{key}: {complaint}"
    kind, value = expected.groups()
    choices = re.findall(r"'([^']*)'", kind) if "Literal" in kind else []
    rule = f"one of {', '.join(choices)}" if choices else _KINDS.get(kind, f"of type {kind}")
    return f"{key} is {value!r}, but it must be {rule}."


def _refuse(message: str) -> NoReturn:
    print(f"dsrl: {message}", file=sys.stderr)
    sys.exit(_BAD_INPUT)
