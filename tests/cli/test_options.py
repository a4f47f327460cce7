"""The commands' options: each has a meaning, and refuses what breaks its rule."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from dsrl_agent.cli.command_list import COMMANDS, Command
from dsrl_agent.cli.options import (
    BenchmarkOptions,
    CardOptions,
    CompletionOptions,
    CostOptions,
    EvaluateOptions,
    ExplainOptions,
    NameOptions,
    PlayOptions,
)
from dsrl_agent.config import read_config
from dsrl_agent.config.reading import hints_of
from dsrl_agent.config.reading.meanings import meanings
from dsrl_agent.errors import ConfigError

OF_A_RUN = (EvaluateOptions, ExplainOptions, NameOptions, CardOptions)
ALL: list[Command] = [
    command
    for each in COMMANDS.values()
    for command in ([each] if isinstance(each, Command) else each.commands.values())
]


@pytest.mark.parametrize("command", ALL, ids=lambda command: command.options.__name__)
def test_every_option_has_a_meaning_and_is_read_from_a_mapping(command: Command) -> None:
    names = [field.name for field in dataclasses.fields(command.options)]
    assert meanings(command.options).keys() >= set(names)
    needed = {"run": "a"} if command.options in OF_A_RUN else {}
    if command.options is CompletionOptions:
        needed = {"shell": "bash"}
    default = command.options(**needed)
    assert read_config(command.options, dataclasses.asdict(default)) == default
    assert list(hints_of(command.options))


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        (EvaluateOptions, {"run": "a", "episodes": 0}, "--episodes is 0, but it must be at least"),
        (PlayOptions, {"episodes": 0}, "--episodes is 0, but it must be at least 1."),
        (PlayOptions, {"learn": True}, "--learn is for an agent; name its run"),
        (PlayOptions, {"fps": -1}, "--fps is -1, but it must be at least 1."),
        (ExplainOptions, {"run": "a", "step": 3}, "--step is 3, but of no episode; give"),
        (ExplainOptions, {"run": "a", "faithfulness": 0}, "--faithfulness is 0, but it must"),
        (ExplainOptions, {"run": "a", "frame": "b", "episode": 1}, "--frame and --episode are two"),
        (BenchmarkOptions, {"seeds": 0}, "--seeds is 0, but it must be at least 1."),
        (BenchmarkOptions, {"jobs": 0}, "--jobs is 0, but it must be at least 1."),
        (CostOptions, {"decisions": 0}, "--decisions is 0, but it must be at least 1."),
    ],
)
def test_options_that_break_a_rule_are_refused(
    kind: type[Any], values: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        kind(**values)
    assert str(caught.value).startswith(message)
