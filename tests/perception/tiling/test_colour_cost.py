from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.perception.tiling.colour_cost import bits_per_pixel


def test_one_pixel_of_one_colour_costs_one_bit() -> None:
    # Two symbols at least, prior 1/2 each: the first pixel has probability 1/2.
    assert bits_per_pixel(np.zeros((1, 1, 1), np.uint32)) == pytest.approx(1.0)


def test_a_second_pixel_of_the_same_colour_costs_less() -> None:
    # 1/2 and then (1 + 1/2) / (1 + 1) = 3/4: log2(8/3) = 1.415 bits for two pixels.
    assert bits_per_pixel(np.zeros((1, 1, 2), np.uint32)) == pytest.approx(np.log2(8 / 3) / 2)


def test_noise_costs_the_logarithm_of_the_number_of_colours() -> None:
    noise = np.random.default_rng(1).integers(0, 4, (1, 64, 64)).astype(np.uint32)
    assert bits_per_pixel(noise) == pytest.approx(2.0, abs=0.02)


def test_stripes_cost_next_to_nothing_given_their_neighbours() -> None:
    stripes = np.tile(np.array([0, 1], np.uint32), (1, 64, 32))
    assert bits_per_pixel(stripes) < 0.02


def test_pixels_of_a_colour_each_cost_the_logarithm_of_their_number() -> None:
    # Given the left and the upper one, each is the first of its context: 1 / 64 is the prior.
    pixels = np.arange(0, 6400, 100, dtype=np.uint32).reshape(1, 8, 8)
    assert bits_per_pixel(pixels) == pytest.approx(6.0)
