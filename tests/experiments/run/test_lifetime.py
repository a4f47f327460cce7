"""A contestant's run: measured from mark to mark, saved and resumed."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path

import pytest
from plans import suite

from dsrl_agent.experiments.plan.suite import World
from dsrl_agent.experiments.run import lifetime
from dsrl_agent.experiments.run.checkpoints import RunCheckpoints
from dsrl_agent.experiments.run.lifetime import Lifetime
from dsrl_agent.experiments.worlds.making import unseen_env
from dsrl_agent.runtime.envs import View


def test_a_run_of_the_first_seed_ends_with_a_film(tmp_path: Path) -> None:
    learner, oracle, second = suite(tmp_path).tasks()
    rows = list(Lifetime(learner).rows())
    marks = [(row["kind"], row["test"], row["in"], row["steps"]) for row in rows[:-1]]
    assert marks == [
        ("measure", "mixed", "mixed", 30),
        ("measure", "mixed", "mixed", 60),
        ("measure", "swapped", "swapped", 60),
        ("measure", "swapped", "swapped", 90),
        ("measure", "large", "swapped", 90),
    ]
    assert (rows[-1]["kind"], rows[-1]["test"]) == ("film", "swapped")
    assert rows[0]["cpu_seconds"] <= rows[3]["cpu_seconds"]
    (measured, film) = Lifetime(oracle).rows()
    assert measured["returns"] == measured["positives"]
    assert len(film["acts"]) == measured["lengths"][0]
    assert [row["kind"] for row in Lifetime(second).rows()] == ["measure"] * 5


def test_the_training_measure_adds_every_episode(tmp_path: Path) -> None:
    run = {"contestants": ["learner"], "train": "mixed", "marks": [60], "seeds": 1, "episodes": 1}
    (task,) = suite(tmp_path, runs=[{**run, "measures": ["training"]}]).tasks()
    (training,) = [row for row in Lifetime(task).rows() if row["kind"] == "training"]
    assert training["steps"] == 60
    returns, good, bad = (training[name] for name in ("returns", "good", "bad"))
    assert len(returns) == len(good) == len(bad) > 1
    assert returns == [plus - minus for plus, minus in zip(good, bad, strict=True)]


def test_tests_see_frames_as_training_does_and_end_at_their_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    views: list[View | None] = []

    def spy(world: World, view: View | None) -> object:
        views.append(view)
        return unseen_env(world, view)

    monkeypatch.setattr(lifetime, "unseen_env", spy)
    run = {"contestants": ["learner"], "train": "lake", "marks": [40], "seeds": 1, "episodes": 50}
    plan = suite(
        tmp_path,
        worlds={"lake": {"id": "FrozenLake-v1", "solved": 1.0}},
        runs=[{**run, "most_steps": 60}],
    )
    (task,) = plan.tasks()
    measured, film = Lifetime(task).rows()
    assert views
    assert all(view is not None and view.rendered and view.factor > 1 for view in views)
    assert measured["stopped"] == "after 60 steps"
    assert sum(measured["lengths"]) <= 60
    assert set(measured["positives"]) == {None}
    assert film["kind"] == "film"


def test_a_resumed_run_goes_on_as_if_it_had_not_stopped(tmp_path: Path) -> None:
    settings = {
        "budget": 120, "buffer": 120, "learning_starts": 20, "network": "small", "features": 8,
        "batch": 4,
    }  # fmt: skip
    runs = {"contestants": ["DQN"], "train": "mixed", "marks": [40, 80, 120], "episodes": 2}
    plan = suite(
        tmp_path,
        contestants={"DQN": {"kind": "dqn", "settings": settings}},
        runs=[{**runs, "seeds": 1}],
    )
    (task,) = plan.tasks()
    whole = list(Lifetime(task).rows())
    session = {
        "task": task.described(), "started": "noon", "git": {"revision": "a"}, "device": "cpu",
    }  # fmt: skip
    stopped = Lifetime(task, RunCheckpoints(tmp_path / "kept", session, seconds=0.0)).rows()
    first = [next(stopped), next(stopped)]  # the checkpoint of 40 steps is on disk, none of 80
    assert isinstance(stopped, Generator)
    stopped.close()
    state = tmp_path / "kept" / "state.json"
    old = json.loads(state.read_text())
    old["header"]["seconds"] = 70.0
    state.write_text(json.dumps(old))
    later = {**session, "started": "one", "git": {"revision": "b"}, "device": "a GPU"}
    kept = RunCheckpoints(tmp_path / "kept", later)
    resumed = list(Lifetime(task, kept).rows())
    header = kept.header()
    assert (header["started"], header["git"]) == ("noon", {"revision": "a"})
    assert header["device"] == "cpu"
    again = {"started": "one", "git": {"revision": "b"}, "device": "a GPU"}
    assert header["resumed"] == [again]
    assert 70 < header["seconds"] < 130  # this session's are added
    assert resumed[0] == first[0]  # read from the disk
    for a, b in zip(whole, resumed, strict=True):
        assert (a["steps"], a.get("returns"), a.get("acts")) == (
            b["steps"], b.get("returns"), b.get("acts"),
        )  # fmt: skip
