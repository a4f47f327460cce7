"""Training runs: folders, the runs that are refused, Ctrl-C, and the actors compared."""

from __future__ import annotations

import dataclasses
import math
import os
import signal
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from dsrl_agent import DSRL
from dsrl_agent.agent.callbacks import EpisodeEnd, Listener
from dsrl_agent.config import (
    BackEndConfig,
    DoorThresholds,
    EnvConfig,
    EvaluationConfig,
    PerceptionConfig,
    TrainConfig,
)
from dsrl_agent.errors import CheckpointError, ConfigError, HandoverError
from dsrl_agent.experiments.run import training
from dsrl_agent.records import RunFolder

pytestmark = pytest.mark.usefixtures("one_thread")


def quick(path: Path, steps: int) -> TrainConfig:
    return TrainConfig(
        perception=PerceptionConfig(first_frames=20, frames=30, memory=60),
        back_end=BackEndConfig(steps=4, refit_steps=2),
        total_timesteps=steps,
        evaluation=EvaluationConfig(episodes=2),
        run_dir=str(path),
        progress=False,
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> training.TrainingOutcome:
    return training.train(quick(tmp_path_factory.mktemp("runs") / "run", 80))


def test_a_run_is_evaluated_and_timed(trained: training.TrainingOutcome) -> None:
    assert not trained.interrupted
    assert trained.agent.num_timesteps >= 80
    assert list(trained.reports) == ["agent", "random", "oracle"]
    assert trained.unseen
    assert {"frames", "back end", "symbols", "steps", "evaluation"} <= set(trained.seconds)


def test_a_loaded_run_is_the_trained_agent(trained: training.TrainingOutcome) -> None:
    agent, config = training.load_run(trained.path, "cpu")
    assert config == quick(trained.path, 80)
    for name, arrays in agent.checkpoint()[0].items():
        stored = trained.agent.checkpoint()[0][name]
        assert all(np.array_equal(arrays[key], stored[key]) for key in stored)


class Breaking(gym.Wrapper[Any, Any, Any, Any]):
    """Gives a reward that is no number at its 50th step."""

    steps = 0

    def step(self, action: Any) -> Any:
        Breaking.steps += 1
        observation, reward, *rest = self.env.step(action)
        return observation, math.nan if Breaking.steps == 50 else reward, *rest


def test_what_was_learned_before_an_environment_broke_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gym.wrappers, "Breaking", Breaking, raising=False)
    path = tmp_path / "a run"
    broken = EnvConfig(wrappers=["gymnasium.wrappers:Breaking"])
    config = dataclasses.replace(quick(path, 80), env=broken)
    with pytest.raises(HandoverError) as caught:
        training.train(config)
    message = str(caught.value)
    assert "The reward is nan" in message
    assert message.endswith(
        "What was learned in 49 steps is saved; go on with: DSRL_ALLOW_IMPORTS=gymnasium "
        f"dsrl train --resume '{path}'"
    )
    outcome = training.resume(path, config)
    assert outcome.agent.num_timesteps == 80
    assert isinstance(outcome.agent.env, gym.Wrapper)
    assert isinstance(outcome.agent.env.env, Breaking)


def test_what_the_door_does_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    env = EnvConfig(door=DoorThresholds(source="rendered"))
    training.train(dataclasses.replace(quick(tmp_path / "run", 60), env=env), told.append)
    assert len(told) == 1
    assert "pictures are asked for by env.door.source, so its picture is rendered" in told[0]


def test_a_finished_run_does_not_go_on(trained: training.TrainingOutcome) -> None:
    with pytest.raises(ConfigError, match="has taken all its 8"):
        training.resume(trained.path, quick(trained.path, 80))


def test_a_run_without_a_checkpoint_begins_anew(
    tmp_path: Path, trained: training.TrainingOutcome
) -> None:
    path = tmp_path / "run"
    RunFolder.create(path, dataclasses.asdict(quick(path, 80)), 0).close()
    with pytest.raises(CheckpointError, match="has no checkpoint yet; let it train longer"):
        training.load_run(path)
    with RunFolder.open(path).claim() as folder:
        folder.log("episode", 5, {})  # told before the run was killed
    outcome = training.resume(path, quick(path, 80))
    assert outcome.agent.checkpoint()[1] == trained.agent.checkpoint()[1]


def test_ctrl_c_ends_the_run_after_the_episode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def learn(agent: DSRL, steps: int, *, listener: Listener, **_: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        end = EpisodeEnd(episode=0, steps=5, total_reward=1.0, length=5)
        assert listener.on_episode(agent, end) is False

    monkeypatch.setattr(DSRL, "learn", learn)
    before = signal.getsignal(signal.SIGINT)
    outcome = training.train(quick(tmp_path / "run", 80))
    assert outcome.interrupted
    assert outcome.reports == {}
    assert signal.getsignal(signal.SIGINT) is before
    with RunFolder.open(outcome.path) as folder:
        assert folder.latest() is not None


def test_actors_play_the_same_worlds(trained: training.TrainingOutcome) -> None:
    env = gym.make("shapes_grid:ShapesGrid-v0", split="test")
    once, again = (training.compare(trained.agent, env, 2, seed=4) for _ in range(2))
    assert "oracle" in once
    assert "oracle" not in training.compare(trained.agent, env, 2, seed=4, oracle=False)
    for name, report in once.items():
        assert np.array_equal(report.returns, again[name].returns)
        assert np.array_equal(report.positives, once["agent"].positives)
