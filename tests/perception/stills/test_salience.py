"""Salience of pixels: their latents' distance from the usual ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.back_end import Latents
from dsrl_agent.config.sights import StillsThresholds
from dsrl_agent.perception.stills.salience import (
    _densest,
    all_shifts,
    otsu_threshold,
    salience_of,
)
from dsrl_agent.types import Floats32

DEFAULTS = StillsThresholds()


def test_the_background_is_the_densest_value_not_the_median() -> None:
    rng = np.random.default_rng(0)
    usual = np.array([2.0, -1.0]) + 0.01 * rng.standard_normal((200, 2))
    others = rng.uniform(3.0, 8.0, (300, 2))  # more, but no two alike
    points = rng.permutation(np.concatenate([usual, others])).astype(np.float32)
    assert_allclose(_densest(points, DEFAULTS), (2.0, -1.0), atol=0.05)
    assert (np.median(points, axis=0) > 3.0).all()


@pytest.mark.parametrize(
    ("thresholds", "densest"),
    [(DEFAULTS, 0.0), (StillsThresholds(dense=0.5), 5.0)],
    ids=["default", "dense"],
)
def test_density_counts_the_share_of_neighbours_that_dense_says(
    thresholds: StillsThresholds, densest: float
) -> None:
    # A tenth of the points is at 0, the others spread evenly from 4 to 6.
    points = np.concatenate([np.zeros(100), np.linspace(4.0, 6.0, 900)]).astype(np.float32)[:, None]
    assert_allclose(_densest(points, thresholds), [densest], atol=0.3)


def test_as_many_places_are_compared_as_candidates_says() -> None:
    # With one candidate it is the first point, and its neighbours give the place.
    points = np.concatenate([[9.0, 9.0], np.zeros(18)]).astype(np.float32)[:, None]
    one = StillsThresholds(candidates=1, dense=0.1)
    assert_allclose(_densest(points, one), [9.0])
    assert_allclose(_densest(points, StillsThresholds(dense=0.1)), [0.0])


def test_all_shifts_hold_the_picture_at_each_of_4_x_4_places() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (1, 12, 16, 3), np.uint8)
    shifts = all_shifts(picture)
    assert shifts.shape == (16, 3, 28, 32)
    images = picture.transpose(0, 3, 1, 2) / np.float32(255)
    for row in range(4):
        for col in range(4):
            part = shifts[4 * row + col, :, 8 - row : 20 - row, 8 - col : 24 - col]
            assert_allclose(part, images[0])
    assert_array_equal(shifts[0, :, 0, 0], shifts[0, :, 8, 8])  # edges are continued


def test_otsu_s_threshold_parts_two_heaps() -> None:
    values = np.array([0.0] * 6 + [0.1] * 6 + [0.9] * 3 + [1.0] * 3)
    assert 0.1 < otsu_threshold(values) < 0.9
    assert otsu_threshold(np.full(5, 0.3)) == 0.3


class Corners:
    """Stands in for a fine network: the latent of a place is the red of its first pixel."""

    def encode(self, images: Floats32) -> Latents:
        mean = np.ascontiguousarray(images[:, :1, ::4, ::4].transpose(0, 2, 3, 1))
        return Latents(mean, np.full_like(mean, 2 * np.log(0.5)))


def test_salience_is_the_distance_in_posterior_deviations() -> None:
    picture = np.zeros((1, 12, 16, 3), np.uint8)
    picture[0, 5, 7] = 255
    network: Any = Corners()
    salience = salience_of(network, picture[0], DEFAULTS)
    assert salience.shape == (12, 16)
    # The red is 1, the deviation 0.5; a place is counted at the pixel after its first one.
    assert_array_equal(np.argwhere(salience > 0), [[6, 8]])
    assert_allclose(salience[6, 8], 2.0, rtol=1e-5)
