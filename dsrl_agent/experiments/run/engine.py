"""Runs a suite: every run in a process of its own, on disk as soon as it is finished.

An interrupted benchmark goes on in the same folder and repeats nothing; a run that fails is written
down with its error, and the others go on.
"""

from __future__ import annotations

import gc
import json
import shutil
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from dsrl_agent.back_end import choose_device, device_name
from dsrl_agent.baselines.available import free_memory, require_memory
from dsrl_agent.baselines.qrdqn import require_contrib
from dsrl_agent.errors import CheckpointError, ConfigError
from dsrl_agent.experiments.analysis.results import FORMAT, to_lines
from dsrl_agent.experiments.contestants.learners import buffer_bytes_of, settings_of
from dsrl_agent.experiments.plan.suite import Suite, Task, with_current_names
from dsrl_agent.experiments.run.checkpoints import Pieces, stored_state
from dsrl_agent.experiments.run.executors import BACKENDS, Killed, require_backend
from dsrl_agent.experiments.run.lifetime import Life, Row
from dsrl_agent.experiments.run.measures import MEASURES
from dsrl_agent.records import RunFolder
from dsrl_agent.records.files import replace, to_json
from dsrl_agent.records.versions import describe_origin

Backend = Literal["joblib", "ray"]
_BUFFERED = ("dqn", "qrdqn")
_FAILED, _RUNS, _PIECES = "failed", "runs", "pieces"


@dataclass(frozen=True)
class Outcome:
    """What became of a suite's runs.

    Attributes:
        path: The benchmark's folder.
        finished: Runs that are on disk, those of earlier calls included.
        failed: Keys of runs that failed in this call.
    """

    path: Path
    finished: int
    failed: tuple[str, ...]


@dataclass(frozen=True)
class _Done:
    key: str
    header: dict[str, Any]
    rows: list[Row]
    error: dict[str, str] | None = None


def run_suite(
    suite: Suite,
    path: Path,
    jobs: int | None = None,
    backend: Backend = "joblib",
    device: str = "cpu",
) -> Outcome:
    """Run what is not yet on disk of a suite.

    Args:
        suite: What to run.
        path: The benchmark's folder; an existing one is gone on with.
        jobs: Runs at once; if not given, 1, or what a Ray cluster has room for.
        backend: Where they run: on this machine, or on a Ray cluster.
        device: Where their networks run: auto, cpu or cuda. Each run tells which it was.

    Raises:
        ConfigError: A contestant's settings break their rule, a library is not installed, the
            replay buffers of all that run at once do not fit into memory, there is no such
            device, or the folder holds another plan.
        CheckpointError: The folder is no benchmark's, or of another version.
    """
    require_backend(backend)
    tasks = list(suite.tasks())
    require_runnable(tasks)
    if any(task.contestant.kind == "qrdqn" for task in tasks):
        require_contrib()
    if backend == "joblib":  # a cluster's devices and memory are nothing that this machine knows
        choose_device(device)
        _require_memory(
            [task for task in tasks if not _file_of(path, task.key).is_file()], jobs or 1
        )
    with _folder(suite, path):
        for name in (_RUNS, _FAILED):
            (path / name).mkdir(exist_ok=True)
        pieces = path.absolute() / _PIECES
        waiting = [task for task in tasks if not _is_done(path, task)]
        for task in waiting:  # pieces of another run are refused now, not in hours
            stored_state(pieces / task.key, task.described())
        failed = []
        bar = tqdm(total=len(tasks), initial=len(tasks) - len(waiting), desc=suite.name)
        work = BACKENDS[backend](_run_one, [(task, pieces, device) for task in waiting], jobs)
        for result in work:
            done = _of_killed(result) if isinstance(result, Killed) else result
            if _write_down(path, done):
                failed.append(done.key)
            bar.set_postfix_str(done.key, refresh=False)
            bar.update()
        bar.close()
    return Outcome(path, len(tasks) - len(failed), tuple(failed))


def require_runnable(tasks: Sequence[Task]) -> None:
    """Refuse a plan that cannot go well before anything is begun.

    Raises:
        ConfigError: Settings that break their rule, an unknown measure, a budget that is not the
            last mark, or marks in the middle of a rollout.
    """
    for task in {(t.contestant.name, t.block): t for t in tasks}.values():
        settings = settings_of(task.contestant)
        for name in task.block.measures:
            if name not in MEASURES:
                raise ConfigError(
                    f"{name!r} is no measure; it must be one of {', '.join(MEASURES)}."
                )
        budget = getattr(settings, "budget", None)
        if budget is not None and task.block.marks[-1] != budget:
            raise ConfigError(
                f"{task.contestant.name!r} has a budget of {budget} steps, but is measured up to "
                f"{task.block.marks[-1]}; make them the same: exploration falls over the budget."
            )
        rollout = getattr(settings, "rollout", 1)
        for mark in task.block.marks:
            if mark % rollout:
                raise ConfigError(
                    f"{task.contestant.name!r} learns from rollouts of {rollout} steps, but is "
                    f"measured after {mark}; give marks that are multiples of them."
                )


