"""The median of frames over time."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from numpy.typing import NDArray

from dsrl_agent.perception.motion.medians import median_of


@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 12),
    st.sampled_from([0.2, 0.5, 0.9]),
    st.sampled_from([np.uint8, np.float32]),
)
def test_the_median_of_frames_is_that_of_each_pixel(
    seed: int, count: int, floor: float, kind: type[np.uint8 | np.float32]
) -> None:
    rng = np.random.default_rng(seed)
    frames: NDArray[Any] = rng.integers(0, 256, (count, 3, 4, 3)).astype(kind)
    frames[rng.random(frames.shape) < floor] = 17
    assert_array_equal(median_of(frames), np.median(frames, axis=0))
