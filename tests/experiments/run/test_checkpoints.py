"""Checkpoints of a run: when they are written, and what they restore."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium as gym
import pytest

from dsrl_agent.errors import CheckpointError, ConfigError
from dsrl_agent.experiments.contestants.agent_learner import MakeEnv
from dsrl_agent.experiments.contestants.learners import Resumable
from dsrl_agent.experiments.run.checkpoints import Kept, RunCheckpoints, stored_state
from dsrl_agent.runtime.episodes import Actor

SPENT = {"cpu_seconds": 1.0, "wall_seconds": 2.0}


class Unsaved:
    """A learner that only counts, and cannot be saved."""

    def __init__(self) -> None:
        self.steps = 0

    def learn(self, until: int) -> None:
        self.steps = until

    def move(self, make: MakeEnv) -> None: ...

    def actor(self, env: gym.Env[Any, Any]) -> Actor:
        raise NotImplementedError

    def size_bytes(self) -> int:
        return 0


class Saved(Unsaved):
    """One that can be saved."""

    def save(self, path: Path) -> None:
        path.mkdir(parents=True)
        (path / "steps").write_text(str(self.steps))

    def load(self, path: Path) -> None:
        self.steps = int((path / "steps").read_text())


def header(**more: Any) -> dict[str, Any]:
    return {"task": {"seed": 1}, "started": "noon", "git": None, "device": "cpu", **more}


def test_the_newest_checkpoint_is_restored_into_a_new_learner(tmp_path: Path) -> None:
    folder, learner = tmp_path / "run", Saved()
    kept = RunCheckpoints(folder, header(), seconds=0.0)
    assert kept.restore(learner, SPENT) == ([], SPENT, [])
    for until in (10, 20):
        learner.learn(until)
        kept.save(learner, Kept([{"steps": until}], {"cpu_seconds": until}, [[until, 1, 0]]))
    assert [path.name for path in folder.glob("at-*")] == ["at-20"]
    new = Saved()
    later = RunCheckpoints(folder, header(started="one", device="a GPU"))
    assert later.restore(new, SPENT) == ([{"steps": 20}], {"cpu_seconds": 20}, [[20, 1, 0]])
    assert new.steps == 20
    told = later.header()
    assert (told["started"], told["device"]) == ("noon", "cpu")
    assert told["resumed"] == [{"started": "one", "git": None, "device": "a GPU"}]


def test_checkpoints_are_as_far_apart_as_they_should_be(tmp_path: Path) -> None:
    kept = RunCheckpoints(tmp_path / "run", header(), seconds=60.0)
    kept.save(Saved(), Kept([], SPENT, []))
    assert not (tmp_path / "run").exists()


def test_a_learner_that_cannot_be_saved_leaves_nothing(tmp_path: Path) -> None:
    assert isinstance(Saved(), Resumable)
    assert not isinstance(Unsaved(), Resumable)
    kept = RunCheckpoints(tmp_path / "run", header(), seconds=0.0)
    kept.save(Unsaved(), Kept([], SPENT, []))
    assert not (tmp_path / "run").exists()
    assert stored_state(tmp_path / "run", {"seed": 1}) is None


def test_a_checkpoint_of_another_run_or_version_is_refused(tmp_path: Path) -> None:
    kept = RunCheckpoints(tmp_path, header(), seconds=0.0)
    kept.save(Saved(), Kept([], SPENT, []))
    with pytest.raises(ConfigError, match="holds pieces of a run with other settings"):
        RunCheckpoints(tmp_path, header(task={"seed": 2}))
    (tmp_path / "state.json").write_text('{"rows": []}')
    with pytest.raises(CheckpointError, match="written by another version"):
        stored_state(tmp_path, {"seed": 1})


def test_a_damaged_state_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text('{"header": NaN')
    with pytest.raises(CheckpointError, match=r"state.json is damaged .*; delete its folder"):
        stored_state(tmp_path, {})
