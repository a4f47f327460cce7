"""`dsrl study objects`: read pictures of objects that no grid holds, from pictures alone."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from dsrl_agent.config.reading import nearest
from dsrl_agent.errors import ConfigError, DSRLError
from dsrl_agent.evaluation.object_metrics import foreground_ari, type_accuracy
from dsrl_agent.experiments.plan.suite import key_of
from dsrl_agent.experiments.report.table import Table
from dsrl_agent.experiments.run.checkpoints import Row, RunCheckpoints
from dsrl_agent.experiments.run.engine import read_failures, run_tasks
from dsrl_agent.experiments.studies.drawn_objects import OBJECT_WORLDS, DrawnScene
from dsrl_agent.experiments.studies.object_readers import READERS
from dsrl_agent.experiments.studies.options import ObjectsOptions
from dsrl_agent.experiments.studies.page import Page, opened_study, study_folder
from dsrl_agent.experiments.studies.scaling import read_rows
from dsrl_agent.runtime.rng import Streams

_QUICK_PICTURES = 40

Records = Sequence[Mapping[str, Any]]


class ObjectsTask(NamedTuple):
    """One reader that learns one set of pictures; the seed decides pictures and reader."""

    world: str  # a name in `OBJECT_WORLDS`
    reader: str  # a name in `READERS`
    seed: int
    pictures: int  # to learn from
    test_pictures: int

    @property
    def key(self) -> str:
        """A file name for the records."""
        return key_of(f"{self.reader}-{self.world}-{self.seed}")

    @property
    def question(self) -> str:
        """The study's."""
        return "Are objects found that no grid holds?"

    def described(self) -> dict[str, Any]:
        """Return everything that decides the records."""
        return {"study": "objects", **self._asdict()}

    def rows(self, checkpoints: RunCheckpoints, device: str) -> Iterator[Row]:
        """Yield the record."""
        yield {"kind": "objects", **self._asdict(), **measure(self)}


def study(options: ObjectsOptions) -> str:
    """Run the tasks that are not finished, and write the page; return what to print."""
    resumed, options = opened_study("objects", options, ("seeds",), now=("jobs",))
    tasks = _tasks(options)
    with resumed or study_folder("objects", options, options.first_seed) as folder:
        run_tasks(tasks, folder.path, jobs=options.jobs, title="fits")
        files = sorted((folder.path / "runs").glob("*.jsonl"))
        page = Page(folder, "Objects without a grid")
        page.say(results_table([row for file in files for row in read_rows(file)]))
        page.say(
            f"Means over seeds from {options.first_seed}; {tasks[0].pictures} pictures to learn "
            f"from, {tasks[0].test_pictures} others to measure on. ARI: adjusted Rand index of "
            "the pixels of objects. Types: share of objects of which a quarter shows that are "
            "seen with the right type, types matched one to one. Published: Slot Attention "
            "(Locatello et al. 2020), on the data sets that the pictures here are drawn after, "
            "learned from 60,000 pictures."
        )
        for key, error in read_failures(folder.path):
            page.say(f"{key} failed: {error}")
        return page.write()


def measure(task: ObjectsTask) -> dict[str, Any]:
    """Return the figures of a reader; all are 0 if it finds nothing to learn."""
    learned, test = (_scenes(task, split) for split in ("train", "test"))
    reader = READERS[task.reader]()
    start = time.process_time()
    try:
        reader.fit(np.stack([scene.frame for scene in learned]), task.seed)
    except DSRLError as error:
        return {"ari": 0.0, "type_accuracy": 0.0, "complaint": str(error)}
    seconds = time.process_time() - start
    frames = np.stack([scene.frame for scene in test])
    start = time.process_time()
    seen = reader.read(frames)
    batch_ms = 1000 * (time.process_time() - start) / len(frames)
    true = [scene.objects for scene in test]
    return {
        "ari": foreground_ari(seen, true),
        "type_accuracy": type_accuracy(seen, true, [scene.shown for scene in test]),
        "types_found": len({number for each in seen for number in each.types}),
        "types_true": OBJECT_WORLDS[task.world].types,
        "seconds": seconds,
        "batch_ms": batch_ms,
        "complaint": "",
    }


def results_table(records: Records) -> Table:
    """Return a table with a row for each set of pictures and reader."""
    rows = []
    for world, reader in dict.fromkeys((r["world"], r["reader"]) for r in records):
        group = [r for r in records if (r["world"], r["reader"]) == (world, reader)]
        published = OBJECT_WORLDS[world].published_ari
        cells = [f"{np.mean([r[name] for r in group]):.3f}" for name in ("ari", "type_accuracy")]
        lowest = [f"{min(r[name] for r in group):.3f}" for name in ("ari", "type_accuracy")]
        timed = [r for r in group if "seconds" in r]
        found = f"{np.mean([r['types_found'] for r in timed]):.1f}" if timed else "-"
        minutes = f"{np.mean([r['seconds'] for r in timed]) / 60:.2f}" if timed else "-"
        speed = f"{np.mean([r['batch_ms'] for r in timed]):.1f}" if timed else "-"
        beside = "-" if published is None else f"{published:.2f}"
        types = f"{found}/{OBJECT_WORLDS[world].types}"
        row = [world, reader, cells[0], lowest[0], cells[1], lowest[1], types, minutes, speed]
        rows.append([*row, str(len(group)), beside])
    heads = ["pictures", "reader", "ARI", "lowest", "types", "lowest", "types found/true"]
    heads += ["CPU-minutes", "ms a picture", "seeds", "published ARI"]
    return Table(heads, rows)


def _scenes(task: ObjectsTask, split: str) -> list[DrawnScene]:
    rng = Streams(task.seed).get(f"objects, {split}")
    count = task.pictures if split == "train" else task.test_pictures
    return [OBJECT_WORLDS[task.world].draw(rng) for _ in range(count)]


def _tasks(options: ObjectsOptions) -> list[ObjectsTask]:
    worlds = _known("worlds", options.worlds, list(OBJECT_WORLDS))
    readers = _known("readers", options.readers, list(READERS))
    seeds = range(options.first_seed, options.first_seed + (1 if options.quick else options.seeds))
    counts = (options.pictures, options.test_pictures)
    if options.quick:
        counts = (_QUICK_PICTURES, _QUICK_PICTURES)
    chosen = itertools.product(worlds, readers, seeds)
    return [ObjectsTask(world, reader, seed, *counts) for world, reader, seed in chosen]


def _known(name: str, given: Sequence[str] | None, known: list[str]) -> Sequence[str]:
    for each in given or ():
        if each not in known:
            raise ConfigError(f"{name} has {each!r}; {nearest(each, known)}")
    return given or known
