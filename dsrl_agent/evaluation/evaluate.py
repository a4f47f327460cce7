"""One evaluator for every actor: the same worlds, the same measures."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np

from dsrl_agent.evaluation.estimate import Estimate, mean, ratio
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.runtime.episodes import Actor, play
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Floats, Frame


@dataclass(frozen=True)
class Report:
    """What an actor did in some episodes.

    Attributes:
        returns: `[N]`: return of each episode.
        lengths: `[N]`: its steps.
        positives: `[N]`: positive objects that it held; NaN if the environment tells no truth.
        touched_positives: `[N]`: how many of them were touched.
        touched_negatives: `[N]`: negative objects touched.
        decision_seconds: Median time of a decision.
    """

    returns: Floats
    lengths: Floats
    positives: Floats
    touched_positives: Floats
    touched_negatives: Floats
    decision_seconds: float

    @property
    def positive_share(self) -> Estimate | None:
        """Positives among the objects touched (Garnelo et al. 2016)."""
        touched = self.touched_positives + self.touched_negatives
        return ratio(self.touched_positives, touched)

    @property
    def collected(self) -> Estimate | None:
        """Share of all positives that were touched."""
        return ratio(self.touched_positives, self.positives)

    @property
    def score(self) -> Estimate | None:
        """Return divided by the number of positives.

        Where a positive is worth 1 and steps are free, 1 means that all were collected and nothing
        bad was touched.
        """
        return ratio(self.returns, self.positives)

    @property
    def mean_return(self) -> Estimate:
        """Mean return of an episode."""
        return mean(self.returns)

    def figures(self) -> dict[str, list[float] | None]:
        """Return all estimates as [value, low, high], JSON-able."""
        named = {
            "positive_share": self.positive_share,
            "collected": self.collected,
            "score": self.score,
            "mean_return": self.mean_return,
        }
        return {name: None if figure is None else list(figure) for name, figure in named.items()}


class _Clock:
    """Measures an actor's decisions."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self.seconds: list[float] = []

    def begin(self) -> None:
        self._actor.begin()

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        start = time.perf_counter()
        action = self._actor.act(frame, info)
        self.seconds.append(time.perf_counter() - start)
        return action


def evaluate(actor: Actor, env: gym.Env[Any, Any], episodes: int, seed: int) -> Report:
    """Let an actor play episodes and measure them.

    Args:
        actor: Who plays.
        env: Where; evaluation reads `info["truth"]` if it is there.
        episodes: How many episodes.
        seed: Decides their worlds: the same for every actor.
    """
    clock = _Clock(actor)
    streams = Streams(seed)
    records: list[list[float]] = []
    for step in play(env, clock, range(episodes), lambda e: streams.seed_for("evaluation", e)):
        if step.number == 0:
            records.append([0.0, 0.0, _positives(step.info), 0.0, 0.0])
        record = records[-1]
        for place, amount in enumerate(
            (step.reward, 1.0, 0.0, *touched(step.info, step.next_info))
        ):
            record[place] += amount
    returns, lengths, positives, good, bad = np.array(records, np.float64).T
    return Report(returns, lengths, positives, good, bad, float(np.median(clock.seconds)))


def evaluation_env(
    env_id: str, env_kwargs: dict[str, Any], replaced: dict[str, Any] | None
) -> gym.Env[Any, Any]:
    """Make the environment to evaluate in: worlds that training does not draw from.

    An environment with a `split` is made with `split="test"` where training drew from `"train"`,
    unless `replaced` names a split. A `render_mode` of training is left out.

    Args:
        env_id: The id that was trained in.
        env_kwargs: The keywords that were trained with.
        replaced: Keywords that replace some of them.
    """
    kwargs = {name: value for name, value in env_kwargs.items() if name != "render_mode"}
    kwargs |= replaced or {}
    env = make_env(env_id, kwargs)
    if "split" not in (replaced or {}) and getattr(env.unwrapped, "split", None) == "train":
        env.close()
        env = make_env(env_id, {**kwargs, "split": "test"})
    return env


def is_unseen(env: gym.Env[Any, Any]) -> bool:
    """Say whether an environment vouches that no training run has met its worlds."""
    return getattr(env.unwrapped, "split", None) == "test"


def _positives(info: dict[str, Any]) -> float:
    truth = info.get("truth")
    if truth is None:
        return float("nan")
    worth = np.array([0.0, *truth["rewards"]])
    return float(np.count_nonzero(worth[truth["cells"]] > 0))


def touched(info: Mapping[str, Any], next_info: Mapping[str, Any]) -> tuple[float, float]:
    """Return how many positive and negative objects vanished in a step, NaN without the truth."""
    before, after = info.get("truth"), next_info.get("truth")
    if before is None or after is None:
        return float("nan"), float("nan")
    worth = np.array([0.0, *before["rewards"]])
    # Counted by kind, as things may move as well; an object never appears.
    held = (np.bincount(t["cells"].ravel(), minlength=len(worth)) for t in (before, after))
    gone = np.subtract(*held)
    return float(gone[worth > 0].sum()), float(gone[worth < 0].sum())
