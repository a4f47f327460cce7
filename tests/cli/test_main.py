"""The command line's door: help, refusals in one line, exit codes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from command_line import run

import dsrl_agent
from dsrl_agent.cli.command_list import COMMANDS


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "--seed", "1", "--seed=2"], "--seed stands twice; give it once."),
        (["train", "--env.kwargs={a: &x [*x]}"], "the alias *x stands within what it names"),
        (["train", "--env.kwargs={a: 1, a: 2}"], "the key 'a' stands twice"),
        (["train", "--seeds=0-99999999999"], "but at most 10,000 are run"),
        (["train", "--config=/dev/zero"], "'/dev/zero' has more than 262,144 characters"),
        (["train", "--back_end.bta", "2"], "back_end.bta (here '2') is no setting; did you mean"),
        (["train", "--back_end.beta", "-2"], "back_end.beta is -2.0, but it must be at least 0"),
        (["train", "--back_end.latents", "x"], "back_end.latents is 'x', but it must be a whole"),
        (["train", "--front_end.kind", "foo"], "one of relational, rules, srl_cs, garnelo2016, "),
        (["train", "--seed", "-1"], "seed is -1, but it must be at least 0."),
        (["train", "--config", "/nowhere.yaml"], "The config '/nowhere.yaml' cannot be read"),
        (["train", "--env.id", "shapes_grid:Nothing-v0"], "env.id is 'shapes_grid:Nothing-v0'"),
        (["train", "--env.id", "Pendulum-v1"], "but it must be Discrete; choose a few actions"),
        (["train", "--env.kwargs", "{objects: {circle: 40}}"], "at most 24 objects"),
        (["train", "--env.kwargs.cel", "9"], 'did you mean "cell"?'),
        (["train", "--device", "nothing"], "device is 'nothing', but no such device is here"),
        (["train", "--resume", "/nowhere"], "/nowhere is no run folder"),
        (["evaluate", "/nowhere"], "/nowhere is no run folder"),
        (["evaluate"], "dsrl evaluate lacks RUN"),
        (["train", "--hlep"], "hlep is no setting; did you mean --help?"),
        (["train", "--print-confg"], "print_confg is no setting; did you mean --print_config?"),
        (["train", "--version"], "version is no setting; did you mean dsrl --version?"),
        (["evaluate", "run", "-episodes", "3"], "-episodes is no option, for those have"),
        (["train", "-hlep"], "-hlep is no option, for those have two dashes; did you mean --help?"),
        (["play", "/nowhere", "--fps", "0"], "--fps is 0"),
        (["symbols", "/nowhere.png"], "The picture '/nowhere.png' cannot be read"),
        (["benchmark", "--seeds", "0"], "--seeds is 0"),
        (["benchmark", "--jobs", "two"], "jobs is 'two', but it must be a whole number."),
        (["benchmark", "--configs", __file__], "but it must be a folder of suites; the agent"),
        (["benchmark", "--configs=.", "--suite=fats"], "--suite is 'fats', but . holds no suites"),
        (["benchmark", "--suite=fats"], "but it must be one of cost, "),
        (["benchmark", "--suite=quick", "--only=[dqn]"],
         "--only names 'dqn', which does not take part in 'quick'; there are DQN, quick; oracle"),
        (["benchmark", "--suite=quick", "--backend=slurm"],
         "--backend is 'slurm', but it must be one of joblib, ray."),
        (["benchmark", "--suite=full", "--only=[x]"],
         "--only names 'x', which does not take part in 'main_job', 'fast', 'transfer'"),
        (["benchmark", "--only=[dqn]"], "'dqn', which does not take part in 'main_job'"),
        (["benchmark", "--report"], "--report lacks its value"),
        (["benchmark", "--report", "x", "--seeds=3"], "--seeds has no meaning beside --report"),
        (["benchmark", "--report", "/nowhere"], "/nowhere holds no results of a benchmark"),
        (["nothing"], "'nothing' is no command of dsrl; choose from train, inspect, name, "),
        (["trian"], "'trian' is no command of dsrl; did you mean train?"),
        (["study", "bet"], "'bet' is no command of dsrl study; did you mean beta?"),
        (["train", "--total", "5"], "total (here '5') is no setting; did you mean total_tim"),
        (["train", "--total-timestep", "5"], "total_timestep (here '5') is no setting; did you"),
        (["train", "--front-end", "rule"], "front_end.kind is 'rule' (did you mean rules?)"),
        (["train", "--env", "shapes_grid:Nothing-v0"], "env.id is 'shapes_grid:Nothing-v0'"),
        (["train", "--total-timesteps", "1.5"], "total_timesteps is 1.5, but it must be a whole"),
        (["train", "--env", "3"], "env is 3, but it must be a mapping of settings."),
        (["train", "--back_end.latents=2.5"], "back_end.latents is 2.5, but it must be a whole"),
        (["train", "--env.kwargs", "3"], "env.kwargs is 3, but it must be a mapping, such as"),
        (["train", "--evaluation.kwargs", "3"], "evaluation.kwargs is 3, but it must be a mapping"),
        (["train", "--progress", "maybe"], "progress is 'maybe', but it must be true or false."),
        (["evaluate", "x", "--episods=3"], "episods (here '3') is no setting; did you mean episo"),
        (["evaluate", "x", "--zzz=3"], "zzz (here '3') is no setting; see --help for all of them"),
        (["benchmark", "--only", "dqn"], "only is 'dqn', but it must be a list."),
        (["study", "beta", "--sede", "3"], "sede (here '3') is no setting; did you mean seed?"),
        (["study", "scaling", "--rungs", "x"], "rungs is 'x', but it must be a list."),
    ],
)  # fmt: skip
def test_bad_input_ends_in_one_line_and_exit_code_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str],
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert run(*arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("dsrl: ")
    assert error.count("\n") == 1
    assert message in error
    assert list(tmp_path.iterdir()) == []  # nothing was begun


def test_an_unknown_key_in_a_config_file_names_path_value_and_nearest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "own.yaml"
    config.write_text("back_end:\n  btea: 3\n")
    assert run("train", f"--config={config}") == 2
    expected = "dsrl: back_end.btea (here 3) is no setting; did you mean back_end.beta?\n"
    assert capsys.readouterr().err == expected


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["evaluate"], "dsrl evaluate lacks RUN; `dsrl evaluate --help` says more."),
        (["name"], "dsrl name lacks RUN; `dsrl name --help` says more."),
        (["train", "--run_dir"], "--run_dir lacks its value; `dsrl train --help` says more."),
        (["train", "stray"], "dsrl train takes no further argument, but 'stray' is one; "
         "`dsrl train --help` says more."),
        (["benchmark", "--report"], "--report lacks its value; `dsrl benchmark --help` says more."),
        (["--versio"], "'--versio' is no option of dsrl; did you mean --version?"),
        (["study"], "dsrl study lacks the name of a command; choose from autoencoders, losses, "
         "beta, scaling, living, speed, sensitivity, objects."),
        (["study", "--hel"], "'--hel' is no option of dsrl study; did you mean --help?"),
    ],
)  # fmt: skip
def test_faults_that_the_parser_finds_are_told_in_our_words(
    arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    # The parser's own words are told from these; a release that words them otherwise fails here.
    assert run(*arguments) == 2
    assert capsys.readouterr().err == f"dsrl: {line}\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("back_end: {latents: x}", "back_end.latents is 'x', but it must be a whole number."),
        ("back_end: 3", "back_end is 3, but it must be a mapping of settings."),
        ("env: {kwargs: [1]}", "env.kwargs is [1], but it must be a mapping, such as"),
        ("- seed", "holds list, but it must hold settings, one `key: value` a line;"),
        ("seed: [", "is no YAML: "),
        ("perception:", "perception is None, but it must be a mapping of settings."),
        ("run_dir:", "holds only empty settings (run_dir:); give a value, or no config."),
    ],
)
def test_a_wrong_config_file_is_refused_in_one_line(
    content: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "own.yaml"
    config.write_text(content)
    assert run("train", f"--config={config}") == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_help_is_a_word_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("help", "cost") == 0
    shown = capsys.readouterr().out
    assert run("cost", "--help") == 0
    assert shown == capsys.readouterr().out


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out == f"dsrl-agent {dsrl_agent.__version__}\n"
    assert run("--help") == 0
    assert "--version" in capsys.readouterr().out


def test_modules_of_the_current_folder_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "worlds_of_mine.py").write_text(
        "import gymnasium as gym\n"
        "from shapes_grid import ShapesGridEnv\n"
        "gym.register('Mine-v0', lambda **given: ShapesGridEnv(objects={'cross': 40}))\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert run("train", "--env", "worlds_of_mine:Mine-v0") == 2
    assert "at most 24 objects" in capsys.readouterr().err


def test_a_command_that_takes_long_says_what_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.undo()  # the fixture that keeps commands silent
    assert run("evaluate", str(tmp_path / "nothing")) == 2
    first, second, _ = capsys.readouterr().err.split("\n")
    assert first == "dsrl evaluate: lets each actor play the worlds ..."
    assert "nothing is no run folder" in second


@pytest.mark.slow
def test_help_imports_no_learning_library() -> None:
    code = (
        "import sys\n"
        "from dsrl_agent.cli.main import main\n"
        f"for words in [[], *([name] for name in {list(COMMANDS)}), ['study', 'beta']]:\n"
        "    try: main([*words, '--help'])\n"
        "    except SystemExit as stopped: assert stopped.code == 0\n"
        "print(sorted({'torch', 'sklearn', 'matplotlib', 'pygame'} & set(sys.modules)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    for option in ("--back_end.beta", "--env_kwargs", "--faithfulness", "--betas"):
        assert option in result.stdout
    assert result.stdout.endswith("[]\n")
