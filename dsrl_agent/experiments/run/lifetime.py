"""Run one contestant in one world: it learns from mark to mark and is measured at each."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np

from dsrl_agent.errors import ObservationError
from dsrl_agent.evaluation.evaluate import Limits, Report, evaluate
from dsrl_agent.experiments.contestants.learners import make_learner
from dsrl_agent.experiments.plan.suite import Task
from dsrl_agent.experiments.run.checkpoints import Kept, Row, RunCheckpoints
from dsrl_agent.experiments.run.measures import MEASURES
from dsrl_agent.experiments.run.training_log import TrainingLog
from dsrl_agent.experiments.worlds.making import training_env, unseen_env
from dsrl_agent.runtime.envs import View
from dsrl_agent.runtime.episodes import play
from dsrl_agent.runtime.rng import Streams


class Lifetime:
    """One contestant from its first step to its last mark, in one run.

    A long run is saved in its checkpoints and restored from them; without any it is not. The
    contestant's networks run on a device: auto, cpu or cuda.
    """

    def __init__(
        self, task: Task, checkpoints: RunCheckpoints | None = None, device: str = "cpu"
    ) -> None:
        _reset_peak()
        self._task = task
        self._log = TrainingLog() if "training" in task.block.measures else None
        self._spent = {"cpu_seconds": 0.0, "wall_seconds": 0.0}
        self._world = task.train
        self._view: View | None = None  # how frames are made in the first environment of training
        self._checkpoints = checkpoints
        make = partial(make_learner, task.contestant, self._make, task.seed, device)
        self._learner = self._timed(make)

    def rows(self) -> Iterator[Row]:
        """Yield a row for each measurement, those up to the restored checkpoint first."""
        marks, then = self._task.block.marks, self._task.block.then
        done: list[Row] = []
        if self._checkpoints is not None:
            done, self._spent, episodes = self._checkpoints.restore(self._learner, self._spent)
            if self._log is not None:
                self._log.restore(episodes)
            yield from done
        for mark in marks:
            if done and mark <= done[-1]["steps"]:
                continue
            if then is not None and mark > then.at and self._world != then.world:
                self._move(then.world)
            self._timed(partial(self._learner.learn, mark))
            rows = list(self._measured(mark))
            if then is not None and mark == then.at:
                self._move(then.world)
                rows += self._measured(mark)
            if mark == marks[-1]:
                rows += self._closing(mark)
            yield from rows
            done += rows
            if self._checkpoints is not None and mark != marks[-1]:
                episodes = [] if self._log is None else self._log.episodes
                self._checkpoints.save(self._learner, Kept(done, self._spent, episodes))

    def _measured(self, mark: int) -> Iterator[Row]:
        for test in self._task.block.tests or (self._world,):
            yield self._measure(test, mark)

    def _closing(self, mark: int) -> Iterator[Row]:
        for test in self._task.block.final_tests:
            yield self._measure(test, mark)
        if self._log is not None:
            yield {"kind": "training", "steps": mark, **self._log.record()}
        if self._task.seed == self._task.block.first_seed:
            yield self._film(mark)

    def _measure(self, test: str, mark: int) -> Row:
        row: Row = {"kind": "measure", "test": test, "steps": mark, "in": self._world}
        block, seed = self._task.block, self._task.seed
        env = self._test_env(test)
        try:
            actor = self._learner.actor(env)
            report = evaluate(actor, env, block.episodes, seed, Limits(block.most_steps))
        except ObservationError as error:
            return {**row, "kind": "cannot", "why": str(error)}
        row |= {name: round(value, 3) for name, value in self._spent.items()}
        row["decision_ms"] = round(1000 * report.decision_seconds, 4)
        row["decision_cpu_ms"] = round(1000 * report.median_cpu_seconds, 4)
        row["slowest_decision_cpu_ms"] = round(1000 * report.slowest_cpu_seconds, 4)
        row["size_bytes"] = self._learner.size_bytes()
        row |= {"peak_mib": _peak_mib(), **_episodes(report)}
        if report.stopped:
            row["stopped"] = report.stopped
        for name in block.measures:
            row |= MEASURES[name](self._learner, env, seed)
        return row

    def _film(self, mark: int) -> Row:
        """Return one episode as its seed and actions, from which the environment can redraw it."""
        test = (self._task.block.tests or (self._world,))[0]
        env = self._test_env(test)
        seed = Streams(self._task.seed).seed_for("evaluation", 0)
        steps = play(env, self._learner.actor(env), [0], lambda _: seed)
        actions = [step.action for step in steps]
        return {"kind": "film", "test": test, "steps": mark, "episode_seed": seed, "acts": actions}

    def _move(self, world: str) -> None:
        self._world = world
        self._learner.move(self._make)

    def _make(self) -> gym.Env[Any, Any]:
        env = training_env(self._task.worlds[self._world], self._view)
        self._view = self._view or env.view
        return env if self._log is None else self._log.wrap(env)

    def _test_env(self, test: str) -> gym.Env[Any, Any]:
        """Return an environment of a test, whose frames are made as in training."""
        return unseen_env(self._task.worlds[test], self._view)

    def _timed(self, work: Any) -> Any:
        cpu, wall = time.process_time(), time.perf_counter()
        result = work()
        self._spent["cpu_seconds"] += time.process_time() - cpu
        self._spent["wall_seconds"] += time.perf_counter() - wall
        return result


def _episodes(report: Report) -> Row:
    """Return the raw figures of every episode, from which reports compute all others."""
    named = {name: getattr(report, name) for name in ("returns", "lengths", "positives")}
    named |= {"good": report.touched_positives, "bad": report.touched_negatives}
    return {name: [_short(float(value)) for value in values] for name, values in named.items()}


def _short(value: float) -> float | None:
    """Return a number in few digits; None for what an environment without truth does not tell."""
    if np.isnan(value):
        return None
    return int(value) if value.is_integer() else round(value, 6)


def _reset_peak() -> None:
    """Reset the process's peak memory, on systems where Linux allows it."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _peak_mib() -> float:
    """Return the process's peak memory since `_reset_peak`, in MiB."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return round(int(line.split()[1]) / 1024, 1)
    import resource  # not on every system

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)
