"""Resample pictures by area: each new pixel is the mean of what it covers."""

from __future__ import annotations

import numpy as np

from dsrl_agent.types import Floats


def area_weights(old: int, new: int) -> Floats:
    """Return the weight `[new, old]` of each old pixel in the mean that each new pixel is."""
    edges = np.linspace(0.0, old, new + 1)
    upper = np.minimum(edges[1:, None], np.arange(1, old + 1))
    lower = np.maximum(edges[:-1, None], np.arange(old))
    shared = np.maximum(upper - lower, 0.0)
    return np.asarray(shared / shared.sum(axis=1, keepdims=True), np.float64)
