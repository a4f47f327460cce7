"""Run tasks, each in a process of its own, and write each result to disk when it is finished.

An interrupted experiment resumes in the same folder and repeats no finished task. A task that fails
is recorded with its error, and the others go on.
"""

from __future__ import annotations

import gc
import json
import traceback
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from dsrl_agent.back_end import device_name
from dsrl_agent.errors import CheckpointError, ConfigError, StorageError
from dsrl_agent.experiments.analysis.results import to_lines
from dsrl_agent.experiments.plan.suite import with_current_names
from dsrl_agent.experiments.run.checkpoints import Row, RunCheckpoints, stored_state
from dsrl_agent.experiments.run.executors import EXECUTORS, Killed
from dsrl_agent.records.disk import disk
from dsrl_agent.records.files import replace, stale, storing, to_json
from dsrl_agent.records.reading import parsed_json, read_fitting
from dsrl_agent.records.versions import describe_origin
from dsrl_agent.runtime.progress import progress_bar
from dsrl_agent.runtime.threads import one_thread

Backend = Literal["joblib", "ray"]
_FAILED, _RUNS, _CHECKPOINTS = "failed", "runs", "pieces"


class RunTask(Protocol):
    """One task of an experiment. It is pickled, to be run in another process."""

    @property
    def key(self) -> str:
        """A file name, unique among the tasks of a folder."""

    @property
    def question(self) -> str:
        """The question that the experiment answers."""

    def described(self) -> Mapping[str, Any]:
        """Return everything that decides the rows, equal to what JSON reads back."""

    def rows(self, checkpoints: RunCheckpoints, device: str) -> Iterable[Row]:
        """Run the task, with its networks on a device: auto, cpu or cuda."""


@dataclass(frozen=True)
class RunSummary:
    """The state of an experiment's tasks in its folder."""

    path: Path
    finished: int  # tasks that are on disk, those of earlier calls included
    failed: tuple[str, ...]  # keys of tasks that failed in this call


@dataclass(frozen=True)
class _Result:
    key: str
    header: dict[str, Any]
    rows: list[Row]
    error: dict[str, str] | None = None


def run_tasks(
    tasks: Sequence[RunTask],
    path: Path,
    jobs: int | None = None,
    backend: Backend = "joblib",
    device: str = "cpu",
    title: str = "tasks",
) -> RunSummary:
    """Run those of an experiment's tasks that are not yet on disk.

    The experiment's folder exists. Finished tasks are in `runs/`, errors in `failed/`, checkpoints
    of unfinished tasks in `pieces/`. `jobs` tasks run at once: by default 1, or as many as a Ray
    cluster has room for. Networks run on a device: auto, cpu or cuda, which each result names. The
    title stands before the progress bar.

    Raises:
        ConfigError: The folder holds a task of the same key with other settings.
        CheckpointError: It holds a checkpoint of another version.
        StorageError: Nothing can be written there. What is finished stays.
    """
    checkpoints = path.absolute() / _CHECKPOINTS
    waiting = [task for task in tasks if not is_finished(path, task)]
    with storing(path):
        _tidy(path, {task.key for task in tasks} - {task.key for task in waiting})
    for task in waiting:  # a checkpoint of another run is refused now, not in hours
        stored_state(checkpoints / task.key, task.described())
    failed = []
    with progress_bar(total=len(tasks), initial=len(tasks) - len(waiting), desc=title) as bar:
        calls = [(task, checkpoints, device) for task in waiting]
        with closing(EXECUTORS[backend](run_one, calls, jobs)) as results:
            for done in map(_result, results):
                if _write_down(path, done):
                    failed.append(done.key)
                bar.set_postfix_str(done.key, refresh=False)
                bar.update()
    return RunSummary(path, len(tasks) - len(failed), tuple(failed))


def _tidy(path: Path, finished: Collection[str]) -> None:
    """Make the folders of an experiment, and remove what a killed process left there."""
    for folder in (path / _RUNS, path / _FAILED):
        if not folder.exists():
            disk().make_folder(folder)
        for partial in stale(folder / "*"):
            disk().remove(partial)
    for key in finished:
        _remove_leftovers(path, key)


def _remove_leftovers(path: Path, key: str) -> None:
    """Remove the error and the checkpoints of a task that is finished."""
    for left in (path / _FAILED / f"{key}.json", path / _CHECKPOINTS / key):
        if left.exists():
            disk().remove(left)


def _result(done: _Result | Killed) -> _Result:
    """Return the result of a task; that of a killed process is an error."""
    if not isinstance(done, Killed):
        return done
    why = f"most likely for want of memory ({done.why})"
    return _lost(done.call[0], f"Its process was killed, {why}")


def run_one(task: RunTask, checkpoints: Path, device: str) -> _Result:
    """Run a task in this process; an error that it raises is part of the result.

    Raises:
        StorageError: A checkpoint cannot be written, which is no fault of the task.
    """
    try:
        name = device_name(device)
    except ConfigError as error:  # a cluster's worker may lack the device that its driver has
        return _lost(task, str(error))
    gc.collect()  # else the peak memory of this task counts the last one's replay buffer
    origin = describe_origin()
    versions = {"python": origin["python"], **origin["packages"]}
    header = {"task": task.described(), "question": task.question, "versions": versions}
    header |= {"platform": origin["platform"], "device": name}
    header |= {"git": origin["git"], "started": origin["started"]}
    kept = RunCheckpoints(checkpoints / task.key, header)
    with one_thread():
        try:
            rows = list(task.rows(kept, device))
        except StorageError:
            raise
        except Exception as error:
            failure = {"error": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}
            return _Result(task.key, kept.header(), [], failure)
    return _Result(task.key, kept.header(), rows)


def is_finished(path: Path, task: RunTask) -> bool:
    """Return whether a task's result is in an experiment's folder.

    Raises:
        ConfigError: The result of that key is of a task with other settings.
    """
    file = path / _RUNS / f"{task.key}.jsonl"
    if not file.is_file():
        return False
    try:
        header = read_fitting(file).partition(b"\n")[0]
        stored = with_current_names(parsed_json(header)["task"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(
            f"Line 1 of {file} is no header of results ({error}); delete that file to run it anew."
        ) from error
    if stored != task.described():
        raise ConfigError(
            f"{file} is of a run with other settings, and is not overwritten; name another folder "
            "by --out, or delete that file to run it anew."
        )
    return True


def read_failures(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the key and the error of each task that failed, from an experiment's folder."""
    for file in sorted((path / _FAILED).glob("*.json")):
        yield file.stem, str(json.loads(file.read_text(encoding="utf-8"))["error"])


def _lost(task: RunTask, error: str) -> _Result:
    return _Result(task.key, {"task": task.described()}, [], {"error": error, "trace": ""})


def _write_down(path: Path, done: _Result) -> bool:
    """Write a task's result or its error, and return whether it failed."""
    with storing(path):
        if done.error is not None:
            failure = to_json({**done.header, **done.error})
            replace(path / _FAILED / f"{done.key}.json", failure)
            return True
        replace(path / _RUNS / f"{done.key}.jsonl", to_lines(done.header, done.rows))
        _remove_leftovers(path, done.key)
    return False
