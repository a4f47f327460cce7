"""Compute statistics over runs, after Agarwal et al. 2021 (arXiv 2108.13264), with SciPy.

Scores come as one array `[runs]` for each world ("task"). Worlds are strata of the bootstrap: each
resample holds as many runs of every world as were measured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from dsrl_agent.evaluation.estimate import Estimate, bootstrap
from dsrl_agent.types import Floats

_SHUFFLES = 9999
_TRIMMED = 0.25  # share cut off on each side, for the interquartile mean

Tasks = Sequence[Floats]


def interquartile_mean(tasks: Tasks) -> Estimate:
    """Return the mean of the middle half of all runs, with its stratified 95 % interval."""
    return _bootstrap(tasks, _trimmed)


def mean_of_runs(runs: Floats) -> Estimate:
    """Return the mean of all runs `[N]` with its 95 % interval; no run is trimmed."""
    return _bootstrap([runs], lambda values: np.asarray(np.mean(values, axis=-1)))


def probability_of_improvement(ours: Tasks, theirs: Tasks) -> Estimate:
    """Return the probability that a run of ours beats one of theirs in a world drawn at random.

    Ties count one half (the Mann-Whitney statistic, averaged over worlds).

    Raises:
        ValueError: The two have different numbers of worlds.
    """
    if len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} worlds against {len(theirs)}: give the same ones.")

    def statistic(*groups: Floats) -> Floats:
        chances = []
        for mine, others in zip(groups[: len(ours)], groups[len(ours) :], strict=True):
            a, b = mine[..., :, None], others[..., None, :]
            chances.append(np.mean((a > b) + 0.5 * (a == b), axis=(-2, -1)))
        return np.asarray(np.mean(chances, axis=0))

    return _bootstrap([*ours, *theirs], statistic)


def rank_test(ours: Tasks, theirs: Tasks) -> float:
    """Return the two-sided p of the hypothesis that both do equally well: a rank test by shuffling.

    In one world it is the test of Mann & Whitney with ties. Three runs against three have a p of at
    least 0.1, where a bootstrap of runs that do not overlap has no spread. In several worlds the
    ranks are aligned (Hodges & Lehmann 1962): runs are ranked by their distance from the median of
    their world, and shuffled within their world only. With a NaN in a run p is NaN.
    """
    if any(np.isnan(runs).any() for runs in (*ours, *theirs)):
        return float("nan")
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

    def share(level: float, *groups: Floats) -> Floats:
        return np.asarray(np.mean(np.concatenate(groups, axis=-1) > level, axis=-1))

    return [_bootstrap(tasks, partial(share, level)) for level in levels]


@dataclass(frozen=True)
class Reached:
    """Steps, or seconds, in which runs reached a score, `[runs]` each, measured at marks only.

    The score was reached after `before` and not later than at `steps` (interval-censored). Where it
    was not reached, `steps` is a lower bound (right-censored).
    """

    steps: Floats  # first mark with the score, or the last mark of a run that never had it
    before: Floats  # last mark before `steps` without the score, or 0
    reached: NDArray[np.bool_]  # whether the run reached the score

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
        """Whether at least half of the runs did not reach the score."""
        return 2 * int(self.reached.sum()) <= len(self.reached)

    def __str__(self) -> str:
        if not self.reached.any():
            return f"not reached by {_rounded(self.steps.max())}"
        count = f"{int(self.reached.sum())} of {len(self.reached)} runs"
        if self.censored:
            return f"not reached by {_rounded(self.steps.max())} ({count} did)"
        middle = _rounded(self.median)
        return middle if self.reached.all() else f"{middle} ({count})"


def _rounded(value: float) -> str:
    """Return steps or seconds as text: whole, or the first digit of less than one."""
    return f"{value:.1g}" if 0 < value < 1 else f"{value:,.0f}"


def steps_to(threshold: float, curves: Sequence[Sequence[tuple[float, float]]]) -> Reached:
    """Return the steps in which each curve of (steps, score) first had a score of `threshold`."""
    steps, before, reached = [], [], []
    for curve in curves:
        there = [at for at, score in sorted(curve) if score >= threshold]
        steps.append(float(there[0] if there else max(at for at, _ in curve)))
        earlier = [at for at, _ in curve if not there or at < there[0]]
        before.append(float(max(earlier, default=0)))
        reached.append(bool(there))
    return Reached(np.array(steps), np.array(before), np.array(reached))


def ratio_of_medians(above: Reached, below: Reached) -> Estimate | None:
    """Return the median steps of `above` over those of `below`, with the 95 % interval.

    The value is computed from the marks. The interval holds all values that may lie between marks,
    and all that runs which did not reach the score may need. Its lower end comes from
    `above.before` / `below.at_most`, its upper end from `above.at_most` / `below.before`. The upper
    end is infinite where `below` reached the score by its first mark. The ratio is a lower bound
    where `above` is censored; where `below` is, nothing bounds the ratio: `None`.
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


def _trimmed(*groups: Floats) -> Floats:
    return np.asarray(stats.trim_mean(np.concatenate(groups, axis=-1), _TRIMMED, axis=-1))


def _bootstrap(groups: Sequence[Floats], statistic: Callable[..., Any]) -> Estimate:
    """Return a statistic of groups `[n]`, with its interval by resampling within each group.

    A group of one run has no spread to resample: the interval is then (-inf, inf). With a NaN in a
    group, which a trimmed mean would cut off unseen, the statistic is NaN.
    """
    samples = [np.asarray(group, np.float64) for group in groups]
    if any(not len(sample) or np.isnan(sample).any() for sample in samples):
        return Estimate(np.nan, -np.inf, np.inf)
    value = float(statistic(*samples))
    if not np.isfinite(value) or any(len(sample) < 2 for sample in samples):
        return Estimate(value, -np.inf, np.inf)
    return bootstrap(statistic, samples)
