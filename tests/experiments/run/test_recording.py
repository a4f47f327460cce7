"""Runs that are stopped at any step, and go on as if they had not been."""

from __future__ import annotations

import dataclasses
import json
import signal
import time
from pathlib import Path
from typing import Any

import gymnasium as gym
import pytest
from equality import assert_equal

from dsrl_agent import DSRL
from dsrl_agent.config import (
    BackEndConfig,
    EnvConfig,
    EvaluationConfig,
    FrontEndConfig,
    PerceptionConfig,
    TrainConfig,
)
from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.run import recording, training
from dsrl_agent.experiments.run.recording import RunRecorder
from dsrl_agent.records import RunFolder

pytestmark = pytest.mark.usefixtures("one_thread")


class Signalling(gym.Wrapper[Any, Any, Any, Any]):
    """Sends this process a signal at some steps, and never ends an episode if told so."""

    steps = 0
    at: tuple[int, ...] = ()
    number = signal.SIGINT
    endless = False

    def step(self, action: Any) -> Any:
        Signalling.steps += 1
        if Signalling.steps in self.at:
            signal.raise_signal(self.number)
        result = self.env.step(action)
        if not self.endless or not (result[2] or result[3]):
            return result
        self.rounds += 1
        observation, info = self.env.reset(seed=self.rounds)
        return observation, result[1], False, False, info

    def reset(self, **kwargs: Any) -> Any:
        self.rounds = 0
        return self.env.reset(**kwargs)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> type[Signalling]:
    """Return the class of the wrapper that the runs of this module name."""
    monkeypatch.setattr(gym.wrappers, "Signalling", Signalling, raising=False)
    for name in ("steps", "at", "number", "endless"):
        monkeypatch.setattr(Signalling, name, Signalling.__dict__[name])
    return Signalling


def config(path: Path, front_end: str = "rules", **changes: Any) -> TrainConfig:
    settings = TrainConfig(
        perception=PerceptionConfig(first_frames=30, frames=40, memory=100),
        back_end=BackEndConfig(steps=4, refit_steps=2),
        front_end=FrontEndConfig(kind=front_end),
        env=EnvConfig(kwargs={"step_limit": 23}, wrappers=["gymnasium.wrappers:Signalling"]),
        total_timesteps=120,
        checkpoint_every=20,
        evaluation=EvaluationConfig(episodes=1, steps=30),
        run_dir=str(path),
        progress=False,
    )
    return dataclasses.replace(settings, **changes)


def assert_same(one: DSRL, other: DSRL) -> None:
    (arrays, data), (other_arrays, other_data) = one.checkpoint(), other.checkpoint()
    assert json.loads(json.dumps(data)) == json.loads(json.dumps(other_data))
    assert_equal(arrays, other_arrays)


def lines(path: Path) -> list[Any]:
    found = [json.loads(line) for line in (path / "metrics.jsonl").read_text().splitlines()]
    return [{k: v for k, v in line.items() if k not in ("time", "seconds")} for line in found]


# Steps of the environment after which a session is stopped, those played again included.
@pytest.mark.parametrize(
    ("front_end", "endless", "sessions"),
    [("rules", True, (37, 61, 89)), ("relational", False, (37, 26, 41))],
)
def test_a_run_stopped_at_any_step_goes_on_bit_for_bit(
    tmp_path: Path,
    world: type[Signalling],
    front_end: str,
    endless: bool,
    sessions: tuple[int, ...],
) -> None:
    world.endless = endless
    whole = training.train(config(tmp_path / "whole", front_end))
    settings = config(tmp_path / "stopped", front_end)
    world.steps, world.at = 0, (7,)
    stopped = training.train(settings)
    steps = [stopped.agent.num_timesteps]
    signals = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    for number, after in zip(signals, sessions, strict=True):
        world.steps, world.at, world.number = 0, (after,), number
        stopped = training.resume(stopped.path, settings)
        assert stopped.stopped_by == number
        steps.append(stopped.agent.num_timesteps)
    assert steps[0] == 7
    assert steps == sorted(set(steps))
    again = training.resume(stopped.path, settings)
    assert not again.interrupted
    assert_same(again.agent, whole.agent)
    assert lines(again.path) == lines(whole.path)


