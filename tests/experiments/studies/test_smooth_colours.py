"""Areas whose colour is even, or changes evenly."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.experiments.studies.smooth_colours import (
    colour_field,
    floor_of,
    grown,
    most_frequent,
    noise_of,
    smoothed,
)
from dsrl_agent.types import Floats

LEVEL = 1 / 255


def ramp(low: float, high: float) -> Floats:
    """Return a picture `[32, 32, 3]` that grows from left to right, the same in each channel."""
    return np.tile(np.linspace(low, high, 32)[None, :, None], (32, 1, 3))


def test_noise_is_told_from_second_differences() -> None:
    even = np.full((2, 32, 32, 3), 120, np.uint8)
    even[0] = np.rint(255 * ramp(0.2, 0.8))
    assert noise_of(even) == LEVEL  # rounding
    noisy = even + np.random.default_rng(0).normal(0, 10, even.shape)
    assert noise_of(np.rint(noisy).astype(np.uint8)) == pytest.approx(10 * LEVEL, rel=0.05)


def test_only_grainy_pictures_are_smoothed() -> None:
    values = np.random.default_rng(1).normal(0.5, 0.04, (64, 64, 3))
    assert smoothed(values, 2 * LEVEL) == (values, 2 * LEVEL)
    soft, noise = smoothed(values, 0.04)
    # The median of 9 normal numbers has 0.408 of their deviation.
    assert soft.std() == pytest.approx(0.408 * 0.04, rel=0.05)
    assert noise == pytest.approx(0.018)


def test_a_field_is_one_colour_unless_a_ramp_is_shorter() -> None:
    left = np.zeros((32, 32), np.bool_)
    left[:, :16] = True
    assert_allclose(colour_field(ramp(0.2, 0.8), left, LEVEL), ramp(0.2, 0.8), atol=1e-9)
    # 4 pixels may not show a ramp.
    few = np.zeros_like(left)
    few[3, 10:14] = True
    assert_allclose(
        colour_field(ramp(0.2, 0.8), few, LEVEL)[0, 0], ramp(0.2, 0.8)[3, 10:14].mean(0)
    )
    noisy = 0.5 + np.random.default_rng(2).normal(0, 0.02, (32, 32, 3))
    field = colour_field(noisy, left, 0.02)
    assert_array_equal(field, np.broadcast_to(field[0, 0], field.shape))


def test_an_area_grows_from_its_most_frequent_colour_along_its_ramp() -> None:
    values = ramp(0.4, 0.6)  # 1.6 levels a pixel
    values[10:20, 10:20] = 0.95
    everything = np.ones((32, 32), np.bool_)
    inner = np.zeros_like(everything)
    inner[8:24, 8:24] = True
    seeds = most_frequent(values, inner, LEVEL)
    assert_array_equal(seeds, values[..., 0] == 0.95)  # 100 of 256; shades of the ramp have fewer
    assert_array_equal(grown(values, seeds, everything, LEVEL).own, seeds)
    floor = floor_of(values, LEVEL)
    assert_array_equal(floor.own, ~seeds)
    assert_allclose(floor.colour, ramp(0.4, 0.6), atol=1e-6)
    # A ramp is followed where it changes by less than noise from pixel to pixel.
    assert floor_of(ramp(0.0, 1.0), LEVEL).own.mean() < 0.2
