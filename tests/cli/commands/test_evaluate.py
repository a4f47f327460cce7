"""`dsrl evaluate`: the same figures each time, and which runs it refuses."""

from __future__ import annotations

import dataclasses
import os
import shutil
from pathlib import Path

import pytest
from command_line import QUICK, run

from dsrl_agent import DSRL
from dsrl_agent.cli.commands.evaluate import load_agent
from dsrl_agent.cli.options import WorldOptions
from dsrl_agent.config import TrainConfig
from dsrl_agent.records import RunFolder


def test_the_worlds_have_the_keywords_that_are_given(finished: Path) -> None:
    options = WorldOptions(device="cpu", env_kwargs={"step_limit": 7})
    agent, env = load_agent(str(finished), options, render_mode="rgb_array")
    assert agent.num_timesteps >= 120
    assert env.render_mode == "rgb_array"
    env.reset(seed=0)
    steps = 1
    while not any(env.step(0)[2:4]):
        steps += 1
    assert steps == 7


def test_an_agent_is_put_into_another_environment(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = "shapes_grid:ShapesGrid-KeyDoor-v0"
    options = WorldOptions(device="cpu", env=other, env_kwargs={"step_limit": 7})
    _, env = load_agent(str(finished), options)
    assert env.spec is not None
    assert env.spec.id == "ShapesGrid-KeyDoor-v0"
    assert getattr(env.unwrapped, "split", None) == "test"
    shape = env.reset(seed=0)[0].shape
    assert shape == (50, 68, 3)  # 5 x 7 cells of 9 pixels, a border of 3 on the left
    # Four actions were learned with; a mountain car has three.
    assert run("evaluate", str(finished), "--env", "MountainCar-v0") == 2
    error = capsys.readouterr().err
    assert (
        "--env is 'MountainCar-v0' with 3 actions, but the agent has learned with 4; give" in error
    )


def test_evaluate_measures_a_run(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("evaluate", str(finished), "--episodes=4") == 0
    printed = capsys.readouterr().out
    assert printed.startswith("Evaluation on 4 unseen worlds")
    assert "\nTypes found, from pixels and reward alone\n" in printed
    assert run("evaluate", str(finished), "--episodes=4") == 0
    assert capsys.readouterr().out == printed


def test_given_keywords_replace_those_of_the_run_s_evaluation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "run"
    own = ["--evaluation.kwargs={step_limit: 1, split: train}", "--total_timesteps=60"]
    assert run("train", *QUICK, *own, f"--run_dir={path}") == 0
    # Worlds of the training split are not called unseen.
    assert "Evaluation on 3 worlds" in capsys.readouterr().out
    assert run("evaluate", str(path), "--env_kwargs={split: test}", "--episodes=3") == 0
    assert "Evaluation on 3 unseen worlds" in capsys.readouterr().out


def test_a_run_without_a_fitted_perception_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "run"
    agent = DSRL("shapes_grid:ShapesGrid-v0")
    with RunFolder.create(path, dataclasses.asdict(TrainConfig()), 0) as folder:
        folder.save(0, *agent.checkpoint())
    assert run("evaluate", str(path)) == 2
    assert f"go on with dsrl train --resume {path}" in capsys.readouterr().err


@pytest.mark.parametrize("damage", ["missing", "truncated", "foreign"])
def test_a_damaged_checkpoint_is_refused(
    finished: Path, tmp_path: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run_dir = tmp_path / "run"
    shutil.copytree(finished, run_dir)
    checkpoint = next((run_dir / "checkpoints").iterdir())
    weights = checkpoint / "things.safetensors"
    if damage == "missing":
        weights.unlink()
    elif damage == "truncated":
        os.truncate(weights, weights.stat().st_size // 2)
    else:
        weights.write_bytes(os.urandom(weights.stat().st_size))
    assert run("evaluate", str(run_dir)) == 2
    error = capsys.readouterr().err
    assert "things.safetensors" in error
    assert error.count("\n") == 1
