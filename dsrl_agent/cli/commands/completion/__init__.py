"""Run `dsrl completion`: write a script that lets a shell complete the command line."""

from __future__ import annotations

from collections.abc import Set

from dsrl_agent.cli.commands.completion.shells import SCRIPTS
from dsrl_agent.cli.commands.completion.words import completed_commands
from dsrl_agent.cli.options import CompletionOptions


def run(options: CompletionOptions, given: Set[str]) -> int:
    """Print the script of a shell."""
    print(SCRIPTS[options.shell](completed_commands()), end="")
    return 0
