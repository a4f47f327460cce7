"""`dsrl study scaling`: how far sight carries as scenes get harder.

Every rung of the ladder, with every back end and for every seed: frames of random play in worlds
whose cell size and border are not told, one fit, and its facts against the truth in worlds of the
test split.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from joblib import Parallel, delayed
from tqdm.auto import tqdm

from dsrl_agent.back_end import device_name
from dsrl_agent.config import BackEndConfig, PerceptionConfig
from dsrl_agent.config.reading import nearest
from dsrl_agent.errors import ConfigError, DSRLError
from dsrl_agent.evaluation.sight_metrics import score_sight
from dsrl_agent.experiments.studies.page import resumed_study, study_folder
from dsrl_agent.experiments.studies.scaling_back_ends import BACK_ENDS, WITH_NETWORK, encoder_maker
from dsrl_agent.experiments.studies.scaling_measure import Film, film
from dsrl_agent.experiments.studies.scaling_options import ScalingOptions
from dsrl_agent.experiments.studies.scaling_page import scaling_page
from dsrl_agent.experiments.studies.scaling_rungs import QUICK, RUNGS
from dsrl_agent.experiments.studies.scaling_stills import STILLS, measure_stills
from dsrl_agent.perception.perception import Perception
from dsrl_agent.records.versions import describe_checkout

_TEST_FRAMES, _FEWER_TEST_FRAMES = 400, 100  # the fewer in worlds of more cells than that:
_LARGE = 100
_EPISODE = 25  # steps of a test world, that there may be many
_QUICK_FRAMES, _QUICK_BACK_ENDS = 200, ("default", "pixels")


class Job(NamedTuple):
    """One fit: a rung or a kind of still pictures, a back end, a seed."""

    rung: str
    back_end: str
    seed: int


def study(options: ScalingOptions) -> str:
    """Run what has not been run yet, and write the page; returns what to print."""
    resumed = None
    if options.resume is not None:
        jobs_now, device_now = options.jobs, options.device
        resumed, options = resumed_study("scaling", options, ("jobs", "seeds", "device"))
        options = dataclasses.replace(options, jobs=jobs_now, device=device_now)
    device = device_name(options.device)
    jobs = _jobs(options)
    with resumed or study_folder("scaling", options, options.first_seed) as folder:
        done = finished(folder.path / "metrics.jsonl")
        left = [job for job in jobs if job not in done]
        revision = (describe_checkout(Path(__file__)) or {}).get("revision")
        frames = _QUICK_FRAMES if options.quick else options.frames
        fits = Parallel(n_jobs=options.jobs, return_as="generator_unordered")(
            delayed(_run)(job, frames, options.device) for job in left
        )
        for records in tqdm(fits, total=len(left), desc="fits"):
            for record in records:
                folder.log(
                    "scaling", record["seed"], {**record, "revision": revision, "device": device}
                )
        records = read_records(folder.path / "metrics.jsonl")
        return scaling_page(folder, records, frames).write()


def measure(job: Job, frames: int, device: str = "cpu") -> Iterator[dict[str, Any]]:
    """Learn a rung, and yield a record of it and of each that is measured with the same weights.

    Args:
        job: What to learn.
        frames: Frames of random play to learn from.
        device: Where the network runs.
    """
    if job.rung in STILLS:
        yield {
            **_described(job, job.rung),
            **measure_stills(job.rung, job.seed, device, job.back_end),
        }
        return
    rung = RUNGS[job.rung]
    world = rung.world(job.seed)
    learned = film(rung.env_id, world, frames, job.seed, "learn")
    start = time.process_time()
    sight, complaint = _sight(job, learned, device)
    spent = {"seconds": time.process_time() - start, "frames": frames, "complaint": complaint}
    for name, replaced in {job.rung: {}, **rung.also}.items():
        test = {**world, **replaced, "split": "test", "step_limit": _EPISODE}
        large = test.get("rows", 5) * test.get("cols", 5) > _LARGE
        count = _FEWER_TEST_FRAMES if large else _TEST_FRAMES
        seen = film(rung.env_id, test, count, job.seed, "test")
        figures: Mapping[str, Any] = _NOTHING
        if not complaint and sight.grid is not None:
            facts = sight.facts(seen.motion.before)
            grid = sight.grid.fitted(*seen.motion.before.shape[1:3])
            figures = score_sight(facts, seen.truths, grid, test)
        described = {**_described(job, name), "cell": world["cell"], "border": str(world["border"])}
        yield {**described, **figures, **spent}


_NOTHING = dict.fromkeys(("precision", "recall", "f1", "ari", "v_measure", "exact"), 0.0)
"""The figures of sight that found no grid."""


def finished(path: Path) -> set[Job]:
    """Return the jobs whose records are all in a file."""
    records = read_records(path)
    seen = {(record["rung"], record["back_end"], record["seed"]) for record in records}
    return {
        Job(name, back_end, seed)
        for name, back_end, seed in seen
        if name not in RUNGS or all((also, back_end, seed) in seen for also in RUNGS[name].also)
    }


def read_records(path: Path) -> list[dict[str, Any]]:
    """Return the newest record of each rung, back end and seed in a file of JSON lines."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines if line.endswith("}")]
    return list({(r["rung"], r["back_end"], r["seed"]): r for r in records}.values())


def _jobs(options: ScalingOptions) -> list[Job]:
    known = [*RUNGS, *STILLS]
    rungs = _chosen("rungs", options.rungs, QUICK if options.quick else known, known)
    usual = _QUICK_BACK_ENDS if options.quick else tuple(BACK_ENDS)
    back_ends = _chosen("back_ends", options.back_ends, usual, list(BACK_ENDS))
    seeds = range(options.first_seed, options.first_seed + (1 if options.quick else options.seeds))
    return [
        Job(rung, back_end, seed)
        for back_end in back_ends
        for seed in seeds
        for rung in rungs
        if rung in RUNGS or back_end in WITH_NETWORK  # stills are seen by networks alone
    ]


def _chosen(
    name: str, given: Sequence[str] | None, usual: Sequence[str], known: Sequence[str]
) -> Sequence[str]:
    for each in given or ():
        if each not in known:
            raise ConfigError(f"{name} has {each!r}; {nearest(each, list(known))}")
    return given or usual


def _run(job: Job, frames: int, device: str) -> list[dict[str, Any]]:
    import torch  # a fresh process has all of the machine's threads

    torch.set_num_threads(1)
    return list(measure(job, frames, device))


def _sight(job: Job, learned: Film, device: str) -> tuple[Perception, str]:
    """Return what was learned, and what was complained of, if anything."""
    config = BackEndConfig()
    maker = encoder_maker(job.back_end, config, device)
    sight = Perception(PerceptionConfig(), config, job.seed, device, maker)
    try:
        sight.learn(learned.motion, None, learned.rewards)
    except DSRLError as error:
        return sight, str(error)
    return sight, ""


def _described(job: Job, rung: str) -> dict[str, Any]:
    return {"rung": rung, "back_end": job.back_end, "seed": job.seed}
