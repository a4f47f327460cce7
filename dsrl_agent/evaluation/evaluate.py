"""Evaluate any actor by the same measures in the same worlds."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import gymnasium as gym
import numpy as np

from dsrl_agent.config import DoorThresholds
from dsrl_agent.evaluation.estimate import Estimate, mean, ratio
from dsrl_agent.runtime.collection import set_aside
from dsrl_agent.runtime.envs import View, at_door, door_of, make_env
from dsrl_agent.runtime.episodes import Actor, play
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.runtime.threads import one_thread
from dsrl_agent.types import Floats, Frame

MEASURES = ("positive_share", "collected", "score", "mean_return")


@dataclass(frozen=True)
class Report:
    """Figures of N episodes of an actor."""

    returns: Floats  # [N]: return of each episode
    lengths: Floats  # [N]: its steps
    positives: Floats  # [N]: its positive objects; NaN if the environment gives no ground truth
    touched_positives: Floats  # [N]: positive objects touched; NaN likewise
    touched_negatives: Floats  # [N]: negative objects touched; NaN likewise
    decision_seconds: float  # median time of a decision in seconds
    # Processor time of decisions in seconds, which other programs do not lengthen.
    median_cpu_seconds: float = 0.0
    slowest_cpu_seconds: float = 0.0
    # The limit that ended the evaluation before all its episodes, in words; empty if none did. An
    # unfinished episode is left out, unless it is the only one.
    stopped: str = ""

    @property
    def positive_share(self) -> Estimate | None:
        """Share of positives among the objects touched (Garnelo et al. 2016)."""
        touched = self.touched_positives + self.touched_negatives
        return ratio(self.touched_positives, touched)

    @property
    def collected(self) -> Estimate | None:
        """Share of touched objects among all positives."""
        return ratio(self.touched_positives, self.positives)

    @property
    def score(self) -> Estimate | None:
        """Return divided by the number of positives.

        If a positive gives a reward of 1 and steps give 0, a score of 1 means that all positives
        and no negatives were touched.
        """
        return ratio(self.returns, self.positives)

    @property
    def mean_return(self) -> Estimate:
        """Mean return per episode."""
        return mean(self.returns)

    def figures(self) -> dict[str, list[float] | None]:
        """Return all estimates as [value, low, high], JSON-able."""
        named = {name: getattr(self, name) for name in MEASURES}
        return {name: None if figure is None else list(figure) for name, figure in named.items()}


@dataclass(frozen=True)
class Limits:
    """Bounds of an evaluation; None is no bound."""

    steps: int | None = None  # environment steps
    seconds: float | None = None  # wall time

    def reached(self, steps: int, seconds: float) -> str:
        """Return the bound that is reached, in words; empty if none is."""
        if self.steps is not None and steps >= self.steps:
            return f"after {self.steps} steps"
        if self.seconds is not None and seconds >= self.seconds:
            return f"after {self.seconds:g} s"
        return ""


NO_LIMITS = Limits()
Progress = Callable[[int, int, float], None]
"""Called with the numbers of episodes played and of all, and the return of the last one."""


class _Clock:
    """An actor that measures the time of another actor's decisions."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self.seconds: list[float] = []
        self.cpu_seconds: list[float] = []

    def begin(self) -> None:
        self._actor.begin()

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        start, used = time.perf_counter(), time.thread_time()
        action = self._actor.act(frame, info)
        self.seconds.append(time.perf_counter() - start)
        self.cpu_seconds.append(time.thread_time() - used)
        return action


@one_thread()
@set_aside()
def evaluate(
    actor: Actor,
    env: gym.Env[Any, Any],
    episodes: int,
    seed: int,
    limits: Limits = NO_LIMITS,
    progress: Progress | None = None,
) -> Report:
    """Let an actor play episodes and measure them; the ground truth is `info["truth"]`, if present.

    The seed decides the worlds, which are the same for every actor. The limits end the evaluation
    before all episodes are played. `progress` is called after each episode.
    """
    clock = _Clock(actor)
    env = env if door_of(env) is not None else at_door(env)
    streams = Streams(seed)
    records: list[list[float]] = []
    start, stopped = time.perf_counter(), ""
    played = play(env, clock, range(episodes), lambda e: streams.seed_for("evaluation", e))
    for steps, step in enumerate(played, 1):
        if step.number == 0:
            records.append([0.0, 0.0, _positives(step.info), 0.0, 0.0])
        gained = (step.reward, 1.0, 0.0, *touched(step.info, step.next_info))
        records[-1] = [a + b for a, b in zip(records[-1], gained, strict=True)]
        if step.last and progress is not None:
            progress(len(records), episodes, records[-1][0])
        last = step.last and step.episode == episodes - 1
        stopped = "" if last else limits.reached(steps, time.perf_counter() - start)
        if stopped:
            records = records if step.last or len(records) == 1 else records[:-1]
            break
    names = ("returns", "lengths", "positives", "touched_positives", "touched_negatives")
    figures = dict(zip(names, np.array(records, np.float64).T, strict=True))
    return Report(
        **figures,
        decision_seconds=float(np.median(clock.seconds)),
        median_cpu_seconds=float(np.median(clock.cpu_seconds)),
        slowest_cpu_seconds=max(clock.cpu_seconds),
        stopped=stopped,
    )


def evaluation_env(
    env_id: str,
    env_kwargs: dict[str, Any],
    replaced: dict[str, Any] | None,
    wrappers: Sequence[Any] = (),
    thresholds: DoorThresholds | None = None,
    view: View | None = None,
) -> gym.Env[Any, Any]:
    """Make the environment of evaluation, with worlds from which training does not draw.

    An environment with a `split` is made with `split="test"` where training drew from `"train"`,
    unless `replaced` names a split. A `render_mode` of training is left out; other keywords of
    training stay, unless `replaced` has them. Frames are made as in training: by the same
    wrappers, thresholds and `view`, the recipe of the door of training.
    """
    kwargs = {name: value for name, value in env_kwargs.items() if name != "render_mode"}
    kwargs |= replaced or {}
    made = partial(make_env, env_id, wrappers=wrappers, thresholds=thresholds, view=view)
    env = made(kwargs)
    if "split" not in (replaced or {}) and getattr(env.unwrapped, "split", None) == "train":
        env.close()
        env = made({**kwargs, "split": "test"})
    return env


def is_unseen(env: gym.Env[Any, Any]) -> bool:
    """Return true if the environment guarantees that training never draws its worlds."""
    return getattr(env.unwrapped, "split", None) == "test"


def _positives(info: dict[str, Any]) -> float:
    truth = info.get("truth")
    if truth is None:
        return float("nan")
    worth = np.array([0.0, *truth["rewards"]])
    return float(np.count_nonzero(worth[truth["cells"]] > 0))


def touched(info: Mapping[str, Any], next_info: Mapping[str, Any]) -> tuple[float, float]:
    """Return the numbers of positive and negative objects that vanished in a step.

    Both are NaN without the ground truth.
    """
    before, after = info.get("truth"), next_info.get("truth")
    if before is None or after is None:
        return float("nan"), float("nan")
    worth = np.array([0.0, *before["rewards"]])
    # Counted by type, as objects may move as well; objects never appear.
    held = (np.bincount(t["cells"].ravel(), minlength=len(worth)) for t in (before, after))
    gone = np.subtract(*held)
    return float(gone[worth > 0].sum()), float(gone[worth < 0].sum())
