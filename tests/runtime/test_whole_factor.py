from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from dsrl_agent.runtime.whole_factor import whole_factor
from dsrl_agent.types import Frame


def enlarged(small: Frame, factor: int) -> Frame:
    return small.repeat(factor, axis=1).repeat(factor, axis=2)


@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_an_enlarged_picture_is_reduced_without_loss(factor: int, seed: int) -> None:
    small = np.random.default_rng(seed).integers(0, 256, (2, 7, 9, 3), np.uint8)
    frames = enlarged(small, factor)
    assert whole_factor(frames) == factor
    assert_array_equal(frames[:, ::factor, ::factor], small)


def test_the_factor_divides_both_sides_and_every_edge() -> None:
    # One edge at column 4 of 12, one at row 6 of 12: gcd(12, 12, 4, 6) = 2.
    frames = np.zeros((1, 12, 12, 3), np.uint8)
    frames[:, :, 4:] = 9
    frames[:, 6:] += 1
    assert whole_factor(frames) == 2


def test_at_least_some_pixels_of_each_side_are_left() -> None:
    # One colour: 24 x 36 pixels could go to 2 x 3. Divisors of 12 that leave 5 of 24: 1, 2, 3, 4.
    frames = np.zeros((1, 24, 36, 3), np.uint8)
    assert whole_factor(frames) == 12
    assert whole_factor(frames, least_side=5) == 4


def test_a_later_frame_with_a_finer_block_lowers_the_factor() -> None:
    frames = np.zeros((2, 8, 8, 3), np.uint8)
    frames[1, 2:4, 2:4] = 200
    assert whole_factor(frames[:1]) == 8
    assert whole_factor(frames) == 2
