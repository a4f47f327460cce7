"""Measure steps per CPU second, resident memory and the cost of a step by size.

One core, CPU time, random actions drawn beforehand, an RGB observation every step, and episodes
reset as they end. A step is a transition: resets cost time and count as no step. Contestants take
turns (A B C A B C ...), so that noise of a shared machine affects all alike. Ratios are taken
within a turn.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np

from benchmarks.worlds.loops import (
    PEER,
    PLAIN,
    SMALL,
    Count,
    copies_of,
    peer_of,
    play_single,
    play_vector,
)
from benchmarks.worlds.records import Comparison, Effort, Memory, Point, Rate, Results, Run
from dsrl_agent.experiments.timing.clock import Clock, in_turns, repeat
from shapes_grid import IDS
from shapes_grid.checks import require_int

Rungs = Mapping[str, Mapping[str, Any]]
"""Fields of further worlds by label; they replace those of `PLAIN`."""

_NAMES = "Noise Texture Colours Sizes Offsets Overlap Shake Movers Everything Heading KeyDoor"
COSTLY: Rungs = {name: IDS[f"ShapesGrid-{name}-v0"] for name in _NAMES.split()}
"""Worlds that cost more to draw or to step than the plain one."""

# Every episode lasts 50 steps, so that the share of resets is constant. Hence there are no positive
# objects, whose end would end the episode.
_FIXED_LENGTH: Mapping[str, Any] = {**PLAIN, "rewards": {"circle": -1.0}, "step_limit": 50}
_FEW = 64  # worlds of the vectors in which rungs are compared: the costliest take a while
_SAMPLES = 25  # points at which memory is sampled


def measure(
    contestants: Mapping[str, Callable[[], Count]],
    repeats: int,
    seconds: float,
    clock: Clock = time.process_time,
) -> dict[str, Rate]:
    """Time the contestants in turns.

    Args:
        contestants: The loops by label; each call is one turn of a loop.
        repeats: Number of timed runs of each contestant.
        seconds: Least length of a run, in the clock's seconds; a run ends with a whole turn.
        clock: Returns CPU seconds of all threads, so that a contestant gains nothing from threads.
    """

    def run(turn: Callable[[], Count]) -> Run:
        turn()  # untimed: the caches still hold the data of the contestant before
        counts, elapsed = repeat(turn, seconds, clock)
        return Run(sum(c.steps for c in counts), sum(c.episodes for c in counts), elapsed)

    works = {label: lambda turn=turn: run(turn) for label, turn in contestants.items()}
    return {label: Rate(label, tuple(runs)) for label, runs in in_turns(works, repeats).items()}


def compare(rate: Rate, against: Rate, target: float | None = None) -> Comparison:
    """Divide two contestants' rates turn by turn.

    Raises:
        ValueError: The two took a different number of turns.
    """
    ratios = rate.samples.over(against.samples)
    return Comparison(rate.label, against.label, ratios.values, target)


def measure_speed(effort: Effort, rungs: Rungs | None = None) -> Results:
    """Measure the worlds beside MiniGrid and NumPy's copying, and the cost of each rung.

    Args:
        effort: The amount of measuring.
        rungs: Further worlds to compare with the plain one.
    """
    rungs = {} if rungs is None else rungs
    worlds, few = effort.worlds, min(effort.worlds, _FEW)
    single, many, small = "single 84x84", f"{worlds:,} worlds 84x84", f"{worlds:,} worlds 40x40"
    in_place, some = f"{worlds:,} worlds 84x84, copy=False", f"{few} worlds 84x84, plain"
    with ExitStack() as stack:
        peer = peer_of(stack)
        contestants: dict[str, Callable[[], Count]] = {} if peer is None else {"MiniGrid": peer}
        pool = np.full(effort.pool, 7, np.uint8)  # written, because zeros would share one page
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
    pairs: list[tuple[str, str, float | None]] = [(single, "MiniGrid", 100.0)]
    for label, size, target in ((many, 84, 1.0), (small, 40, 0.5), (in_place, 84, 4.0)):
        limits = (("kept", target), ("cold", target), ("bulk", None))  # from mild to strict
        pairs += [(label, f"{kind} copy {size}x{size}", goal) for kind, goal in limits]
    for rung in rungs:
        pairs += [(f"single, {rung}", single, None), (f"{few} worlds, {rung}", some, None)]
    return Results(
        effort=effort,
        rates=tuple(rates.values()),
        comparisons=tuple(compare(rates[a], rates[b], t) for a, b, t in pairs if b in rates),
        peer=f"{PEER} with size=7, RGBImgObsWrapper(tile_size=12)" if peer else None,
        versions=f"numpy {np.__version__}, gymnasium {gym.__version__}, "
        f"Python {sys.version.split()[0]}",
    )


def measure_memory(steps: int, worlds: int) -> Memory:
    """Sample resident memory at 25 points of at least `steps` steps, 1 in 20 of a single world."""
    require_int("steps", steps, 1)
    done = 0
    marks: list[tuple[int, int]] = []
    with ExitStack() as stack:
        plays = (play_vector(stack, PLAIN, worlds), 0.95), (play_single(stack, PLAIN), 0.05)
        for play, _ in plays:  # one turn makes everything that is made once
            play()
        for _ in range(_SAMPLES):
            for play, share in plays:
                taken = 0
                while taken < share * steps / _SAMPLES:
                    taken += play().steps
                done += taken
            marks.append((done, _resident_bytes()))
    return Memory(tuple(s for s, _ in marks), tuple(b for _, b in marks))


def measure_scaling(effort: Effort) -> tuple[Point, ...]:
    """Measure the cost of a step by number of worlds, of cells and of objects.

    The single environment is the value 1 among numbers of worlds. Cells are varied in at most 64
    worlds: 1,024 worlds of 64 x 64 cells of 8 x 8 pixels would take about 2 GB a copy.
    """
    points: list[Point] = []
    for panel, sizes in effort.sizes.items():
        with ExitStack() as stack:
            plays: dict[str, Callable[[], Count]] = {}
            values: dict[str, tuple[str, int]] = {}
            for size in sizes:
                fields, worlds, value = _varied(panel, size, effort.worlds)
                if panel != "worlds" or size == sizes[0]:
                    plays[f"single {size}"] = play_single(stack, fields)
                    values[f"single {size}"] = "single", 1 if panel == "worlds" else value
                plays[f"vector {size}"] = play_vector(stack, fields, worlds)
                values[f"vector {size}"] = "vector", value
            rates = measure(plays, effort.repeats, effort.seconds)
        points += [_point(panel, *values[label], rate) for label, rate in rates.items()]
    return tuple(points)


def _varied(panel: str, size: int, worlds: int) -> tuple[dict[str, Any], int, int]:
    """Return fields, number of worlds and the panel's value for one size of a panel."""
    fields, value = dict(_FIXED_LENGTH), size
    if panel == "worlds":
        worlds = size
    elif panel == "cells":
        fields |= {"rows": size, "cols": size, "cell": 8}
        worlds, value = min(worlds, _FEW), size**2
    percent = size if panel == "objects" else 33
    fields["objects"] = {"circle": round(fields["rows"] * fields["cols"] * percent / 100)}
    return fields, worlds, value


def _point(panel: str, kind: str, value: int, rate: Rate) -> Point:
    each = rate.samples
    return Point(
        panel=panel,
        kind=kind,
        value=value,
        median=1e6 / each.median,
        low=1e6 / each.high,
        high=1e6 / each.low,
    )


def _resident_bytes() -> int:  # Linux only
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
