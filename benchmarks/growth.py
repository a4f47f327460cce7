"""Measure how time and memory of a step grow: `python benchmarks/growth.py OUT.json PLOT.png`.

A step is a frame read and a decision made. It is measured against the cells of the grid, the
objects in it, their types, and the length of the run. The agent learns in worlds of 5 x 5 cells and
is measured in larger ones; the types are those of facts, without pixels. CPU time counts: the
median of frames read, and the mean of decisions. The more objects, the more decisions follow on a
touch and are made anew, so a median leaps where they become the half. Memory is what a step takes
at its peak, beside what the agent holds.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np

from dsrl_agent import DSRL, AgentConfig, FrontEndConfig
from dsrl_agent.experiments.report.table import Table
from dsrl_agent.experiments.timing import decisions

KINDS = ("relational", "rules")
_WORLD = "shapes_grid:ShapesGrid-v0"
_LESSONS, _EPISODES, _STEPS = 1500, 3, 12  # steps of learning; episodes measured, and their steps
SIDES, OBJECTS, TYPES = (5, 8, 16, 32, 64), (4, 16, 64, 256, 500), (2, 4, 8, 16, 32, 64)
_CROWDED = 32  # cells a side where objects grow
LENGTHS = (2_000, 4_000, 8_000, 16_000, 32_000)

Row = dict[str, Any]


def learned(kind: str) -> DSRL:
    """Return an agent that has learned in the world of 5 x 5 cells of 7 pixels."""
    env = gymnasium.make(_WORLD, cell=7)
    agent = DSRL(env, AgentConfig(front_end=FrontEndConfig(kind=kind)), seed=8100)
    agent.learn(_LESSONS)
    return agent


def of_scenes(agent: DSRL, sides: Sequence[int], counts: Sequence[int]) -> Iterator[Row]:
    """Yield the cost of a step in worlds of these cells a side and numbers of objects."""
    for side, count in zip(sides, counts, strict=True):
        objects = {"circle": count // 2, "cross": count - count // 2}
        env = gymnasium.make(
            _WORLD, cell=7, rows=side, cols=side, objects=objects, split="test", step_limit=_STEPS
        )
        yield {"cells": side**2, "objects": count, **step_cost(agent, env)}


def step_cost(agent: DSRL, env: gymnasium.Env[Any, Any]) -> Row:
    """Return the seconds of reading and of deciding, and the peak memory of a step in bytes."""
    rng, reading, deciding, peaks = np.random.default_rng(0), [0.0], [0.0], [0]
    for episode in range(_EPISODES):
        frame, _ = env.reset(seed=8200 + episode)
        memory, over = agent.front_end.begin(agent.perception.shape_of(frame)), False
        while not over:
            facts = timed(reading, partial(agent.facts, frame))
            decide = partial(agent.front_end.decide, facts, memory, rng, 0.0)
            frame, _, terminated, truncated, _ = env.step(timed(deciding, decide))
            over = terminated or truncated
        peaks.append(peak_of(partial(agent.facts, frame)))
    fields = {"reading": np.median(reading[1:]), "deciding": np.median(deciding[1:])}
    return {
        **{name: float(value) for name, value in fields.items()},
        "mean_deciding": float(np.mean(deciding[1:])),
        "slowest_decision": max(deciding),
        "peak_bytes": max(peaks),
    }


def timed(spent: list[float], work: Callable[[], Any]) -> Any:
    """Return what some work returns, and append its CPU seconds."""
    start = time.process_time()
    result = work()
    spent.append(time.process_time() - start)
    return result


def peak_of(work: Callable[[], object]) -> int:
    """Return the bytes that some work takes at its peak."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def of_types(kind: str) -> Iterator[Row]:
    """Yield the cost of decisions among 64 objects of more and more types, from facts."""
    for count in TYPES:
        front_end = decisions.trained(kind, 8300, _LESSONS, count)
        cost = decisions.cost_of(front_end, decisions.Size(16, 64), 60, 8300, count)
        yield {"types": count, "deciding": cost.median, "high": cost.high}


