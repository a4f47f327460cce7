"""`dsrl name`: names of types, kept in a run and used by what is printed of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command_line import run

from dsrl_agent.cli.commands.name import read_names
from dsrl_agent.errors import ConfigError


@pytest.fixture
def own(finished: Path, tmp_path: Path) -> Path:
    """A copy of a run that a test may change."""
    return Path(shutil.copytree(finished, tmp_path / "run"))


def test_names_are_given_listed_and_used(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("name", str(own)) == 0
    listed = capsys.readouterr().out.split("\n")
    number = listed[0].split()[0]
    assert run("name", str(own), f"{number}=red circle") == 0
    assert capsys.readouterr().out.startswith(f"  {number:>3}  red circle")
    assert run("explain", str(own)) == 0
    assert "red circle" in capsys.readouterr().out
    assert run("evaluate", str(own), "--episodes=1") == 0
    assert f"red circle (type {number}): " in capsys.readouterr().out
    assert run("name", str(own), f"{number}=") == 0
    assert "red circle" not in capsys.readouterr().out


def test_words_are_read_as_numbers_and_names() -> None:
    assert read_names(["1=a b", "3 = c", "2="], [1, 2, 3]) == {1: "a b", 3: "c", 2: ""}


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("circle", "'circle' names no type; write its number and a name: 1=circle."),
        ("circle=1", "'circle=1' names no type"),
        ("9=circle", "names type 9, but the run has the types 1, 2."),
    ],
)
def test_what_names_no_type_is_refused(word: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_names([word], [1, 2])
