"""Estimate a figure with its 95 % interval, by bootstrap or as a binomial share.

The module imports neither torch nor the agent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from dsrl_agent.types import Floats

_RESAMPLES = 2000  # of the bootstrap, after Agarwal et al. 2021
_CONFIDENCE = 0.95


class Estimate(NamedTuple):
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def bootstrap(
    statistic: Callable[..., Any], samples: Sequence[Floats], *, paired: bool = False
) -> Estimate:
    """Return a statistic with its percentile bootstrap interval, the same in every call.

    The statistic maps arrays `[..., n]`, one for each sample, to `[...]`. Samples `[n]` of at least
    two values each are resampled by themselves or, if `paired`, by the same indices.
    """
    rng, sizes = np.random.default_rng(0), [len(sample) for sample in samples]
    if min(sizes) < 2:
        raise ValueError(f"A sample has {min(sizes)} values, but resampling takes at least 2.")
    if paired:
        chosen = [rng.integers(0, sizes[0], (_RESAMPLES, sizes[0]))] * len(samples)
    else:
        chosen = [rng.integers(0, size, (_RESAMPLES, size)) for size in sizes]
    resampled = statistic(*(sample[each] for sample, each in zip(samples, chosen, strict=True)))
    tail = (1 - _CONFIDENCE) / 2
    low, high = np.quantile(resampled, [tail, 1 - tail])
    return Estimate(float(statistic(*samples)), float(low), float(high))


def mean(values: Floats) -> Estimate:
    """Return the mean of finite values `[N]` with its bootstrap interval."""
    estimate = ratio(values, np.ones_like(values))
    assert estimate is not None, "values must be finite"
    return estimate


def ratio(above: Floats, below: Floats) -> Estimate | None:
    """Return the ratio of two sums over the same episodes, with its bootstrap interval.

    The terms are `[N]` each. One episode gives an interval of width 0. The estimate is `None` if a
    term is not finite or the denominator is 0.
    """
    if not np.isfinite(above).all() or not np.isfinite(below).all() or below.sum() == 0:
        return None
    value = float(above.sum() / below.sum())
    if len(above) < 2:
        return Estimate(value, value, value)

    def of_sums(a: Floats, b: Floats) -> Floats:
        # A resample with a denominator of 0 holds no information: it counts as the whole sample.
        total = b.sum(axis=-1)
        whole = np.where(total == 0, 1.0, total)
        return np.asarray(np.where(total == 0, value, a.sum(axis=-1) / whole))

    return bootstrap(of_sums, (above, below), paired=True)


def share(flags: Sequence[bool]) -> Estimate:
    """Return the share of true flags, with the interval of Wilson 1927."""
    from scipy import stats  # takes most of a second

    result = stats.binomtest(int(np.sum(flags)), len(flags))
    interval = result.proportion_ci(_CONFIDENCE, method="wilson")
    return Estimate(float(result.statistic), float(interval.low), float(interval.high))