def of_lengths(kind: str) -> Iterator[Row]:
    """Yield the CPU seconds a step and the memory of the process as a run goes on."""
    agent = DSRL(_WORLD, AgentConfig(front_end=FrontEndConfig(kind=kind)), seed=8400)
    done = 0
    for length in LENGTHS:
        start = time.process_time()
        agent.learn(length - done)
        spent = (time.process_time() - start) / (length - done)
        done = length
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        yield {"steps": length, "learning": spent, "peak_mib": round(peak, 1)}


def measured(only: str) -> Iterator[Row]:
    """Yield all rows, each with its sweep and the kind of front end."""
    for kind in KINDS:
        sweeps: dict[str, Iterator[Row]] = {"types": of_types(kind), "length": of_lengths(kind)}
        if only in ("", "cells", "objects"):
            agent = learned(kind)
            sweeps["cells"] = of_scenes(agent, SIDES, [4] * len(SIDES))
            sweeps["objects"] = of_scenes(agent, [_CROWDED] * len(OBJECTS), OBJECTS)
        for name in sorted(sweeps):
            if only in ("", name):
                for row in sweeps[name]:
                    print(kind, name, row, flush=True)
                    yield {"kind": kind, "sweep": name, **row}


def tables(rows: Sequence[Row]) -> Iterator[str]:
    """Yield a table in Markdown for each sweep."""
    for name in sorted({row["sweep"] for row in rows}):
        own = [row for row in rows if row["sweep"] == name]
        keys = list(dict.fromkeys(key for row in own for key in row if key != "sweep"))
        yield Table(
            keys, [[_shown(key, row.get(key, "")) for key in keys] for row in own]
        ).markdown()


def _shown(key: str, value: Any) -> str:
    if key == "peak_bytes":
        return f"{value / 2**20:.2f} MiB"
    return (
        f"{1000 * value:.3f} ms" if isinstance(value, float) and key != "peak_mib" else str(value)
    )


def plot(rows: Sequence[Row], path: Path) -> None:
    """Draw the seconds of a step against each quantity, both on logarithmic axes."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    axes_of = {"cells": "cells", "objects": "objects", "types": "types", "length": "steps"}
    figure, panels = pyplot.subplots(1, len(axes_of), figsize=(14, 3.4), layout="constrained")
    for panel, (sweep, across) in zip(panels, axes_of.items(), strict=True):
        for kind in KINDS:
            own = [row for row in rows if (row["sweep"], row["kind"]) == (sweep, kind)]
            # Of types there are medians alone.
            deciding = "mean_deciding" if any("mean_deciding" in row for row in own) else "deciding"
            for key, name in (("reading", "reading"), (deciding, "deciding"), ("learning",) * 2):
                points = [(row[across], 1000 * row[key]) for row in own if key in row]
                if points:
                    panel.plot(*zip(*points, strict=True), marker="o", label=f"{name}, {kind}")
        panel.set(xscale="log", yscale="log", xlabel=across, ylabel="ms a step")
        panel.xaxis.set_minor_formatter("")  # the labels of few decades run into each other
        panel.legend(fontsize=7)
    figure.savefig(path, dpi=110)


def main() -> None:
    """Measure, write the raw rows and a plot, and print tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path, help="a file for the rows, as JSON")
    parser.add_argument("plot", type=Path, nargs="?", help="a file for the plot")
    parser.add_argument("--only", default="", choices=("", "cells", "objects", "types", "length"))
    options = parser.parse_args()
    rows = list(measured(options.only))
    options.out.write_text(json.dumps(rows, indent=1) + "\n")
    if options.plot is not None:
        plot(rows, options.plot)
    print("\n\n".join(tables(rows)))


if __name__ == "__main__":
    main()
