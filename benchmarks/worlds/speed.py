"""How fast the worlds are, beside a peer and beside NumPy's copying, in one run.

One core, CPU time, a random policy whose actions were drawn beforehand, an RGB observation every
step, episodes reset as they end. A step is a transition: resets cost time and count for nothing.
Contestants take turns (A B C A B C ...), so that a shared machine's noise hits all alike, and
ratios are taken within a turn.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np

from shapes_grid import speed_report as report
from shapes_grid.checks import require_int
from shapes_grid.contestants import (
    PEER,
    PLAIN,
    SMALL,
    Count,
    copies_of,
    peer_of,
    play_single,
    play_vector,
)

# Every episode of these lasts this long, so that nothing but the varied quantity changes the
# share of resets; hence also no positive objects, whose end would end the episode.
_STEADY: Mapping[str, Any] = {**PLAIN, "rewards": {"circle": -1.0}, "step_limit": 50}
QUANTITIES = {
    "worlds": "worlds",
    "cells": "cells (at 8 x 8 pixels)",
    "objects": "cells with an object at the start (%)",
}
_FEW = 64  # worlds of a vector in which rungs are compared: the hardest take a while

Rungs = Mapping[str, Mapping[str, Any]]


def measure(
    contestants: Mapping[str, Callable[[], Count]],
    repeats: int,
    seconds: float,
    clock: Callable[[], float] = time.process_time,
) -> dict[str, report.Rate]:
    """Let the contestants take turns and time them.

    Args:
        contestants: What to time, by label; each call is one turn of its loop.
        repeats: Timed runs of each.
        seconds: Least length of a run, in the clock's seconds; it ends with a whole turn.
        clock: Counts CPU seconds over all threads, so that using more of them gains nothing.
    """
    require_int("repeats", repeats, 1)
    runs: dict[str, list[report.Run]] = {label: [] for label in contestants}
    for _ in range(repeats):
        for label, turn in contestants.items():
            turn()  # untimed: the one before has the caches filled with its own data
            steps = episodes = 0
            elapsed, begin = 0.0, clock()
            while elapsed <= 0.0 or elapsed < seconds:
                count = turn()
                elapsed = clock() - begin
                steps, episodes = steps + count.steps, episodes + count.episodes
            runs[label].append(report.Run(steps, episodes, elapsed))
    return {label: report.Rate(label, tuple(done)) for label, done in runs.items()}


def measure_speed(effort: report.Effort = report.FULL, rungs: Rungs | None = None) -> report.Report:
    """Measure the worlds beside MiniGrid and NumPy's copying, and what each rung costs.

    Args:
        effort: How much to measure.
        rungs: Further worlds, by label: the fields in which they differ from `PLAIN`.
    """
    rungs = {} if rungs is None else rungs
    worlds, few = effort.worlds, min(effort.worlds, _FEW)
    single, many, small, in_place, some = (
        "single 84x84",
        f"{worlds:,} worlds 84x84",
        f"{worlds:,} worlds 40x40",
        f"{worlds:,} worlds 84x84, copy=False",
        f"{few} worlds 84x84, plain",
    )
    with ExitStack() as stack:
        peer = peer_of(stack)
        contestants: dict[str, Callable[[], Count]] = {} if peer is None else {"MiniGrid": peer}
        pool = np.full(effort.pool, 7, np.uint8)  # written: zeros would share one page
        for side in (84, 40):
            contestants |= copies_of(pool, (side, side, 3), worlds)
        contestants[single] = play_single(stack, PLAIN)
        contestants[many] = play_vector(stack, PLAIN, worlds)
        contestants[small] = play_vector(stack, SMALL, worlds)
        contestants[in_place] = play_vector(stack, PLAIN, worlds, copy=False)
        if rungs:
            contestants[some] = play_vector(stack, PLAIN, few)
        for label, fields in rungs.items():
            contestants[f"single, {label}"] = play_single(stack, {**PLAIN, **fields})
            contestants[f"{few} worlds, {label}"] = play_vector(stack, {**PLAIN, **fields}, few)
        rates = measure(contestants, effort.repeats, effort.seconds)
    pairs: list[tuple[str, str, float | None]] = [
        (single, "MiniGrid", 100.0),
        *((many, f"{kind} copy 84x84", target) for kind, target in _limits(1.0)),
        *((small, f"{kind} copy 40x40", target) for kind, target in _limits(0.5)),
        *((in_place, f"{kind} copy 84x84", target) for kind, target in _limits(4.0)),
    ]
    for label in rungs:
        pairs += [
            (f"single, {label}", single, None),
            (f"{few} worlds, {label}", some, None),
        ]
    return report.Report(
        effort,
        tuple(rates.values()),
        tuple(report.compare(rates[a], rates[b], t) for a, b, t in pairs if b in rates),
        f"{PEER} with size=7, RGBImgObsWrapper(tile_size=12)" if peer else None,
        f"numpy {np.__version__}, gymnasium {gym.__version__}, Python {sys.version.split()[0]}",
    )


def memory(
    steps: int = report.FULL.memory_steps, worlds: int = report.FULL.worlds
) -> report.Memory:
    """Watch resident memory at 25 points of at least so many steps, one in 20 of a single env."""
    require_int("steps", steps, 1)
    samples, done = 25, 0
    marks: list[tuple[int, int]] = []
    with ExitStack() as stack:
        plays = (play_vector(stack, PLAIN, worlds), 0.95), (play_single(stack, PLAIN), 0.05)
        for play, _ in plays:  # what is made once is no growth
            play()
        for _ in range(samples):
            for play, share in plays:
                taken = 0
                while taken < share * steps / samples:
                    taken += play().steps
                done += taken
            marks.append((done, _resident_bytes()))
    return report.Memory(tuple(s for s, _ in marks), tuple(b for _, b in marks))


def scaling(effort: report.Effort = report.FULL) -> tuple[report.Point, ...]:
    """Measure a step's cost by number of worlds, of cells and of objects, single and vector.

    The single environment stands among the numbers of worlds at 1. Cells are varied in at most
    64 worlds: 1,024 worlds of 64 x 64 cells of 8 x 8 pixels would take some 2 GB a copy.
    """
    points: list[report.Point] = []
    for panel, sizes in effort.sizes.items():
        with ExitStack() as stack:
            plays: dict[str, Callable[[], Count]] = {}
            values: dict[str, tuple[report.Kind, int]] = {}
            for size in sizes:
                fields, worlds, value = dict(_STEADY), effort.worlds, size
                if panel == "worlds":
                    worlds = size
                elif panel == "cells":
                    fields |= {"rows": size, "cols": size, "cell": 8}
                    worlds, value = min(worlds, 64), size**2
                percent = size if panel == "objects" else 33
                cells = fields["rows"] * fields["cols"]
                fields["objects"] = {"circle": round(cells * percent / 100)}
                if panel != "worlds" or size == sizes[0]:
                    plays[f"single {size}"] = play_single(stack, fields)
                    values[f"single {size}"] = "single", 1 if panel == "worlds" else value
                plays[f"vector {size}"] = play_vector(stack, fields, worlds)
                values[f"vector {size}"] = "vector", value
            rates = measure(plays, effort.repeats, effort.seconds)
        for label, (kind, value) in values.items():
            costs = sorted(1e6 / run.rate for run in rates[label].runs)
            median = 1e6 / rates[label].median
            points.append(report.Point(panel, kind, value, median, costs[0], costs[-1]))
    return tuple(points)


def _limits(target: float) -> tuple[tuple[str, float | None], ...]:
    """Return which copies to compare with, strictest last, and the target where there is one."""
    return ("kept", target), ("cold", target), ("bulk", None)


def _resident_bytes() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:  # no Linux: only the peak is known
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    return pages * os.sysconf("SC_PAGE_SIZE")


def main(arguments: Sequence[str], rungs: Rungs | None = None) -> int:
    """Measure, write the tables to standard output, and return the exit status."""
    parser = argparse.ArgumentParser("python -m shapes_grid speed", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only see that everything runs")
    parser.add_argument(
        "--repeats", type=int, help=f"turns of each (default {report.FULL.repeats})"
    )
    parser.add_argument("--memory", action="store_true", help="also watch memory for 10 M steps")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="also draw how cost scales")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every figure")
    options = parser.parse_args(arguments)
    effort = report.QUICK if options.quick else report.FULL
    try:
        if options.repeats is not None:
            effort = dataclasses.replace(effort, repeats=options.repeats)
        if options.plot is not None:
            report.require_plotting(options.plot)
        for path in filter(None, (options.plot, options.json)):
            if path.exists() or not path.parent.is_dir():
                why = "exists already" if path.exists() else "lies in no existing folder"
                raise ValueError(f"{path} {why}; name another file.")
    except (ValueError, ImportError) as error:
        parser.error(str(error))
    speed = measure_speed(effort, rungs)
    found: dict[str, Any] = {"speed": dataclasses.asdict(speed)}
    sys.stdout.write(report.render_report(speed))
    if options.memory:
        watched = memory(effort.memory_steps, effort.worlds)
        found["memory"] = dataclasses.asdict(watched)
        sys.stdout.write("\n" + report.render_memory(watched))
    if options.plot is not None:
        points = scaling(effort)
        found["scaling"] = [dataclasses.asdict(point) for point in points]
        report.plot_scaling(points, options.plot, QUANTITIES)
        sys.stdout.write("\n" + report.render_scaling(points))
    if options.json is not None:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0
