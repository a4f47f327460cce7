"""Measure memory and the CPU time of a step in the course of a long training.

    python -m benchmarks.steady --steps 200000 --every 20000 --out benchmarks/results/steady.json

An agent of each front end learns in one environment, in a process of its own. Resident memory is
that at the end of each part; CPU time is that of the whole process, fits included. The ratios are
those of the last part and the first, and of the last and the second: fits of sight fill the first.
Needs Linux's `/proc`.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from dsrl_agent import DSRL, AgentConfig, FrontEndConfig
from dsrl_agent.agent.callbacks import LearningAgent, Listener
from dsrl_agent.config.front_end import front_end_kinds
from dsrl_agent.experiments.report.table import Table
from dsrl_agent.runtime.episodes import Step

WORLD = "shapes_grid:ShapesGrid-v0"
_MIB = 2**20


class Part(NamedTuple):
    """A part of a training."""

    steps: int  # at its end, from the beginning
    ms_a_step: float  # CPU milliseconds, the mean of the part
    mib: float  # resident memory at its end, in MiB
    mean_return: float  # of the episodes that ended in it


class Parts(Listener):
    """Notes the parts of a training."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._start = time.process_time()
        self._return, self._returns = 0.0, list[float]()
        self.found: list[Part] = []

    def on_transition(self, agent: LearningAgent, step: Step) -> bool:
        """Count a step, and note a part that ends with it."""
        self._return += step.reward
        if step.last:
            self._returns.append(self._return)
            self._return = 0.0
        if agent.num_timesteps % self._every == 0:
            self._note(agent.num_timesteps)
        return True

    def _note(self, steps: int) -> None:
        now = time.process_time()
        spent = 1000 * (now - self._start) / self._every
        mean = sum(self._returns) / max(1, len(self._returns))
        self.found.append(Part(steps, spent, resident(), mean))
        sys.stderr.write(f"{self.found[-1]}\n")  # a long run shows where it is
        self._start, self._returns = now, []


def resident() -> float:
    """Return this process's resident memory in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / _MIB


def learned(kind: str, steps: int, every: int, seed: int) -> list[Part]:
    """Let an agent with a kind of front end learn, and return the parts of its training."""
    parts = Parts(every)
    config = AgentConfig(front_end=FrontEndConfig(kind=kind))
    DSRL(WORLD, config, seed=seed).learn(steps, listener=parts)
    return parts.found


def ratios(parts: Sequence[Part], first: int) -> tuple[float, float]:
    """Return CPU time and memory of the last part over those of a first one."""
    return parts[-1].ms_a_step / parts[first].ms_a_step, parts[-1].mib / parts[first].mib


def table(found: dict[str, list[Part]]) -> Table:
    """Return the parts of every kind side by side."""
    heads = [f"{kind}: {what}" for kind in found for what in ("ms a step", "MiB", "return")]
    rows = []
    for parts in zip(*found.values(), strict=True):
        cells = [f"{parts[0].steps:,}"]
        for part in parts:
            cells += [f"{part.ms_a_step:.3f}", f"{part.mib:.0f}", f"{part.mean_return:.2f}"]
        rows.append(cells)
    return Table(["steps", *heads], rows)


def main() -> None:
    """Print the parts and the ratios; write them if a file is named."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--steps", type=int, default=200_000)
    parser.add_argument("--every", type=int, default=20_000)
    parser.add_argument("--kinds", nargs="+", default=[front_end_kinds()[0], "rules"])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="a file for the parts, as JSON")
    options = parser.parse_args()
    found = {}
    for kind in options.kinds:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            found[kind] = pool.apply(learned, (kind, options.steps, options.every, options.seed))
        for first in (0, 1)[: len(found[kind]) - 1]:
            cpu, memory = ratios(found[kind], first)
            line = f"{kind}: last / part {first + 1}: CPU {cpu:.2f}, memory {memory:.3f}\n"
            sys.stdout.write(line)
            sys.stdout.flush()
    sys.stdout.write(table(found).markdown() + "\n")
    if options.out is not None:
        options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
