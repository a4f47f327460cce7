"""The command line as a person meets it: what it prints, what it refuses, what it leaves behind."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

from dsrl_agent import DSRL
from dsrl_agent.cli.main import main
from dsrl_agent.config import TrainConfig, read_config
from dsrl_agent.records import RunFolder

QUICK = [
    "--perception.frames=40",
    "--perception.memory=120",
    "--back_end.steps=8",
    "--back_end.refit_steps=4",
    "--evaluation.episodes=3",
    "--progress=false",
]


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


def metrics(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (path / "metrics.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("runs") / "finished"
    assert run("train", *QUICK, "--total_timesteps=120", "--seed=3", f"--run_dir={path}") == 0
    return path


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
    assert len(list((path / "checkpoints").iterdir())) == 1


def test_bars_show_every_phase(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    quick = [option for option in QUICK if not option.startswith("--progress")]
    assert run("train", *quick, "--total_timesteps=60", f"--run_dir={tmp_path / 'run'}") == 0
    shown = capfd.readouterr().err
    for phase in ("frames", "back end", "symbols", "episodes"):
        assert phase in shown


def test_evaluate_measures_a_run(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("evaluate", str(finished), "--episodes=4") == 0
    printed = capsys.readouterr().out
    assert "Evaluation on 4 unseen worlds" in printed
    assert run("evaluate", str(finished), "--episodes=4") == 0
    assert capsys.readouterr().out == printed


def test_play_writes_a_video(finished: Path, tmp_path: Path) -> None:
    video = tmp_path / "out.gif"
    assert run("play", str(finished), f"--video={video}", "--episodes=1") == 0
    with Image.open(video) as picture:
        assert picture.n_frames > 1  # type: ignore[attr-defined]
        assert picture.size[0] > 400


def test_play_opens_a_window(finished: Path) -> None:
    # Under SDL's dummy driver: everything but the pixels on a screen.
    assert run("play", str(finished), "--episodes=1", "--fps=200") == 0


def test_resume_goes_on_to_what_was_asked(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("train", "--resume", str(finished)) == 2
    assert "has taken all its 120 steps" in capsys.readouterr().err
    assert run("train", "--resume", str(finished), "--total_timesteps=150") == 0
    steps = [record["step"] for record in metrics(finished)]
    assert max(steps) == 150
    assert "Evaluation on 3 unseen worlds" in capsys.readouterr().out


def test_ctrl_c_saves_and_says_how_to_go_on(tmp_path: Path) -> None:
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
    saved = int(next((path / "checkpoints").iterdir()).name.split("-")[0])
    assert run("train", "--resume", str(path), f"--total_timesteps={saved + 30}") == 0


def test_symbols_of_figure_1_4_are_table_1_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("symbols") == 0
    lines = capsys.readouterr().out.splitlines()
    # Up to the naming of types: one type at [0, 0], the other at [0, 1] and [1, 1].
    found = {tuple(line.split(maxsplit=1)) for line in lines[2:]}
    names = {place: number for number, place in found}
    assert names.keys() == {"[0, 0]", "[0, 1]", "[1, 1]"}
    assert names["[0, 1]"] == names["[1, 1]"] != names["[0, 0]"]


def test_a_suite_is_run_and_its_report_made_again_from_what_is_on_disk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "small.yaml").write_text(
        "question: Does it run?\n"
        "worlds: {mixed: {id: shapes_grid:ShapesGrid-v0}}\n"
        "contestants: {oracle: {kind: oracle}, random: {kind: random}}\n"
        "runs: [{contestants: [oracle, random], train: mixed, marks: [0], seeds: 2, episodes: 3}]\n"
    )
    out, again = tmp_path / "out", tmp_path / "again"
    suite = ["benchmark", "--suite=small", f"--configs={tmp_path}", f"--out={out}"]
    assert run(*suite, "--only=[oracle]", "--seeds=1") == 0
    assert len(list((out / "runs").iterdir())) == 1
    assert run(*suite, "--only=[oracle]") == 0  # the seeds that the suite names
    assert len(list((out / "runs").iterdir())) == 2
    assert run(*suite) == 0
    assert len(list((out / "runs").iterdir())) == 4
    printed = capsys.readouterr().out
    assert "| oracle | mixed | mixed | 0 | 2 |" in printed
    assert run("benchmark", "--report", str(out), f"--out={again}") == 0
    assert (again / "report.html").read_bytes() == (out / "report.html").read_bytes()


def test_every_config_is_read_and_the_default_one_is_the_default() -> None:
    folder = Path(__file__).parents[2] / "configs"
    configs = {path.name: yaml.safe_load(path.read_text()) for path in folder.glob("*.yaml")}
    assert read_config(TrainConfig, configs["default.yaml"]) == TrainConfig()
    for values in configs.values():
        read_config(TrainConfig, values)


def test_a_config_file_is_read_and_overridden(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "own.yaml"
    config.write_text("back_end:\n  learning_rate: 1e-4\nseed: 8\n")
    assert run("train", f"--config={config}", "--seed=9", "--print_config") == 0
    printed = yaml.safe_load(capsys.readouterr().out)
    assert float(printed["back_end"]["learning_rate"]) == 1e-4
    assert printed["seed"] == 9


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "--back_end.bta", "2"], "back_end.bta (here '2') is no setting; did you mean"),
        (["train", "--back_end.beta", "-2"], "back_end.beta is -2.0, but it must be at least 0"),
        (["train", "--back_end.latents", "x"], "back_end.latents is 'x', but it must be a whole"),
        (["train", "--front_end.kind", "foo"], "one of relational, rules, srl_cs, dsrl, flat."),
        (["train", "--seed", "-1"], "seed is -1, but it must be at least 0."),
        (["train", "--config", "/nowhere.yaml"], "The config '/nowhere.yaml' cannot be read"),
        (["train", "--env.id", "shapes_grid:Nothing-v0"], "env.id is 'shapes_grid:Nothing-v0'"),
        (["train", "--env.id", "CartPole-v1"], "must be an image"),
        (["train", "--env.kwargs", "{objects: {circle: 40}}"], "at most 24 objects"),
        (["train", "--env.kwargs.cel", "9"], 'did you mean "cell"?'),
        (["train", "--device", "nothing"], "device is 'nothing', but no such device is here"),
        (["train", "--resume", "/nowhere"], "/nowhere is no run folder"),
        (["evaluate", "/nowhere"], "/nowhere is no run folder"),
        (["evaluate"], "evaluate.run"),
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
        (["benchmark", "--report"], "--report: expected at least one argument"),
        (["benchmark", "--report", "x", "--seeds=3"], "--seeds has no meaning beside --report"),
        (["benchmark", "--report", "/nowhere"], "/nowhere holds no results of a benchmark"),
        (["nothing"], "choose from"),
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


def test_an_existing_run_folder_is_refused_and_left_alone(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(path.name for path in finished.rglob("*"))
    assert run("train", *QUICK, f"--run_dir={finished}") == 2
    assert f"The run folder {finished} exists" in capsys.readouterr().err
    assert sorted(path.name for path in finished.rglob("*")) == before


def test_what_is_typed_wins_over_the_run_s_own_evaluation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "run"
    own = ["--evaluation.kwargs={step_limit: 1, split: train}", "--total_timesteps=60"]
    assert run("train", *QUICK, *own, f"--run_dir={path}") == 0
    # Worlds of the training split are not called unseen.
    assert "Evaluation on 3 worlds" in capsys.readouterr().out
    assert run("evaluate", str(path), "--env_kwargs={split: test}", "--episodes=3") == 0
    assert "Evaluation on 3 unseen worlds" in capsys.readouterr().out


def test_a_run_stopped_before_it_could_see_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "run"
    agent = DSRL("shapes_grid:ShapesGrid-v0")
    with RunFolder.create(path, dataclasses.asdict(TrainConfig()), 0) as folder:
        folder.save(0, *agent.checkpoint())
    assert run("evaluate", str(path)) == 2
    assert f"go on with dsrl train --resume {path}" in capsys.readouterr().err


def test_resume_refuses_other_settings(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # 0 is the default, but typed all the same.
    assert run("train", "--resume", str(finished), "--seed=0") == 2
    assert "seed cannot be changed with --resume" in capsys.readouterr().err


@pytest.mark.parametrize("damage", ["missing", "truncated", "foreign"])
def test_a_damaged_checkpoint_is_refused(
    finished: Path, tmp_path: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run_dir = tmp_path / "run"
    shutil.copytree(finished, run_dir)
    checkpoint = next((run_dir / "checkpoints").iterdir())
    weights = checkpoint / "back_end.safetensors"
    if damage == "missing":
        weights.unlink()
    elif damage == "truncated":
        os.truncate(weights, weights.stat().st_size // 2)
    else:
        weights.write_bytes(os.urandom(weights.stat().st_size))
    assert run("evaluate", str(run_dir)) == 2
    error = capsys.readouterr().err
    assert "back_end.safetensors" in error
    assert error.count("\n") == 1


COMMANDS = ("train", "evaluate", "play", "explain", "symbols", "benchmark", "cost", "study")


def test_help_imports_no_learning_library() -> None:
    code = (
        "import sys\n"
        "from dsrl_agent.cli.main import main\n"
        f"for words in [[], *([name] for name in {COMMANDS}), ['study', 'beta']]:\n"
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
