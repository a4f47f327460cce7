"""Statistics over runs, after Agarwal et al. 2021 (arXiv 2108.13264), with SciPy.

Scores come as one array `[runs]` for each world ("task"): worlds are strata of the bootstrap, so
each resample holds as many runs of every world as there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from dsrl_agent.evaluation.estimate import Estimate, bootstrap
from dsrl_agent.types import Floats

_SHUFFLES = 9999
_TRIMMED = 0.25  # on each side: the interquartile mean

Tasks = Sequence[Floats]


def interquartile_mean(tasks: Tasks) -> Estimate:
    """Return the mean of the middle half of all runs, with its stratified 95 % interval."""
    return _bootstrap(tasks, lambda *groups: _trimmed(np.concatenate(groups, axis=-1)))


def probability_of_improvement(ours: Tasks, theirs: Tasks) -> Estimate:
    """Return how probably a run of ours beats one of theirs in a world drawn at random.

    Ties count one half (the Mann-Whitney statistic, averaged over worlds).
    """
    if len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} worlds against {len(theirs)}: give the same ones.")

    def statistic(*groups: Floats) -> Floats:
        mine, others = groups[: len(ours)], groups[len(ours) :]
        chances = [
            np.mean(
                (a[..., :, None] > b[..., None, :]) + 0.5 * (a[..., :, None] == b[..., None, :]),
                axis=(-2, -1),
            )
            for a, b in zip(mine, others, strict=True)
        ]
        return np.asarray(np.mean(chances, axis=0))

    return _bootstrap([*ours, *theirs], statistic)


def rank_test(ours: Tasks, theirs: Tasks) -> float:
    """Return the two-sided p of a rank test, by shuffling, that both run equally well.

    In one world it is the test of Mann & Whitney, ties and all: three against three have a p of .1
    at least, where a bootstrap of runs that do not overlap has no spread. Of several worlds the
    ranks are aligned (Hodges & Lehmann 1962): each run is taken by how far it is from its world's
    median, and runs change sides within their worlds alone.
    """
    worlds = [np.concatenate(pair) for pair in zip(ours, theirs, strict=True)]
    ranks = stats.rankdata(np.concatenate([runs - np.median(runs) for runs in worlds]))
    rng = np.random.default_rng(0)
    found, chance = 0.0, np.zeros(_SHUFFLES)
    ends = np.cumsum([len(runs) for runs in worlds])[:-1]
    for mine, own in zip(ours, np.split(ranks, ends), strict=True):
        expected = len(mine) * own.mean()
        found += own[: len(mine)].sum() - expected
        shuffled = rng.permuted(np.tile(own, (_SHUFFLES, 1)), axis=1)
        chance += shuffled[:, : len(mine)].sum(axis=1) - expected
    beyond = np.count_nonzero(np.abs(chance) >= abs(found) - 1e-9)
    return float((1 + beyond) / (1 + _SHUFFLES))


def performance_profile(tasks: Tasks, levels: Floats) -> list[Estimate]:
    """Return the share of runs that score more than each level `[L]`, with intervals."""
    return [
        _bootstrap(
            tasks, lambda *groups, at=level: np.mean(np.concatenate(groups, axis=-1) > at, axis=-1)
        )
        for level in levels
    ]


@dataclass(frozen=True)
class Reached:
    """After how many steps runs reached a score.

    Attributes:
        steps: `[runs]`: the first mark at which a run had the score, or its last mark if never.
        before: `[runs]`: the last mark at which it did not have it yet, or 0: the score was reached
            after `before` and not later than at `steps` (interval-censored).
        reached: `[runs]`: whether it did; where not, `steps` is a lower bound (right-censored).
    """

    steps: Floats
    before: Floats
    reached: NDArray[np.bool_]

    @property
    def median(self) -> float:
        """Median over runs: a lower bound if it is `censored`."""
        return float(np.median(self.steps))

    @property
    def at_most(self) -> Floats:
        """Return `steps` where the score was reached, elsewhere infinity."""
        return np.where(self.reached, self.steps, np.inf)

    @property
    def censored(self) -> bool:
        """Whether half of the runs or more did not get there."""
        return 2 * int(self.reached.sum()) <= len(self.reached)

    def __str__(self) -> str:
        if not self.reached.any():
            return f"not reached by {self.steps.max():,.0f}"
        count = f"{int(self.reached.sum())} of {len(self.reached)} runs"
        if self.censored:
            return f"not reached by {self.steps.max():,.0f} ({count} did)"
        return f"{self.median:,.0f}" if self.reached.all() else f"{self.median:,.0f} ({count})"


def steps_to(threshold: float, curves: Sequence[Sequence[tuple[float, float]]]) -> Reached:
    """Return after how many steps each curve of (steps, score) first had a score."""
    steps, before, reached = [], [], []
    for curve in curves:
        there = [at for at, score in sorted(curve) if score >= threshold]
        steps.append(float(there[0] if there else max(at for at, _ in curve)))
        earlier = [at for at, _ in curve if not there or at < there[0]]
        before.append(float(max(earlier, default=0)))
        reached.append(bool(there))
    return Reached(np.array(steps), np.array(before), np.array(reached))


def ratio_of_medians(above: Reached, below: Reached) -> Estimate | None:
    """Return how many times the steps of `below` those of `above` are, with its 95 % interval.

    The value is of the marks. The interval is wide enough for all that may lie between marks, and
    for what runs that did not get there may need: from the least steps of `above` over the most of
    `below`, to the reverse, which is without bound where `below` got there by its first mark.
    Where `above` is censored the value is a lower bound. `None` where `below` is: then nothing
    bounds the ratio.
    """
    if below.censored:
        return None
    value = above.median / below.median
    if min(len(above.steps), len(below.steps)) < 2:
        return Estimate(value, -np.inf, np.inf)
    low = _bootstrap([above.before, below.at_most], _of_medians).low
    most = _bootstrap([below.before, above.at_most], _of_medians).low
    return Estimate(value, low, 1 / most if most > 0 else np.inf)


def _of_medians(above: Floats, below: Floats) -> Floats:
    return np.asarray(np.median(above, axis=-1) / np.median(below, axis=-1))


def _trimmed(values: Floats) -> Floats:
    return np.asarray(stats.trim_mean(values, _TRIMMED, axis=-1))


def _bootstrap(groups: Sequence[Floats], statistic: Callable[..., Any]) -> Estimate:
    """Return a statistic of groups `[n]` each, resampled within each group.

    A group of one run has no spread to resample: then the interval is (-inf, inf), unknown.
    """
    samples = [np.asarray(group, np.float64) for group in groups]
    if any(not len(sample) for sample in samples):
        return Estimate(np.nan, -np.inf, np.inf)
    value = float(statistic(*samples))
    if not np.isfinite(value) or any(len(sample) < 2 for sample in samples):
        return Estimate(value, -np.inf, np.inf)
    return bootstrap(statistic, samples)
