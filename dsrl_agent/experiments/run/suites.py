"""Run a benchmark suite: check its plan, make its folder, and give its runs to the engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from dsrl_agent.back_end import choose_device
from dsrl_agent.baselines.available import require_memory
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
from dsrl_agent.records.reading import free_memory

_BUFFERED = ("dqn", "qrdqn")


class SuiteRun(Task):
    """A run of a suite, as the engine takes it."""

    def rows(self, checkpoints: RunCheckpoints, device: str) -> Iterator[Row]:
        """Yield a row for each measurement."""
        return Lifetime(self, checkpoints, device).rows()


def run_suite(
    suite: Suite,
    path: Path,
    jobs: int | None = None,
    backend: Backend = "joblib",
    device: str = "cpu",
) -> RunSummary:
    """Run what is not yet on disk of a suite; a folder that exists is resumed.

    `jobs`, `backend` and `device` are those of `engine.run_tasks`.

    Raises:
        ConfigError: A contestant's settings break their rule, a library is not installed, the
            replay buffers of all runs at once do not fit into memory, there is no such device, or
            the folder holds another plan.
        CheckpointError: The folder is no benchmark's, or of another version.
    """
    require_executor(backend)
    runs = [SuiteRun(**vars(task)) for task in suite.tasks()]
    require_runnable(runs)
    if any(run.contestant.kind == "qrdqn" for run in runs):
        require_contrib()
    folder = _existing_folder(suite, path) if path.exists() else None
    if backend == "joblib":  # the devices and the memory of a cluster are not known here
        choose_device(device)
        _require_memory([run for run in runs if not is_finished(path, run)], jobs or 1)
    described = {"benchmark": suite.name, "format": FORMAT, "question": suite.question}
    with folder or RunFolder.create(path, described, 0):
        return run_tasks(runs, path, jobs, backend, device, suite.name)


def require_runnable(tasks: Sequence[Task]) -> None:
    """Refuse a plan that cannot succeed, before anything is run.

    Raises:
        ConfigError: Settings that break their rule, an unknown measure, a budget that is not the
            last mark, or marks within a rollout.
    """
    for task in {(t.contestant.name, t.block): t for t in tasks}.values():
        name, marks, settings = task.contestant.name, task.block.marks, settings_of(task.contestant)
        if unknown := [one for one in task.block.measures if one not in MEASURES]:
            known = ", ".join(MEASURES)
            raise ConfigError(f"{unknown[0]!r} is no measure; it must be one of {known}.")
        budget = getattr(settings, "budget", None)
        if budget is not None and marks[-1] != budget:
            raise ConfigError(
                f"{name!r} has a budget of {budget} steps, but is measured up to {marks[-1]}; make "
                "them the same: exploration falls over the budget."
            )
        rollout = getattr(settings, "rollout", 1)
        if within := [mark for mark in marks if mark % rollout]:
            raise ConfigError(
                f"{name!r} learns from rollouts of {rollout} steps, but is measured after "
                f"{within[0]}; give marks that are multiples of them."
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
    if not buffered:
        return
    at_once = sorted(each, reverse=True)[:jobs]
    task = buffered[each.index(at_once[0])]
    what = f"The replay buffers of {len(at_once)} runs at once, of which {task.contestant.name!r}"
    what += f" in {task.train!r} has the largest,"
    remedy = "give fewer --jobs, or a smaller `buffer`."
    require_memory(sum(at_once), free_memory(), what, remedy)


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
    return folder.claim()
