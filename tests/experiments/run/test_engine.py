"""The engine: each task once, on disk when it is finished, its errors written down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dsrl_agent.errors import CheckpointError, ConfigError
from dsrl_agent.experiments.run import engine
from dsrl_agent.experiments.run.checkpoints import Row, RunCheckpoints
from dsrl_agent.experiments.run.engine import (
    RunSummary,
    is_finished,
    read_failures,
    run_one,
    run_tasks,
)
from dsrl_agent.experiments.run.executors import Killed
from dsrl_agent.records.versions import describe_checkout


@dataclass
class Squares:
    """Yields squares; keeps the keys of those that were run; may fail or be interrupted."""

    key: str
    upto: int = 2
    error: BaseException | None = None
    ran: list[str] = field(default_factory=list)
    question: str = "How large?"

    def described(self) -> dict[str, Any]:
        return {"name": self.key, "upto": self.upto}

    def rows(self, checkpoints: RunCheckpoints, device: str) -> Iterator[Row]:
        self.ran.append(self.key)
        for number in range(self.upto):
            yield {"kind": "square", "value": number**2}
        if self.error is not None:
            raise self.error


def lines(path: Path, key: str) -> list[Any]:
    return [json.loads(line) for line in (path / "runs" / f"{key}.jsonl").read_text().splitlines()]


@pytest.mark.slow
def test_a_result_is_a_header_and_rows(tmp_path: Path) -> None:
    summary = run_tasks([Squares("a", 3), Squares("b")], tmp_path)
    assert summary == RunSummary(tmp_path, 2, ())
    header, *rows = lines(tmp_path, "a")
    assert rows == [{"kind": "square", "value": value} for value in (0, 1, 4)]
    assert header["kind"] == "run"
    assert header["task"] == {"name": "a", "upto": 3}
    assert (header["question"], header["device"]) == ("How large?", "cpu")
    assert header["versions"]["numpy"]
    assert header["seconds"] >= 0
    checkout = describe_checkout(Path(engine.__file__))
    assert (header["git"] and header["git"]["revision"]) == (checkout and checkout["revision"])


@pytest.mark.slow
def test_a_finished_task_is_not_run_again(tmp_path: Path) -> None:
    ran: list[str] = []
    run_tasks([Squares("a", ran=ran)], tmp_path)
    assert run_tasks([Squares("a", ran=ran), Squares("b", ran=ran)], tmp_path).finished == 2
    assert ran == ["a", "b"]
    assert is_finished(tmp_path, Squares("b"))
    assert not is_finished(tmp_path, Squares("c"))


@pytest.mark.slow
def test_an_interrupted_experiment_keeps_what_is_finished(tmp_path: Path) -> None:
    ran: list[str] = []
    stopped = Squares("b", error=KeyboardInterrupt(), ran=ran)
    with pytest.raises(KeyboardInterrupt):
        run_tasks([Squares("a", ran=ran), stopped, Squares("c", ran=ran)], tmp_path)
    tasks = [Squares(key, ran=ran) for key in "abc"]
    assert run_tasks(tasks, tmp_path) == RunSummary(tmp_path, 3, ())
    assert ran == ["a", "b", "b", "c"]


@pytest.mark.slow
def test_a_failure_is_written_down_and_the_rest_goes_on(tmp_path: Path) -> None:
    bad = Squares("b", error=ZeroDivisionError("by nothing"))
    assert run_tasks([Squares("a"), bad, Squares("c")], tmp_path) == RunSummary(tmp_path, 2, ("b",))
    assert list(read_failures(tmp_path)) == [("b", "ZeroDivisionError: by nothing")]
    failure = json.loads((tmp_path / "failed" / "b.json").read_text())
    assert "test_engine.py" in failure["trace"]
    assert failure["task"] == {"name": "b", "upto": 2}
    assert run_tasks([Squares("b")], tmp_path).failed == ()
    assert list(read_failures(tmp_path)) == []


@pytest.mark.slow
def test_a_killed_process_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def with_one_killed(work: Any, calls: Any, jobs: int) -> Iterator[Any]:
        yield Killed(calls[0], "signal 9")
        yield from (work(*call) for call in calls[1:])

    monkeypatch.setattr(engine, "EXECUTORS", {"joblib": with_one_killed})
    tasks = [Squares("a"), Squares("b")]
    assert run_tasks(tasks, tmp_path).failed == ("a",)
    ((_, error),) = read_failures(tmp_path)
    assert error == "Its process was killed, most likely for want of memory (signal 9)"
    monkeypatch.undo()
    assert run_tasks(tasks, tmp_path).failed == ()
    assert list(read_failures(tmp_path)) == []


def test_a_worker_without_the_device_loses_its_task_and_names_the_device(tmp_path: Path) -> None:
    done = run_one(Squares("a"), tmp_path / "pieces", "cuda:99")
    assert (done.key, done.rows) == ("a", [])
    assert done.error is not None
    assert done.error["error"].startswith("device is 'cuda:99', but no such device is here")


def test_a_result_with_other_settings_is_not_overwritten(tmp_path: Path) -> None:
    run_tasks([Squares("a")], tmp_path)
    with pytest.raises(ConfigError, match=r"a\.jsonl is of a run with other settings"):
        run_tasks([Squares("a", upto=5)], tmp_path)
    assert len(lines(tmp_path, "a")) == 3


def test_a_checkpoint_of_another_run_is_refused_before_anything_is_run(tmp_path: Path) -> None:
    ran: list[str] = []
    tasks = [Squares("a", ran=ran), Squares("b", ran=ran)]
    (folder := tmp_path / "pieces" / "b").mkdir(parents=True)
    (folder / "state.json").write_text('{"header": {"task": {"seed": 3}}}')
    with pytest.raises(ConfigError, match="b holds pieces of a run with other settings"):
        run_tasks(tasks, tmp_path)
    (folder / "state.json").write_text('{"rows": []}')
    with pytest.raises(CheckpointError, match="written by another version"):
        run_tasks(tasks, tmp_path)
    assert ran == []
