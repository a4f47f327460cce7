"""The help of `dsrl`: every option with its meaning, type and default, without the parser."""

from __future__ import annotations

import subprocess
import sys

import pytest
from command_line import run

from dsrl_agent.cli.command_list import COMMANDS, Command, CommandGroup
from dsrl_agent.cli.help import asks_for_help, help_text, topic_of
from dsrl_agent.config.reading import group_of, hints_of
from dsrl_agent.errors import ConfigError


def _help(*path: str, topic: str = "") -> str:
    command = COMMANDS[path[0]] if path else None
    return help_text(path, command if isinstance(command, Command) else None, topic)


@pytest.mark.parametrize(
    ("given", "asks"),
    [([], True), (["-h"], True), (["train", "--seed", "1", "--help"], True), (["train"], False),
     (["name", "run", "--", "-h"], False)],
)  # fmt: skip
def test_help_is_asked_for_before_two_dashes(given: list[str], asks: bool) -> None:
    assert asks_for_help(given) is asks


def test_every_setting_of_every_command_is_listed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    for name, command in COMMANDS.items():
        if isinstance(command, Command):
            lines = [line for line in _help(name, topic="all").splitlines() if line[:3] == "  -"]
            words = [line.split("  ")[1].split(", ")[-1].split()[0] for line in lines]
            lacking = [f for f in command.options.__dataclass_fields__.values() if f.metadata]
            positional = {f.name for f in lacking if not f.metadata["flag"].startswith("-")}
            known = {key for key, hint in hints_of(command.options) if group_of(hint) is None}
            listed = [word.removeprefix("--") for word in words]
            assert sorted(known - positional) == sorted(set(listed) & known), name
            assert len(set(listed)) == len(listed), name


def test_entries_hold_meaning_type_and_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = _help("train")
    assert text.startswith("usage: dsrl train [options]\n\nTrain an agent from pixels")
    assert (
        "  --seed                The seed of all random numbers. (type: int, default:\n"
        "                        0)\n"
    ) in text
    assert "default: false)" in text
    assert "\n\nFrom frames to facts:\n  --perception, --perception.sight\n" in text
    assert max(map(len, text.splitlines())) < 80


def test_the_environment_comes_first_and_inner_groups_when_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = _help("train")
    assert text.index("\n  --env, --env.id ") < text.index("--perception.sight")
    assert "--perception.grid.blurs" not in text
    assert "perception.grid, " in text
    assert "dsrl train --help GROUP lists those of a group" in text
    assert len(text.splitlines()) < 250
    inner = _help("train", topic="perception.tiling")
    assert inner.startswith("The grid that makes frames shortest to describe as tiles:\n")
    assert "--perception.tiling.noise.sigmas" in inner  # a group within
    assert "--perception.grid.blurs" not in inner
    assert "GROUP" not in _help("evaluate")


@pytest.mark.parametrize(
    ("given", "topic"),
    [("--help all", "all"), ("perception.grid -h", "perception.grid"), ("--help --seed 1", ""),
     ("--seed 1 --help front_end", "front_end")],
)  # fmt: skip
def test_the_topic_of_help_is_a_group(given: str, topic: str) -> None:
    train, evaluate = COMMANDS["train"], COMMANDS["evaluate"]
    assert isinstance(train, Command)
    assert isinstance(evaluate, Command)
    assert topic_of(given.split(), train) == topic
    assert topic_of(given.split(), None) == ""
    assert topic_of(["--help", "runs/a"], evaluate) == ""
    with pytest.raises(ConfigError, match=r"by 'perception.gird', which .* try perception.grid\."):
        topic_of(["-h", "perception.gird"], train)


def test_positional_arguments_are_in_the_usage() -> None:
    assert _help("name").startswith("usage: dsrl name run [names] [options]")
    assert "\npositional arguments:\n  run " in _help("name")
    assert "--run " not in _help("name")


def test_lists_and_types_are_written_out() -> None:
    study = COMMANDS["study"]
    assert isinstance(study, CommandGroup)
    text = " ".join(help_text(["study", "beta"], study.commands["beta"]).split())
    assert "(type: list[float], default: [0.1, 0.25, 0.5, 1.0, 2.0, 4.0])" in text


def test_a_group_lists_its_commands() -> None:
    text = _help("study")
    assert text.startswith("usage: dsrl study [-h] COMMAND ...")
    assert "\nstudies:\n  autoencoders " in text
    assert help_text(["study", "--help"], None) == text


def test_no_word_at_all_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    assert capsys.readouterr().out == _help() + "\n"
    assert run("tain", "--help") == 2
    assert "did you mean train?" in capsys.readouterr().err


def test_help_loads_neither_parser_nor_numpy() -> None:
    code = (
        "import sys\n"
        "from dsrl_agent.cli.main import main\n"
        "try: main(['train', '--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'jsonargparse', 'numpy', 'gymnasium'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")
