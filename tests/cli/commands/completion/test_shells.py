"""Scripts of completion, run by the shells that there are."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from command_line import run

from dsrl_agent.cli.commands.completion.shells import SCRIPTS
from dsrl_agent.cli.commands.completion.words import CompletedCommand, CompletedOption

COMMANDS = [
    CompletedCommand(
        ("train",),
        "train an agent",
        (
            CompletedOption("front_end", "what decides: it's a kind", ("rules", "flat")),
            CompletedOption("seed", "a number", ()),
        ),
    ),
    CompletedCommand(("study",), "study", ()),
    CompletedCommand(("study", "losses"), "losses", (CompletedOption("out", "a folder", ()),)),
    CompletedCommand(("study", "living"), "life", (CompletedOption("seeds", "many", ()),)),
]
CASES = [
    ("tr", ["train"]),
    ("", ["train", "study"]),
    ("train --f", ["--front_end"]),
    ("train --front_end ", ["rules", "flat"]),
    ("train --front_end fl", ["flat"]),
    ("train --front_end rules --se", ["--seed"]),
    ("study lo", ["losses"]),
    ("study ", ["losses", "living"]),
    ("study living --s", ["--seeds"]),
    ("study losses --s", []),
]


def needs(shell: str) -> str:
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"no {shell} here")
    return path


@pytest.fixture
def script(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "script"
    path.write_text(SCRIPTS[request.param](COMMANDS), encoding="utf-8")
    return path


def printed(*words: str) -> list[str]:
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize(("typed", "completed"), CASES, ids=repr)
@pytest.mark.parametrize("script", ["bash"], indirect=True)
def test_bash_completes(script: Path, typed: str, completed: list[str]) -> None:
    ask = (
        f'source {script}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _dsrl;'
        " (( ${#COMPREPLY[@]} )) && printf '%s\\n' \"${COMPREPLY[@]}\"; true"
    )
    words = ["dsrl", *typed.split(" ")]
    assert printed(needs("bash"), "-c", ask, "_", *words) == completed


@pytest.mark.parametrize(("typed", "completed"), CASES, ids=repr)
@pytest.mark.parametrize("script", ["fish"], indirect=True)
def test_fish_completes(script: Path, tmp_path: Path, typed: str, completed: list[str]) -> None:
    ask = f"cd {tmp_path}; source {script}; complete -C 'dsrl {typed}'"
    found = [line.partition("\t")[0] for line in printed(needs("fish"), "-c", ask)]
    assert sorted(found) == sorted(completed)


@pytest.mark.parametrize("script", ["zsh"], indirect=True)
def test_zsh_reads_the_script(script: Path) -> None:
    printed(needs("zsh"), "-n", str(script))
    text = script.read_text(encoding="utf-8")
    assert "'--front_end:what decides: it'\\''s a kind'" in text
    assert "'train --front_end') items=('rules' 'flat') ;;" in text


@pytest.mark.parametrize("shell", SCRIPTS)
def test_the_command_prints_the_script_of_a_shell(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("completion", shell) == 0
    text = capsys.readouterr().out
    assert "front_end.kind" in text
    assert f"dsrl completion {shell}" in text


def test_another_shell_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("completion", "tcsh") == 2
    assert capsys.readouterr().err == (
        "dsrl: shell is 'tcsh', but it must be one of bash, zsh, fish.\n"
    )
