"""Benchmarks that are killed, stopped, or whose disk fails, at every operation on files."""

from __future__ import annotations

import errno
import gc
import json
import os
import shlex
import signal
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from failing_disks import FailingDisk, KilledError

from dsrl_agent.baselines import RandomActor
from dsrl_agent.cli.commands import benchmark
from dsrl_agent.cli.main import main
from dsrl_agent.cli.options import BenchmarkOptions
from dsrl_agent.errors import ConfigError, DSRLError, StorageError
from dsrl_agent.experiments.contestants.agent_learner import MakeEnv
from dsrl_agent.experiments.plan.suite import Contestant
from dsrl_agent.experiments.report import write
from dsrl_agent.experiments.run import checkpoints, engine, lifetime
from dsrl_agent.records import load_checkpoint, run_folder, save_checkpoint
from dsrl_agent.records.disk import use
from dsrl_agent.runtime.episodes import Actor

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES)
TIMES = {
    "seconds", "started", "resumed", "cpu_seconds", "wall_seconds", "decision_ms",
    "decision_cpu_ms", "slowest_decision_cpu_ms", "peak_mib",
}  # fmt: skip
SUITE = """
question: Does it run?
worlds: {mixed: {id: "shapes_grid:ShapesGrid-v0", kwargs: {step_limit: 4}}}
contestants: {one: {kind: random}, two: {kind: random}}
runs:
  - {contestants: [one], train: mixed, marks: [4], seeds: 1, episodes: 1}
  - {contestants: [two], train: mixed, marks: [6, 12, 18], seeds: 1, episodes: 1,
     measures: [training]}
"""


class Walker:
    """Plays at random, and differently after each piece of its training."""

    def __init__(self, make: MakeEnv, seed: int) -> None:
        self.steps, self._state, self._env = 0, seed, make()

    def learn(self, until: int) -> None:
        rng = np.random.default_rng(self._state)
        self._env.reset(seed=self._state)
        while self.steps < until:
            _, _, terminated, truncated, _ = self._env.step(int(rng.integers(4)))
            self.steps += 1
            if terminated or truncated:
                self._env.reset()
        self._state = int(rng.integers(1000))

    def move(self, make: MakeEnv) -> None: ...

    def actor(self, env: gym.Env[Any, Any]) -> Actor:
        return RandomActor(4, np.random.default_rng(self._state))

    def size_bytes(self) -> int:
        return 8

    def save(self, path: Path) -> None:
        save_checkpoint(path, {"own": {"state": np.array([self._state])}}, {"steps": self.steps})

    def load(self, path: Path) -> None:
        arrays, data = load_checkpoint(path)
        self._state, self.steps = int(arrays["own"]["state"][0]), data["steps"]


