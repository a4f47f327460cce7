"""`dsrl study scaling`: measure sight as scenes get harder, with each back end, sight and seed.

In each task the agent learns from frames of random play in worlds whose cell size and border it is
not told, with one fit. Its facts are then compared with the truth in worlds of the test split.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dsrl_agent.back_end import choose_device
from dsrl_agent.config import AgentConfig
from dsrl_agent.config.reading import nearest
from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.plan.suite import key_of
from dsrl_agent.experiments.run.checkpoints import Row, RunCheckpoints
from dsrl_agent.experiments.run.engine import read_failures, run_tasks
from dsrl_agent.experiments.studies.options import ScalingOptions
from dsrl_agent.experiments.studies.page import opened_study, study_folder
from dsrl_agent.experiments.studies.scaling_back_ends import BACK_ENDS, FOR_STILLS, is_registered
from dsrl_agent.experiments.studies.scaling_measure import measure_rung
from dsrl_agent.experiments.studies.scaling_page import scaling_page
from dsrl_agent.experiments.studies.scaling_rungs import QUICK, RUNGS
from dsrl_agent.experiments.studies.scaling_stills import STILL_SIGHTS, STILLS, measure_stills
from dsrl_agent.records import RunFolder

_QUICK_FRAMES, _QUICK_BACK_ENDS = 200, ("default", "pixels")
_METRICS = "metrics.jsonl"  # where revisions up to 7a99ea7 wrote their records


class SightTask(NamedTuple):
    """One fit to frames of random play; the seed decides worlds, actions and weights."""

    rung: str  # a name in `RUNGS` or `STILLS`
    back_end: str  # a name in `BACK_ENDS`
    seed: int
    frames: int

    @property
    def key(self) -> str:
        """A file name for the records."""
        return key_of(f"{self.back_end}-{self.rung}-{self.seed}")

    @property
    def question(self) -> str:
        """The study's."""
        return "How far does sight carry as scenes get harder?"

    @property
    def measured(self) -> tuple[str, ...]:
        """The rungs that are measured with this fit, the one that is learned first."""
        return (self.rung, *(RUNGS[self.rung].also if self.rung in RUNGS else ()))

    def described(self) -> dict[str, Any]:
        """Return everything that decides the records."""
        return {"study": "scaling", **self._asdict()}

    def rows(self, checkpoints: RunCheckpoints, device: str) -> Iterator[Row]:
        """Yield a record for each rung that is measured."""
        for record in measure(self, device):
            yield {"kind": "scaling", **record}


def study(options: ScalingOptions) -> str:
    """Run the tasks that are not finished, and write the page; return what to print."""
    resumed, options = opened_study("scaling", options, ("seeds",), now=("jobs", "device"))
    choose_device(options.device)
    tasks = _tasks(options)
    with resumed or study_folder("scaling", options, options.first_seed) as folder:
        old = {_identity(record) for record in read_records(folder.path / _METRICS)}
        left = [x for x in tasks if not old.issuperset((n, x.back_end, x.seed) for n in x.measured)]
        run_tasks(left, folder.path, jobs=options.jobs, device=options.device, title="fits")
        return _page(folder, _frames(options))


def measure(task: SightTask, device: str = "cpu") -> Iterator[dict[str, Any]]:
    """Learn a rung, and yield a record of it and of each that is measured with the same weights.

    The network runs on a device: auto, cpu or cuda.
    """
    settings = BACK_ENDS[task.back_end].settings(AgentConfig())
    of = {"rung": task.rung, "back_end": task.back_end, "seed": task.seed}
    if task.rung in STILLS:
        yield {**of, **measure_stills(task.rung, settings, task.seed, device)}
        return
    rung = RUNGS[task.rung]
    for record in measure_rung(rung, task.rung, settings, task.seed, task.frames, device):
        yield {**of, **record}


def read_records(path: Path) -> list[dict[str, Any]]:
    """Return the newest record of each rung, back end and seed.

    The path is a study's folder, or a file of records: of the engine's runs, or as revisions up to
    7a99ea7 wrote them.
    """
    parts = [path / _METRICS, *sorted((path / "runs").glob("*.jsonl"))]
    files = [file for file in (parts if path.is_dir() else [path]) if file.is_file()]
    records = [record for file in files for record in read_rows(file)]
    return list({_identity(record): record for record in records}.values())


def read_rows(file: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a file, each with the revision and the device of its run.

    A last line that a kill cut off is left out.
    """
    shared: dict[str, Any] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.endswith("}"):
            continue
        row = json.loads(line)
        if row.get("kind") == "run":
            shared = {"revision": (row["git"] or {}).get("revision"), "device": row["device"]}
        else:
            yield {**shared, **row}


def _page(folder: RunFolder, frames: int) -> str:
    page = scaling_page(folder, read_records(folder.path), frames)
    failures = list(read_failures(folder.path))
    if failures:
        key, error = failures[0]
        page.say(
            f"{len(failures)} fits failed, the first of them {key} ({error}). To try them again, "
            f"give --resume {folder.path}."
        )
    return page.write()


def _identity(record: Mapping[str, Any]) -> tuple[str, str, int]:
    return record["rung"], record["back_end"], record["seed"]


def _frames(options: ScalingOptions) -> int:
    return _QUICK_FRAMES if options.quick else options.frames


def _tasks(options: ScalingOptions) -> list[SightTask]:
    known = [*RUNGS, *STILLS]
    rungs = _chosen("rungs", options.rungs, QUICK if options.quick else known, known)
    rows = [name for name in BACK_ENDS if is_registered(name)]
    usual = _QUICK_BACK_ENDS if options.quick else rows
    back_ends = _chosen("back_ends", options.back_ends, usual, rows)
    seeds = range(options.first_seed, options.first_seed + (1 if options.quick else options.seeds))
    return [
        SightTask(rung, back_end, seed, _frames(options))
        for back_end, seed, rung in itertools.product(back_ends, seeds, rungs)
        if rung in RUNGS or (back_end in FOR_STILLS and BACK_ENDS[back_end].sight in STILL_SIGHTS)
    ]


def _chosen(
    name: str, given: Sequence[str] | None, usual: Sequence[str], known: Sequence[str]
) -> Sequence[str]:
    for each in given or ():
        if each not in known:
            raise ConfigError(f"{name} has {each!r}; {nearest(each, list(known))}")
    return given or usual
