"""Estimate a figure with its 95 % bootstrap interval. Imports neither torch nor the agent."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import stats

from dsrl_agent.types import Floats

_RESAMPLES = 2000
_CONFIDENCE = 0.95


class Estimate(NamedTuple):
    """A figure with its 95 % interval (bootstrap over episodes)."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def mean(values: Floats) -> Estimate:
    """Return the mean of values `[N]` with its 95 % bootstrap interval."""
    estimate = ratio(values, np.ones_like(values))
    assert estimate is not None, "values must be finite"
    return estimate


def ratio(above: Floats, below: Floats) -> Estimate | None:
    """Return the ratio of sums with its bootstrap interval, or `None` where it has no meaning."""
    if not np.isfinite(above).all() or not np.isfinite(below).all() or below.sum() == 0:
        return None
    value = float(above.sum() / below.sum())
    if len(above) < 2:
        return Estimate(value, value, value)

    def statistic(a: Floats, b: Floats, axis: int = -1) -> Floats:
        # A resample without a touched object says nothing; it counts as the whole sample's value.
        total = b.sum(axis=axis)
        whole = np.where(total == 0, 1.0, total)
        return np.asarray(np.where(total == 0, value, a.sum(axis=axis) / whole))

    result = stats.bootstrap(
        (above, below),
        statistic,
        paired=True,
        vectorized=True,
        n_resamples=_RESAMPLES,
        confidence_level=_CONFIDENCE,
        method="percentile",
        rng=np.random.default_rng(0),
    )
    interval = result.confidence_interval
    return Estimate(value, float(interval.low), float(interval.high))