def _require_memory(tasks: Sequence[Task], jobs: int) -> None:
    """Refuse replay buffers that do not fit side by side, though each alone may."""
    buffered = [task for task in tasks if task.contestant.kind in _BUFFERED]
    of_kind: dict[tuple[str, str], int] = {}  # worlds may differ from seed to seed
    each = []
    for task in buffered:
        world = task.worlds[task.train]
        kind = task.contestant.name, str(world)
        if kind not in of_kind:
            of_kind[kind] = buffer_bytes_of(task.contestant, world)
        each.append(of_kind[kind])
    at_once = sorted(each, reverse=True)[:jobs]
    if at_once:
        task = buffered[int(np.argmax(each))]
        require_memory(
            sum(at_once),
            free_memory(),
            f"The replay buffers of {len(at_once)} runs at once, of which "
            f"{task.contestant.name!r} in {task.train!r} has the largest,",
            "give fewer --jobs, or a smaller `buffer`.",
        )


def _run_one(task: Task, pieces: Path, device: str) -> _Done:
    """Run a task, in whatever process this is."""
    try:
        name = device_name(device)
    except ConfigError as error:  # a cluster's worker may lack what its driver has
        return _lost(task, str(error))
    torch.set_num_threads(1)
    gc.collect()  # the last run's replay buffer counts in no other's memory
    origin = describe_origin()
    header = {
        "task": task.described(),
        "question": task.question,
        "versions": {"python": origin["python"], **origin["packages"]},
        "platform": origin["platform"],
        "device": name,
        "git": origin["git"],
        "started": origin["started"],
    }
    kept = Pieces(pieces / task.key, header)
    with threadpool_limits(1):
        try:
            rows = list(Life(task, kept, device).rows())
        except Exception as error:
            told = {"error": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}
            return _Done(task.key, kept.header(), [], told)
    return _Done(task.key, kept.header(), rows)


def _of_killed(killed: Killed) -> _Done:
    task, *_ = killed.call
    return _lost(task, f"Its process was killed, most likely for want of memory ({killed.why})")


def _lost(task: Task, error: str) -> _Done:
    return _Done(task.key, {"task": task.described()}, [], {"error": error, "trace": ""})


def _write_down(path: Path, done: _Done) -> bool:
    """Put a run on disk; say whether it failed."""
    failure = path / _FAILED / f"{done.key}.json"
    if done.error is not None:
        replace(failure, to_json({**done.header, **done.error}))
        return True
    replace(_file_of(path, done.key), to_lines(done.header, done.rows))
    failure.unlink(missing_ok=True)
    shutil.rmtree(path / _PIECES / done.key, ignore_errors=True)
    return False


def _file_of(path: Path, key: str) -> Path:
    return path / _RUNS / f"{key}.jsonl"


def _is_done(path: Path, task: Task) -> bool:
    file = _file_of(path, task.key)
    if not file.is_file():
        return False
    with file.open(encoding="utf-8") as lines:
        header = json.loads(lines.readline())
    if with_current_names(header["task"]) != task.described():
        raise ConfigError(
            f"{file} is of a run with other settings, and is not overwritten; name another folder "
            "by --out, or delete that file to run it anew."
        )
    return True


def _folder(suite: Suite, path: Path) -> RunFolder:
    described = {"benchmark": suite.name, "format": FORMAT, "question": suite.question}
    if not path.exists():
        return RunFolder.create(path, described, 0)
    folder = RunFolder.open(path)
    stored = folder.config()
    if stored.get("format") != FORMAT:
        raise CheckpointError(
            f"{path} is of format {stored.get('format')!r}, but this version writes format "
            f"{FORMAT}; name another folder by --out."
        )
    if stored.get("benchmark") != suite.name:
        raise ConfigError(
            f"{path} holds the suite {stored.get('benchmark')!r}, not {suite.name!r}; name another "
            "folder by --out."
        )
    return folder


def read_failures(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the key and the error of each run that failed."""
    for file in sorted((path / _FAILED).glob("*.json")):
        yield file.stem, str(json.loads(file.read_text(encoding="utf-8"))["error"])
