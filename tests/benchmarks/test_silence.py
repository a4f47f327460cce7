"""How soon commands speak, heard in a terminal and through a pipe."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.silence import COMMANDS, listen
from dsrl_agent.cli.command_list import COMMANDS as ALL
from dsrl_agent.cli.command_list import CommandGroup

SPEAKS = "import time\nfor _ in range(3): time.sleep(.3); print('x', flush=True)\ntime.sleep(.1)"


@pytest.mark.parametrize("terminal", [True, False])
def test_first_word_and_longest_silence_are_heard(terminal: bool, tmp_path: Path) -> None:
    heard = listen([sys.executable, "-S", "-c", SPEAKS], tmp_path, 60.0, terminal)
    assert heard.ended
    assert 0.3 <= heard.first <= heard.longest
    assert heard.took >= 1.0


def test_a_command_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    heard = listen([sys.executable, "-S", "-c", "import time; time.sleep(60)"], tmp_path, 0.5, True)
    assert not heard.ended
    assert heard.first == heard.longest >= 0.5


def test_every_command_is_listened_to() -> None:
    firsts = {" ".join(command.split()[:2]) for command in COMMANDS}
    for name, command in ALL.items():
        names = (
            [f"{name} {n}" for n in command.commands]
            if isinstance(command, CommandGroup)
            else [name]
        )
        assert all(any(one.startswith(each) for one in firsts) for each in names), name
