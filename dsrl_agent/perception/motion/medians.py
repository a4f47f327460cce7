"""Compute the median of frames over time, which few of them change."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.types import Floats


def median_picture(frames: NDArray[Any]) -> Floats:
    """Return the median `[H, W, 3]` of each value of frames `[N, H, W, 3]`.

    Values that are the same in all frames, in large frames most, are not sorted.
    """
    first = frames[0]
    varies = np.zeros(first.shape, np.bool_)
    for frame in frames[1:]:
        varies |= frame != first
    middle = first.astype(np.float64)
    middle[varies] = np.median(frames[:, varies], axis=0)
    return np.asarray(middle)
