"""Run a benchmark suite: check its plan, make its folder, and give its runs to the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dsrl_agent.back_end import choose_device
from dsrl_agent.baselines.available import free_memory, require_memory
from dsrl_agent.baselines.qrdqn import require_contrib
from dsrl_agent.errors import CheckpointError, ConfigError
from dsrl_agent.experiments.analysis.results import FORMAT
from dsrl_agent.experiments.contestants.learners import buffer_bytes_of, settings_of
from dsrl_agent.experiments.plan.suite import Suite, Task
from dsrl_agent.experiments.run.checkpoints import Row, RunCheckpoints
from dsrl_agent.experiments.run.engine import Backend, RunSummary, is_finished, run_tasks
from dsrl_agent.experiments.run.executors import require_executor
from dsrl_agent.experiments.run.lifetime import Lifetime
from dsrl_agent.experiments.run.measures import MEASURES
from dsrl_agent.records import RunFolder

_BUFFERED = ("dqn", "qrdqn")


@dataclass(frozen=True)
class SuiteRun:
    """A run of a suite, as the engine takes it."""

    task: Task

    @property
    def key(self) -> str:
        """The task's own."""
        return self.task.key

    @property
    def question(self) -> str:
        """The suite's."""
        return self.task.question

    def described(self) -> Mapping[str, Any]:
        """Return everything that decides the run."""
        return self.task.described()

    def rows(self, checkpoints: RunCheckpoints, device: str) -> Iterator[Row]:
        """Yield a row for each measurement."""
        return Lifetime(self.task, checkpoints, device).rows()


def run_suite(
    suite: Suite,
    path: Path,
    jobs: int | None = None,
    backend: Backend = "joblib",
    device: str = "cpu",
) -> RunSummary:
    """Run what is not yet on disk of a suite.

    Args:
        suite: The plan.
        path: The benchmark's folder; an existing one is resumed.
        jobs: Runs at once; by default 1, or as many as a Ray cluster has room for.
        backend: Where they run: on this machine, or on a Ray cluster.
        device: Where their networks run: auto, cpu or cuda. Each run's header names its device.

    Raises:
        ConfigError: A contestant's settings break their rule, a library is not installed, the
            replay buffers of all runs at once do not fit into memory, there is no such device, or
            the folder holds another plan.
        CheckpointError: The folder is no benchmark's, or of another version.
    """
    require_executor(backend)
    tasks = list(suite.tasks())
    require_runnable(tasks)
    if any(task.contestant.kind == "qrdqn" for task in tasks):
        require_contrib()
    runs = [SuiteRun(task) for task in tasks]
    folder = _existing_folder(suite, path) if path.exists() else None
    if backend == "joblib":  # the devices and the memory of a cluster are not known here
        choose_device(device)
        left = [run.task for run in runs if not is_finished(path, run)]
        _require_memory(left, jobs or 1)
    with folder or _new_folder(suite, path):
        return run_tasks(runs, path, jobs, backend, device, suite.name)


def require_runnable(tasks: Sequence[Task]) -> None:
    """Refuse a plan that cannot succeed, before anything is run.

    Raises:
        ConfigError: Settings that break their rule, an unknown measure, a budget that is not the
            last mark, or marks within a rollout.
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
    """Refuse replay buffers that do not fit into memory together, even if each alone does."""
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


def _new_folder(suite: Suite, path: Path) -> RunFolder:
    described = {"benchmark": suite.name, "format": FORMAT, "question": suite.question}
    return RunFolder.create(path, described, 0)


def _existing_folder(suite: Suite, path: Path) -> RunFolder:
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
