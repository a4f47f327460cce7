"""The standard deviation of noise by a median."""

from __future__ import annotations

import hypothesis.extra.numpy as drawn
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsrl_agent.symbols.deviation import median_magnitude, sigma_of
from dsrl_agent.types import Ints


def test_normal_noise_has_its_deviation_whatever_a_few_outliers_are() -> None:
    noise = np.random.default_rng(0).normal(0.0, 3.0, 100_000)
    noise[:100] = 1e9
    assert sigma_of(float(np.median(np.abs(noise)))) == pytest.approx(3.0, rel=0.02)
    assert sigma_of(0.0) == 0.0


@given(drawn.arrays(np.int64, st.integers(1, 9), elements=st.integers(-2, 2)))
def test_the_median_of_magnitudes_is_the_same_where_most_are_zero(values: Ints) -> None:
    assert median_magnitude(values) == np.median(np.abs(values))
