"""Estimate the standard deviation of noise by a median, which few outliers do not move."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAD_TO_SIGMA = 1.4826  # of a normal distribution: 1 / the 75th percentile of N(0, 1)


def sigma_of(median: float) -> float:
    """Return the standard deviation of normal noise whose absolute values have a median."""
    return _MAD_TO_SIGMA * median


def median_magnitude(values: NDArray[Any]) -> float:
    """Return the median of absolute values, 0 at once if most are 0."""
    if 2 * np.count_nonzero(values) < values.size:
        return 0.0
    return float(np.median(np.abs(values)))
