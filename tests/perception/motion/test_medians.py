"""The median of frames over time."""

from __future__ import annotations

import hypothesis.extra.numpy as drawn
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from dsrl_agent.perception.motion.medians import median_picture
from dsrl_agent.types import Frame


@given(drawn.arrays(np.uint8, (5, 2, 3, 3), elements=st.integers(0, 3)), st.integers(1, 5))
def test_it_is_the_median_of_each_value(frames: Frame, count: int) -> None:
    assert_array_equal(median_picture(frames[:count]), np.median(frames[:count], axis=0))


def test_values_that_never_change_are_their_own_median() -> None:
    frames = np.repeat(np.arange(12, dtype=np.uint8).reshape(1, 2, 2, 3), 4, axis=0)
    assert_array_equal(median_picture(frames), frames[0])
