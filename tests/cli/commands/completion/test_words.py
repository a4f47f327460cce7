"""The words of the command line that a shell completes."""

from __future__ import annotations

import pytest

from dsrl_agent.cli.command_list import COMMANDS, Command
from dsrl_agent.cli.commands.completion.words import CompletedCommand, completed_commands

FOUND = {command.words: command for command in completed_commands()}


def options(*words: str) -> dict[str, tuple[str, ...]]:
    return {option.name: option.values for option in FOUND[words].options}


def test_every_command_is_listed_and_groups_have_no_options() -> None:
    assert {words[0] for words in FOUND} == set(COMMANDS)
    for name, command in COMMANDS.items():
        if not isinstance(command, Command):
            assert FOUND[(name,)] == CompletedCommand((name,), command.help, ())
            assert {words[1] for words in FOUND if words[0] == name and len(words) > 1} == set(
                command.commands
            )


def test_options_have_their_values_and_positional_arguments_are_none() -> None:
    found = options("evaluate")
    assert "run" not in found
    assert found["oracle"] == ("true", "false")
    assert found["device"] == ("auto", "cpu", "cuda")
    assert found["episodes"] == found["help"] == ()


def test_groups_are_listed_where_a_text_may_stand_for_them() -> None:
    found = options("train")
    assert found["front_end"] == found["front_end.kind"]
    assert "rules" in found["front_end"]
    assert "vae" in found["back_end"]
    assert {"env", "env.id", "config", "print_config"} <= set(found)
    assert "evaluation" not in found


@pytest.mark.parametrize("words", [words for words, each in FOUND.items() if each.options], ids=str)
def test_every_option_says_what_it_is(words: tuple[str, ...]) -> None:
    assert [option.name for option in FOUND[words].options if not option.help] == []