@pytest.mark.parametrize("front_end", ["rules", "relational"])
def test_a_run_in_several_environments_goes_on_bit_for_bit(
    tmp_path: Path, world: type[Signalling], front_end: str
) -> None:
    whole = training.train(config(tmp_path / "whole", front_end, num_envs=3))
    assert whole.agent.num_timesteps == 120
    settings = config(tmp_path / "stopped", front_end, num_envs=3)
    world.steps, world.at = 0, (52,)  # in the 18th step of all, inside three episodes
    stopped = training.train(settings)
    assert (stopped.stopped_by, stopped.agent.num_timesteps) == (signal.SIGINT, 54)
    world.steps, world.at = 0, (64,)
    again = training.resume(stopped.path, settings)
    assert again.stopped_by
    assert 54 < again.agent.num_timesteps < 120
    world.at = ()
    finished = training.resume(stopped.path, settings)
    assert not finished.interrupted
    assert_same(finished.agent, whole.agent)
    assert lines(finished.path) == lines(whole.path)
    assert DSRL.load(finished.path).num_envs == 1  # to be evaluated, played and explained


def test_a_budget_that_cut_an_episode_is_raised_as_if_it_had_been_larger(
    tmp_path: Path, world: type[Signalling]
) -> None:
    whole = training.train(config(tmp_path / "whole"))
    cut = config(tmp_path / "cut", total_timesteps=88)
    training.train(cut)
    with RunFolder.open(tmp_path / "cut") as folder:
        newest, resumable = folder.latest(), folder.resumable()
        assert newest is not None
        assert resumable is not None
        assert (newest.name[:9], newest.name[-7:]) == ("000000088", "-inside")
        assert resumable.name < newest.name
    outcome = training.resume(tmp_path / "cut", dataclasses.replace(cut, total_timesteps=120))
    assert_same(outcome.agent, whole.agent)
    assert lines(outcome.path) == lines(whole.path)


def test_a_fit_is_stopped_at_once_and_done_again(
    tmp_path: Path, world: type[Signalling], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = training.train(config(tmp_path / "whole"))
    on_progress = RunRecorder.on_progress

    def stopping(self: RunRecorder, phase: str, *rest: Any) -> None:
        if phase == "symbols":
            signal.raise_signal(signal.SIGTERM)
            time.sleep(60)  # the signal ends this
        on_progress(self, phase, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(RunRecorder, "on_progress", stopping)
        stopped = training.train(config(tmp_path / "stopped"))
    assert stopped.stopped_by == signal.SIGTERM
    outcome = training.resume(stopped.path, config(stopped.path))
    assert_same(outcome.agent, whole.agent)
    assert lines(outcome.path) == lines(whole.path)


def test_an_evaluation_is_stopped_at_once_and_done_again(
    tmp_path: Path, world: type[Signalling]
) -> None:
    settings = config(tmp_path / "run", total_timesteps=40)
    world.at = (45,)
    stopped = training.train(settings)
    assert stopped.interrupted
    assert "evaluation" not in {line["kind"] for line in lines(stopped.path)}
    outcome = training.resume(stopped.path, settings)
    assert [line["kind"] for line in lines(stopped.path)].count("evaluation") == 1
    whole = training.train(config(tmp_path / "whole", total_timesteps=40))
    assert lines(outcome.path) == lines(whole.path)
    with pytest.raises(ConfigError, match="has taken all its 40 steps"):
        training.resume(stopped.path, settings)


def test_a_folder_in_use_is_refused_in_one_line(tmp_path: Path, world: type[Signalling]) -> None:
    path = tmp_path / "run"
    with RunFolder.create(path, dataclasses.asdict(config(path)), 0):
        with pytest.raises(ConfigError, match=r"run is in use by another process; wait") as caught:
            training.resume(path, config(path))
        assert "\n" not in str(caught.value)
        RunFolder.open(path).config()  # reading needs no lock


def test_the_way_on_can_be_pasted() -> None:
    assert training.resume_command(Path("a run/it's")) == ("dsrl train --resume 'a run/it'\"'\"'s'")


@pytest.mark.parametrize(
    ("before", "wrong", "said"),
    [
        (True, ["It is."], "something still looks wrong (dsrl inspect)\nwarning: It is."),
        (False, ["It is."], "something looks wrong (dsrl inspect)\nwarning: It is."),
        (True, [], "nothing looks wrong any more."),
        (False, [], None),
    ],
)
def test_what_looks_wrong_in_the_end_is_told(
    before: bool,
    wrong: list[str],
    said: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    agent = DSRL("shapes_grid:ShapesGrid-v0").learn(5)
    recorder = RunRecorder(RunFolder(tmp_path), config(tmp_path), agent, None, told.append)
    recorder._looked_wrong = before
    monkeypatch.setattr(recording, "findings", lambda *_: wrong)
    recorder.on_end(agent)
    assert told == ([] if said is None else [f"\nAfter 5 steps {said}"])
