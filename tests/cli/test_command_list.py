"""The list of commands: each has a module, a line of help, and words for what it does."""

from __future__ import annotations

import importlib

from dsrl_agent.cli.command_list import COMMANDS, Command


def test_each_command_has_a_module_with_a_function_to_run() -> None:
    for name in COMMANDS:
        module = importlib.import_module(f"dsrl_agent.cli.commands.{name}")
        assert callable(module.run), name


def test_each_command_says_what_it_does_while_it_works() -> None:
    for name, command in COMMANDS.items():
        listed = [command] if isinstance(command, Command) else command.commands.values()
        for each in listed:
            assert each.doing != "works", name
            assert len(f"dsrl {name}: {each.doing} ...") <= 80
            assert not each.help.endswith(".")
