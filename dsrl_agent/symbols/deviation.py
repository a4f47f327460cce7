"""Estimate the standard deviation of noise by a median, which few outliers do not move."""

from __future__ import annotations

_MAD_TO_SIGMA = 1.4826  # of a normal distribution: 1 / the 75th percentile of N(0, 1)


def sigma_of(median: float) -> float:
    """Return the standard deviation of normal noise whose absolute values have a median."""
    return _MAD_TO_SIGMA * median