def walker(contestant: Contestant, make: MakeEnv, seed: int, device: str) -> Walker:
    return Walker(make, seed)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let a learner be saved at each mark, and do without all that takes time."""
    origin: dict[str, Any] = {
        "python": "3", "packages": {}, "platform": "here", "git": None, "started": "noon",
    }  # fmt: skip
    monkeypatch.setattr(engine, "describe_origin", lambda: origin)
    monkeypatch.setattr(run_folder, "describe_origin", lambda: origin)
    monkeypatch.setattr(write, "tables", lambda _: [])
    monkeypatch.setattr(gc, "collect", lambda: 0)
    monkeypatch.setattr(os, "fsync", lambda _: None)
    monkeypatch.setattr(checkpoints, "SECONDS", 0.0)
    monkeypatch.setattr(lifetime, "make_learner", walker)
    monkeypatch.setattr(write, "plots", lambda _: [])
    monkeypatch.setattr(write, "_page", lambda *_: "the page")
    (tmp_path / "suites").mkdir()
    (tmp_path / "suites" / "two.yaml").write_text(SUITE)


def run(path: Path) -> int:
    folder = str(path.parent / "suites")
    options = BenchmarkOptions(suite="two", configs=folder, out=str(path))
    return benchmark.run(options, {"suite", "configs", "out"})


def without_times(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in TIMES}


def found(path: Path) -> dict[str, Any]:
    """Return all that a benchmark leaves, without times."""
    files = [file for file in path.rglob("*") if file.is_file() and file.name != "versions.json"]
    kept: dict[str, Any] = {}
    for file in files:
        name = str(file.relative_to(path))
        lines = file.read_text().splitlines()
        kept[name] = lines
        if file.suffix == ".jsonl":
            kept[name] = [without_times(json.loads(line)) for line in lines]
    return kept


@pytest.fixture
def whole(tmp_path: Path) -> tuple[dict[str, Any], int]:
    """Return what an undisturbed benchmark leaves, and the number of its operations."""
    counting = FailingDisk()
    with use(counting):
        assert run(tmp_path / "whole") == 0
    assert len(counting.done) > 40
    left = found(tmp_path / "whole")
    assert set(left) == {
        "config.yaml", "report.html", "tables.md",
        "runs/one-mixed-1000.jsonl", "runs/two-mixed-1000.jsonl",
    }  # fmt: skip
    assert left["runs/two-mixed-1000.jsonl"][-2]["kind"] == "training"
    return left, len(counting.done)


def test_a_kill_at_any_operation_loses_and_doubles_nothing(
    tmp_path: Path, whole: tuple[dict[str, Any], int]
) -> None:
    left, count = whole
    for at in range(count):
        path = tmp_path / str(at)
        with use(FailingDisk(at)), pytest.raises(KilledError):
            run(path)
        assert run(path) == 0
        assert found(path) == left


# In turn at every operation; the slow ones leave no operation and no error out.
@pytest.mark.parametrize(
    "first", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)]
)
def test_a_disk_that_fails_at_any_operation_is_told_in_one_line(
    tmp_path: Path, whole: tuple[dict[str, Any], int], first: int
) -> None:
    left, count = whole
    for at in range(count):
        path = tmp_path / f"a run {at}"
        number = ERRORS[(at + first) % len(ERRORS)]
        failed: DSRLError | None = None
        try:
            with use(FailingDisk(at, number)):
                assert run(path) == 0
        except (ConfigError, StorageError) as error:
            failed = error
        if failed is not None:
            assert os.strerror(number) in str(failed)
            assert "\n" not in str(failed)
            if isinstance(failed, StorageError):
                assert shlex.split(str(failed).split("go on with: ")[1])[-1] == f"--out={path}"
            assert not list(tmp_path.rglob(".*partial*"))
            assert run(path) == 0
        assert found(path) == left


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_at_once_and_the_hint_goes_on(
    tmp_path: Path,
    whole: tuple[dict[str, Any], int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    number: signal.Signals,
) -> None:
    left, _ = whole
    learn, path, calls = Walker.learn, tmp_path / "it's here", []

    def stopped(self: Walker, until: int) -> None:
        calls.append(until)
        if len(calls) == 3:  # of the second run, after its first checkpoint
            signal.raise_signal(number)
        learn(self, until)

    monkeypatch.setattr(Walker, "learn", stopped)
    words = ["benchmark", "--suite=two", f"--configs={tmp_path / 'suites'}", f"--out={path}"]
    capsys.readouterr()
    with pytest.raises(SystemExit) as end:
        main([*words, "--only=[one, two]", "--seeds=1"])
    assert end.value.code == 128 + number
    hint = shlex.split(capsys.readouterr().out.splitlines()[-1])
    assert hint == [
        "dsrl",
        "benchmark",
        *words[1:3],
        '--only=["one", "two"]',
        "--seeds=1",
        words[3],
    ]
    with pytest.raises(SystemExit) as end:
        main(hint[1:])
    assert end.value.code == 0
    assert calls[3:] == [12, 18]
    assert found(path) == left
