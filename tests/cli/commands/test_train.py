"""`dsrl train`: the printed report, the run folder, Ctrl-C and `--resume`."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from command_line import QUICK, run

from dsrl_agent.cli.commands import train
from dsrl_agent.cli.options import TrainOptions
from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.run import training


def metrics(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (path / "metrics.jsonl").read_text().splitlines()]


def test_train_prints_what_was_learned_and_writes_its_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "run"
    assert run("train", *QUICK, "--total_timesteps=100", f"--run_dir={path}") == 0
    printed = capsys.readouterr().out
    for part in (
        "Types found",
        "Evaluation on 3 unseen worlds",
        "positive_share",
        "collected",
        "score",
        "  agent ",
        "  random",
        "  oracle",
        "Wall time: frames",
        f"dsrl play {path}",
    ):
        assert part in printed
    assert yaml.safe_load((path / "config.yaml").read_text())["back_end"]["steps"] == 8
    assert json.loads((path / "versions.json").read_text())["seed"] == 0
    kinds = [record["kind"] for record in metrics(path)]
    assert {"fit", "episode", "evaluation"} == set(kinds)
    assert len(list((path / "checkpoints").iterdir())) in (1, 2)  # two if an episode is unfinished


def test_bars_show_every_phase(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    quick = [option for option in QUICK if not option.startswith("--progress")]
    assert run("train", *quick, "--total_timesteps=60", f"--run_dir={tmp_path / 'run'}") == 0
    shown = capfd.readouterr().err
    for phase in ("frames", "back end", "symbols", "steps", "agent plays", "oracle plays"):
        assert phase in shown


def test_a_config_file_is_read_and_overridden(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "own.yaml"
    config.write_text("back_end:\n  learning_rate: 1e-4\nseed: 8\n")
    assert run("train", f"--config={config}", "--seed=9", "--print_config") == 0
    printed = yaml.safe_load(capsys.readouterr().out)
    assert float(printed["back_end"]["learning_rate"]) == 1e-4
    assert printed["seed"] == 9


def test_an_existing_run_folder_is_refused_and_not_changed(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(path.name for path in finished.rglob("*"))
    assert run("train", *QUICK, f"--run_dir={finished}") == 2
    assert f"The run folder {finished} exists" in capsys.readouterr().err
    assert sorted(path.name for path in finished.rglob("*")) == before


def test_resume_trains_up_to_the_new_number_of_steps(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "run"
    shutil.copytree(finished, path)
    assert run("train", "--resume", str(path)) == 2
    assert "has taken all its 120 steps" in capsys.readouterr().err
    assert run("train", "--resume", str(path), "--total_timesteps=150") == 0
    steps = [record["step"] for record in metrics(path)]
    assert max(steps) == 150
    assert "Evaluation on 3 unseen worlds" in capsys.readouterr().out


def test_resume_refuses_other_settings(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # 0 is the default, but typed all the same.
    assert run("train", "--resume", str(finished), "--seed=0") == 2
    assert "seed cannot be changed with --resume" in capsys.readouterr().err


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_run_ends_with_its_signal_and_the_command_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int, status: int
) -> None:
    agent: Any = SimpleNamespace(num_timesteps=70)
    outcome = training.TrainingOutcome(Path("a run"), agent, {}, stopped_by=number)
    monkeypatch.setattr(training, "train", lambda config, tell: outcome)
    assert train.run(TrainOptions(), set()) == status
    assert capsys.readouterr().out == (
        "\nStopped after 70 steps; nothing is lost. Go on with:\n  dsrl train --resume 'a run'\n"
    )


@pytest.mark.slow
def test_ctrl_c_saves_a_checkpoint_that_training_goes_on_from(tmp_path: Path) -> None:
    path = tmp_path / "run"
    command = [sys.executable, "-m", "dsrl_agent", "train", *QUICK, f"--run_dir={path}"]
    command += ["--total_timesteps=1000000", "--perception.refit_growth=0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    log = path / "metrics.jsonl"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (log.exists() and log.stat().st_size > 2000):
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert f"dsrl train --resume {path}" in out
    assert "Traceback" not in err
    saved = max(int(each.name.split("-")[0]) for each in (path / "checkpoints").iterdir())
    assert run("train", "--resume", str(path), f"--total_timesteps={saved + 30}") == 0


@pytest.mark.parametrize(
    ("written", "seeds"),
    [("0-3", [0, 1, 2, 3]), ("7", [7]), ("3,1-2, 3", [3, 1, 2]), ("[0, 2]", [0, 2])],
)
def test_seeds_are_numbers_and_ranges(written: str, seeds: list[int]) -> None:
    assert train.read_seeds(written) == seeds


@pytest.mark.parametrize("written", ["", "a", "3-1", "1-", "-1", "1.5"])
def test_what_is_no_seeds_is_refused(written: str) -> None:
    with pytest.raises(ConfigError, match="but it must be numbers and ranges, such as 0-9"):
        train.read_seeds(written)


@pytest.mark.slow
def test_an_agent_is_trained_for_each_seed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "runs"
    given = [*QUICK, "--total-timesteps=50", "--seeds=3-4", f"--run-dir={out}"]
    assert run("train", *given) == 0
    printed = capsys.readouterr().out
    assert sorted(path.name for path in out.iterdir()) == ["seed3", "seed4"]
    assert [line.split(":")[0] for line in printed.splitlines()[:2]] == ["seed 3", "seed 4"]
    assert "Means over 2 seeds (bootstrap 95 % intervals over seeds)" in printed
    assert printed.endswith(f"The runs: {out}\n")
    assert run("train", *given, "--seed=1") == 2
    assert "--seed and --seeds are two ways" in capsys.readouterr().err
