"""The standard deviation of noise by a median."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.symbols.deviation import sigma_of


def test_normal_noise_has_its_deviation_whatever_a_few_outliers_are() -> None:
    noise = np.random.default_rng(0).normal(0.0, 3.0, 100_000)
    noise[:100] = 1e9
    assert sigma_of(float(np.median(np.abs(noise)))) == pytest.approx(3.0, rel=0.02)
    assert sigma_of(0.0) == 0.0
