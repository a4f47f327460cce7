"""Run a plan over seeds, each in a process of its own, every finished seed on disk at once."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import torch
from joblib import Parallel, delayed
from tqdm.auto import tqdm

from dsrl_agent.benchmark.main_job import ENV_ID, Plan, run_seed
from dsrl_agent.benchmark.summary import summarise
from dsrl_agent.records import RunFolder


def benchmark(plan: Plan, seeds: Sequence[int], jobs: int, out: str | None) -> tuple[Path, str]:
    """Run a plan and summarise it.

    Args:
        plan: What to run.
        seeds: For which seeds.
        jobs: How many processes at once; each runs torch in one thread.
        out: The folder for the records, which must not exist; by default a new one under runs/.

    Returns:
        The folder and the summary, a Markdown table.
    """
    described = {
        "env": ENV_ID,
        "seeds": list(seeds),
        "marks": list(plan.marks),
        "episodes": plan.episodes,
        "config": dataclasses.asdict(plan.config),
    }
    records: list[dict[str, Any]] = []
    if out is None:
        path = Path(f"runs/benchmark-{datetime.now():%Y%m%d-%H%M%S}")
        made = RunFolder.create_numbered(path, described, seeds[0])
    else:
        made = RunFolder.create(Path(out), described, seeds[0])
    with made as folder:
        finished = Parallel(n_jobs=jobs, return_as="generator")(
            delayed(_one_seed)(seed, plan) for seed in seeds
        )
        for of_seed in tqdm(finished, total=len(seeds), desc="seeds"):
            records += of_seed
            for record in of_seed:
                folder.log("benchmark", record["steps"], _flat(record))
    return folder.path, summarise(records)


def _one_seed(seed: int, plan: Plan) -> list[dict[str, Any]]:
    torch.set_num_threads(1)
    return list(run_seed(seed, plan))


def _flat(record: Mapping[str, Any]) -> dict[str, float | int | str | None]:
    """Return a record with plain values only, as the metrics file wants them."""
    return {
        name: value if isinstance(value, float | int | str | None) else str(value)
        for name, value in record.items()
        if name != "steps"
    }
