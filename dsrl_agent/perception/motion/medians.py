"""Compute the median of frames over time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.types import Floats


def median_of(frames: NDArray[Any]) -> Floats:
    """Return the median `[H, W, 3]` of frames `[B, H, W, 3]`.

    Where more than half of the frames show a value, as of the floor, they need not be ordered.
    """
    likely = np.median(frames[:: math.isqrt(len(frames))], axis=0).astype(frames.dtype)
    found: Floats = likely.astype(np.float64)
    unsure = 2 * np.count_nonzero(frames == likely, axis=0) <= len(frames)
    found[unsure] = np.median(frames[:, unsure], axis=0)
    return found
