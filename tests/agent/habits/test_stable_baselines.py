"""Callbacks of Stable-Baselines3 really run, and its logger writes what it should."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from inspected import ENV, WORLD
from stable_baselines3.common.callbacks import (
    BaseCallback,
    CallbackList,
    CheckpointCallback,
    EvalCallback,
    EveryNTimesteps,
    StopTrainingOnMaxEpisodes,
    StopTrainingOnRewardThreshold,
)
from stable_baselines3.common.monitor import Monitor

from dsrl_agent import DSRL, ConfigError, Listener
from dsrl_agent.agent.habits.stable_baselines import CallbackListener, vector_of

pytestmark = pytest.mark.usefixtures("one_thread")
QUICK: dict[str, Any] = {
    "front_end": "rules",
    "perception": {"first_frames": 60, "frames": 60},
    "seed": 0,
}


def world(**given: Any) -> gym.Env[Any, Any]:
    return gym.make(ENV, **{**WORLD, **given})


class Tape(BaseCallback):
    """Notes what it is told, in order."""

    def __init__(self, stop_at: int | None = None) -> None:
        super().__init__()
        self.tape: list[str] = []
        self.stop_at = stop_at
        self.seen: list[dict[str, Any]] = []

    def _init_callback(self) -> None:
        self.tape.append("init")

    def _on_training_start(self) -> None:
        self.tape.append(f"start {self.locals['total_timesteps']}")

    def _on_rollout_start(self) -> None:
        self.tape.append("rollout")

    def _on_step(self) -> bool:
        self.tape.append(str(self.num_timesteps))
        self.seen.append(dict(self.locals))
        return self.num_timesteps != self.stop_at

    def _on_rollout_end(self) -> None:
        self.tape.append("end of rollout")

    def _on_training_end(self) -> None:
        self.tape.append("end")


def test_a_callback_is_told_all_in_order() -> None:
    tape = Tape(stop_at=3)
    agent = DSRL(world(step_limit=2), **QUICK).learn(10, tape)
    assert agent.num_timesteps == 3
    assert tape.tape == [
        "init", "start 10", "rollout", "1", "2", "end of rollout", "rollout", "3", "end",
    ]  # fmt: skip
    assert tape.model is agent  # type: ignore[comparison-overlap]
    assert tape.training_env.num_envs == 1


def test_the_locals_are_those_of_a_vector_environment() -> None:
    tape = Tape(stop_at=2)
    DSRL(world(step_limit=2), **QUICK).learn(10, callback=tape)
    first, second = tape.seen
    assert first["rewards"].shape == first["dones"].shape == first["actions"].shape == (1,)
    assert (first["dones"][0], second["dones"][0]) == (False, True)
    assert "episode" not in first["infos"][0]
    episode = second["infos"][0]["episode"]
    assert (episode["r"], episode["l"]) == (first["rewards"][0] + second["rewards"][0], 2)
    assert second["infos"][0]["TimeLimit.truncated"] is True
    assert np.array_equal(second["new_obs"][0], second["infos"][0]["terminal_observation"])


def test_functions_lists_and_listeners_are_callbacks_too() -> None:
    counted: list[int] = []

    def note(names: dict[str, Any], _: dict[str, Any]) -> bool | None:
        counted.append(names["self"].num_timesteps)
        return False if len(counted) == 4 else None

    assert DSRL(world(), **QUICK).learn(10, note).num_timesteps == 4
    counted.clear()
    tape = Tape()
    assert DSRL(world(), **QUICK).learn(60, [tape, note]).num_timesteps == 4
    assert counted == [1, 2, 3, 4]
    assert tape.n_calls == 4

    class Short(Listener):
        def on_step(self, agent: Any) -> bool:
            return False

    assert DSRL(world(), **QUICK).learn(10, Short()).num_timesteps == 1


def test_what_is_no_callback_is_refused() -> None:
    with pytest.raises(ConfigError, match="callback is 3, but it must be a callback of Stable-"):
        CallbackListener(3, 10)


def test_checkpoints_are_written_on_the_way_and_can_be_loaded(tmp_path: Path) -> None:
    every = CheckpointCallback(30, str(tmp_path), name_prefix="a")
    agent = DSRL(world(), **QUICK).learn(70, every)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["a_30_steps.zip", "a_60_steps.zip"]
    loaded = DSRL.load(tmp_path / "a_60_steps.zip")
    assert loaded.num_timesteps == 60
    loaded.learn(10)
    assert loaded.num_timesteps == agent.num_timesteps
    # The same callback again replaces what it wrote.
    DSRL(world(), **QUICK).learn(40, CheckpointCallback(30, str(tmp_path), name_prefix="a"))
    assert DSRL.load(tmp_path / "a_30_steps.zip").num_timesteps == 30


@pytest.mark.slow
def test_an_evaluation_stops_the_training_at_a_threshold(tmp_path: Path) -> None:
    # The first evaluation comes before anything can be seen, and is of random play.
    stop = StopTrainingOnRewardThreshold(1.5)
    often = EvalCallback(
        Monitor(world(split="test")), callback_on_new_best=stop, eval_freq=20, n_eval_episodes=4,
        best_model_save_path=str(tmp_path), log_path=str(tmp_path), verbose=0,
    )  # fmt: skip
    agent = DSRL(world(), **QUICK).learn(1000, CallbackList([often]))
    assert agent.num_timesteps < 300
    assert often.best_mean_reward >= 1.5
    found = np.load(tmp_path / "evaluations.npz")
    assert found["timesteps"].tolist() == list(range(20, agent.num_timesteps + 1, 20))
    assert found["results"].mean(axis=1)[-1] >= 1.5
    assert DSRL.load(tmp_path / "best_model").num_timesteps == agent.num_timesteps


def test_other_callbacks_stop_and_trigger() -> None:
    agent = DSRL(world(step_limit=3), **QUICK).learn(50, StopTrainingOnMaxEpisodes(4))
    assert (agent.num_episodes, agent.num_timesteps) == (4, 12)
    tape = Tape()
    DSRL(world(), **QUICK).learn(20, EveryNTimesteps(5, tape))
    assert [mark for mark in tape.tape if mark.isdigit()] == ["5", "10", "15", "20"]


def test_means_of_episodes_are_printed_and_logged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    agent = DSRL(world(step_limit=5), **QUICK, verbose=1, tensorboard_log=str(tmp_path))
    agent.learn(20, log_interval=2, tb_log_name="mine")
    agent.learn(10, log_interval=1, tb_log_name="mine")  # goes on in the same folder
    agent.learn(10, tb_log_name="mine", reset_num_timesteps=True)
    assert agent.num_timesteps == 10
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine_1", "mine_2"]
    printed = capsys.readouterr().out
    assert printed.count("ep_rew_mean") >= 4
    assert printed.count("| fit/ ") == 1
    assert printed.count("Logging to ") == 3


def test_nothing_is_printed_without_verbose(capsys: pytest.CaptureFixture[str]) -> None:
    DSRL(world(step_limit=5), **QUICK).learn(20, log_interval=1)
    assert capsys.readouterr().out == ""


def test_the_package_is_imported_only_when_something_of_it_is_asked_for() -> None:
    code = (
        "import sys\n"
        "from dsrl_agent import DSRL\n"
        f"agent = DSRL({ENV!r}, perception={{'first_frames': 30, 'frames': 30}}).learn(40)\n"
        "print('stable_baselines3' in sys.modules, repr(agent))\n"
        "agent.get_env()\n"
        "print('stable_baselines3' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first, second = done.stdout.splitlines()
    assert first.startswith("False DSRL('ShapesGrid-v0', front_end='relational', seed=0: 40 steps")
    assert second == "True"


def test_a_vector_holds_the_environment_itself() -> None:
    env = world()
    assert vector_of([env]).envs == [env]
