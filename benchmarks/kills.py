"""Kill runs by SIGKILL at random instants, go on with them, and compare the outcome.

    python -m benchmarks.kills --count 25 --seed 0
    python -m benchmarks.kills --count 25 --seed 0 --of benchmark

Each run is killed up to twice, and resumed. The agent and the metrics of a training run, and the
results of a benchmark, must be those of a run that was never killed. Needs `os.fork`.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from dsrl_agent import DSRL, BackEndConfig, CheckpointError, FrontEndConfig, PerceptionConfig
from dsrl_agent.config import EnvConfig, EvaluationConfig, TrainConfig
from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.plan.suite_files import read_suite
from dsrl_agent.experiments.report.write import write_report
from dsrl_agent.experiments.run import checkpoints
from dsrl_agent.experiments.run.suites import run_suite
from dsrl_agent.experiments.run.training import resume, train

GoOn = Callable[[Path], None]
_SUITES = Path(__file__).parent / "suites"
_TIMES = (
    "seconds", "started", "resumed", "cpu_seconds", "wall_seconds", "decision_ms",
    "decision_cpu_ms", "slowest_decision_cpu_ms", "peak_mib",
)  # fmt: skip


def settings(path: Path) -> TrainConfig:
    """Return the settings of a run that fits twice and saves some ten times."""
    return TrainConfig(
        perception=PerceptionConfig(first_frames=30, frames=40, memory=100),
        back_end=BackEndConfig(steps=4, refit_steps=2),
        front_end=FrontEndConfig(kind="rules"),
        env=EnvConfig(kwargs={"step_limit": 23}),
        total_timesteps=130,
        checkpoint_every=15,
        evaluation=EvaluationConfig(episodes=1, steps=30),
        run_dir=str(path),
        progress=False,
    )


def train_on(path: Path) -> None:
    """Go on with a training run, or begin it; one that is done stays as it is."""
    try:
        resume(path, settings(path))
    except CheckpointError:
        train(settings(path))
    except ConfigError:
        return


def measure_on(path: Path) -> None:
    """Go on with a benchmark, or begin it, and write its report."""
    checkpoints.SECONDS = 0.0  # a checkpoint at every mark
    with contextlib.redirect_stderr(io.StringIO()):  # its bar
        run_suite(read_suite("kills", _SUITES), path)
        write_report([path], path, _SUITES)


def killed(go_on: GoOn, path: Path, delay: float) -> bool:
    """Go on with a run in a process that is killed after a delay; return whether it was."""
    child = os.fork()
    if child == 0:
        try:
            go_on(path)
        finally:
            os._exit(0)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def trained(path: Path) -> tuple[Any, ...]:
    """Return what must be equal of a training run: agent, and metrics without their times."""
    arrays, data = DSRL.load(path).checkpoint()
    lines = []
    for line in (path / "metrics.jsonl").read_text(encoding="utf-8").splitlines():
        values = json.loads(line)
        lines.append({k: v for k, v in values.items() if k not in ("time", "seconds")})
    kept = {group: {k: v.tobytes() for k, v in part.items()} for group, part in arrays.items()}
    return json.dumps(data, sort_keys=True), kept, lines


def measured(path: Path) -> dict[str, Any]:
    """Return what must be equal of a benchmark: names of files, and results without their times."""
    files = sorted(file for file in path.rglob("*") if file.is_file())
    kept: dict[str, Any] = {str(file.relative_to(path)): None for file in files}
    for file in files:
        if file.suffix == ".jsonl":
            rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
            kept[file.name] = [{k: v for k, v in row.items() if k not in _TIMES} for row in rows]
    return kept


def main() -> None:
    """Print how many runs were killed and how many differ; exit 1 if any does."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=25)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--of", choices=("train", "benchmark"), default="train")
    options = parser.parse_args()
    of_benchmark = options.of == "benchmark"
    go_on: GoOn = measure_on if of_benchmark else train_on
    content: Callable[[Path], Any] = measured if of_benchmark else trained
    torch.set_num_threads(1)
    rng, kills, differ = np.random.default_rng(options.seed), 0, 0
    with tempfile.TemporaryDirectory() as name:
        go_on(Path(name) / "first")  # imports what a run imports late
        start = time.perf_counter()
        go_on(Path(name) / "whole")
        seconds, whole = time.perf_counter() - start, content(Path(name) / "whole")
        for number in range(options.count):
            path = Path(name) / str(number)
            for _ in range(2):
                kills += killed(go_on, path, float(rng.uniform(0.0, seconds)))
            go_on(path)
            differ += content(path) != whole
    sys.stdout.write(f"{options.count} runs, {kills} kills, {differ} differ\n")
    sys.exit(1 if differ else 0)


if __name__ == "__main__":
    main()
