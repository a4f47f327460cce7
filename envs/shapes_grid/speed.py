"""How fast the worlds are, beside a peer and beside NumPy's copying, in one run.

One core, CPU time, a random policy whose actions were drawn beforehand, an RGB observation every
step, episodes reset as they end. A step is a transition: resets cost time and count for nothing.
Contestants take turns (A B C A B C ...), so that a shared machine's noise hits all alike, and
ratios are taken within a turn.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import itertools
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from numpy.typing import NDArray

from shapes_grid import speed_report as report
from shapes_grid.checks import require_int

ID = "shapes_grid:ShapesGrid-v0"
PEER = "MiniGrid-Empty-5x5-v0"  # the cheapest of its worlds to draw, here with 7 x 7 tiles
PLAIN: Mapping[str, Any] = {"rows": 7, "cols": 7, "cell": 12, "border": (0, 0, 0, 0)}  # 84 x 84
SMALL: Mapping[str, Any] = {"rows": 5, "cols": 5, "cell": 8, "border": (0, 0, 0, 0)}  # 40 x 40
# Every episode of these lasts this long, so that nothing but the varied quantity changes the
# share of resets; hence also no positive objects, whose end would end the episode.
_STEADY: Mapping[str, Any] = {**PLAIN, "rewards": {"circle": -1.0}, "step_limit": 50}
QUANTITIES = {
    "worlds": "worlds",
    "cells": "cells (at 8 x 8 pixels)",
    "objects": "cells with an object at the start (%)",
}
# Steps drawn beforehand, used round and round: a prime, lest every episode repeat the last walk.
_DRAWN = 509
_FEW = 64  # worlds of a vector in which rungs are compared: the hardest take a while

Rungs = Mapping[str, Mapping[str, Any]]


class Count(NamedTuple):
    """What one turn of a contestant's loop did: transitions (or frames), episodes that ended."""

    steps: int
    episodes: int


class SinglePlay:
    """A single environment's loop; each call is one turn of `turn` transitions."""

    def __init__(self, env: gym.Env[Any, Any], turn: int, picture: str | None = None) -> None:
        self.env = env
        self._ended = False
        frame, _ = env.reset(seed=0)
        later = env.step(0)[0]
        if picture is not None:  # of a peer that observes more than its picture
            frame, later = frame[picture], later[picture]
        _require_fresh(frame, later)
        self.frame_shape: tuple[int, ...] = later.shape
        env.reset()
        drawn = _draw_actions(env.action_space, 1)[:, 0]
        self._actions: Iterator[int] = itertools.cycle(drawn.tolist())
        self._turn = turn

    def __call__(self) -> Count:
        """Take one turn's transitions."""
        env, ended, episodes = self.env, self._ended, 0
        for action in itertools.islice(self._actions, self._turn):
            if ended:
                env.reset()
            _, _, terminated, truncated, _ = env.step(action)
            ended = terminated or truncated
            episodes += ended
        self._ended = ended
        return Count(self._turn, episodes)


class VectorPlay:
    """A vector environment's loop; each call is one turn of `turn` steps of all worlds."""

    def __init__(self, env: VectorEnv[Any, Any, Any], turn: int, *, fresh: bool) -> None:
        mode = env.metadata.get("autoreset_mode")
        if mode is not AutoresetMode.NEXT_STEP:
            raise ValueError(f"autoreset_mode is {mode!r}, but it must be NEXT_STEP.")
        self.env = env
        self._waiting = 0  # worlds whose next step is their reset
        frames, _ = env.reset(seed=0)
        self.frame_shape: tuple[int, ...] = frames.shape[1:]
        drawn = _draw_actions(env.single_action_space, env.num_envs)
        if fresh:
            _require_fresh(frames, env.step(drawn[0])[0])
            env.reset()
        self._actions: Iterator[NDArray[np.int64]] = itertools.cycle(drawn)
        self._turn = turn

    def __call__(self) -> Count:
        """Take one turn; a world's step that resets it is no transition."""
        env, waiting, steps, episodes = self.env, self._waiting, 0, 0
        for actions in itertools.islice(self._actions, self._turn):
            _, _, terminated, truncated, _ = env.step(actions)
            steps += env.num_envs - waiting
            waiting = int(np.count_nonzero(terminated | truncated))
            episodes += waiting
        self._waiting = waiting
        return Count(steps, episodes)


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
        peer = _make_peer(stack)
        contestants: dict[str, Callable[[], Count]] = {} if peer is None else {"MiniGrid": peer}
        pool = np.full(effort.pool, 7, np.uint8)  # written: zeros would share one page
        for side in (84, 40):
            contestants |= _copies(pool, (side, side, 3), worlds)
        contestants[single] = _single(stack, PLAIN)
        contestants[many] = _vector(stack, PLAIN, worlds)
        contestants[small] = _vector(stack, SMALL, worlds)
        contestants[in_place] = _vector(stack, PLAIN, worlds, copy=False)
        if rungs:
            contestants[some] = _vector(stack, PLAIN, few)
        for label, fields in rungs.items():
            contestants[f"single, {label}"] = _single(stack, {**PLAIN, **fields})
            contestants[f"{few} worlds, {label}"] = _vector(stack, {**PLAIN, **fields}, few)
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
        plays = (_vector(stack, PLAIN, worlds), 0.95), (_single(stack, PLAIN), 0.05)
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
                    plays[f"single {size}"] = _single(stack, fields)
                    values[f"single {size}"] = "single", 1 if panel == "worlds" else value
                plays[f"vector {size}"] = _vector(stack, fields, worlds)
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


def _single(stack: ExitStack, fields: Mapping[str, Any]) -> SinglePlay:
    env = gym.make(ID, **fields)
    stack.callback(env.close)
    return SinglePlay(env, turn=50)


def _vector(
    stack: ExitStack, fields: Mapping[str, Any], worlds: int, *, copy: bool = True
) -> VectorPlay:
    envs = gym.make_vec(ID, worlds, vectorization_mode="vector_entry_point", copy=copy, **fields)
    stack.callback(envs.close)
    # Worlds that began together are truncated together: a turn is one such round and its reset,
    # so that no run has more resets than another.
    turn = envs.unwrapped.world_spec.limit + 1  # type: ignore[attr-defined]
    return VectorPlay(envs, turn, fresh=copy)


def _make_peer(stack: ExitStack) -> SinglePlay | None:
    try:
        wrappers = importlib.import_module("minigrid.wrappers")
    except ImportError:
        return None
    env = wrappers.RGBImgObsWrapper(gym.make(PEER, size=7), tile_size=12)
    stack.callback(env.close)
    play = SinglePlay(env, turn=50, picture="image")
    if play.frame_shape != (84, 84, 3):
        raise ValueError(f"MiniGrid's frames are {play.frame_shape}, but must be (84, 84, 3).")
    return play


def _copies(
    pool: NDArray[np.uint8], shape: tuple[int, int, int], bulk: int
) -> dict[str, Callable[[], Count]]:
    size = int(np.prod(shape))
    if pool.size < 2 * bulk * size:
        bulk = max(1, pool.size // (2 * size))
    count = pool.size // (size * bulk) * bulk
    frames = pool[: count * size].reshape(count, *shape)
    # Views are made beforehand, and in order: a limit should have every advantage.
    views, source = list(frames), frames[0]
    batches = list(frames.reshape(-1, bulk, *shape))
    destination, buffer = np.empty_like(source), np.empty_like(batches[0])

    def hot() -> Count:
        for _ in range(1000):
            destination[...] = source
        return Count(1000, 0)

    def cold() -> Count:
        for view in views:
            view.copy()
        return Count(count, 0)

    kept: list[NDArray[np.uint8] | None] = [None] * bulk

    def fresh() -> Count:  # as many live together as a vector environment hands out at once
        for place, view in zip(itertools.cycle(range(bulk)), views, strict=False):
            kept[place] = view.copy()
        return Count(count, 0)

    def in_bulk() -> Count:
        for batch in batches:
            buffer[...] = batch
        return Count(count, 0)

    name = f"copy {shape[0]}x{shape[1]}"
    limits = {"hot": hot, "cold": cold, "kept": fresh, "bulk": in_bulk}
    return {f"{kind} {name}": copy for kind, copy in limits.items()}


def _draw_actions(space: gym.Space[Any], worlds: int) -> NDArray[np.int64]:  # [_DRAWN, worlds]
    if not isinstance(space, gym.spaces.Discrete):
        raise ValueError(f"The actions are {space!r}, but they must be Discrete.")
    return np.random.default_rng(0).integers(int(space.n), size=(_DRAWN, worlds))


def _require_fresh(frame: NDArray[np.uint8], later: NDArray[np.uint8]) -> None:
    if np.shares_memory(frame, later):
        raise ValueError("Two observations share memory, but each step must give a fresh array.")


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
