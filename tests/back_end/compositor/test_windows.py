"""Windows around the places of a grid."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_array_equal

from dsrl_agent.back_end.compositor.windows import Windows, most_beside, with_rim

PAIR = Windows(pitch=(1, 2), origin=(0, 1), shape=(2, 1), frame=(2, 4), margin=1)


def test_a_window_is_a_place_and_its_margin_with_zeros_beyond_the_image() -> None:
    image = np.arange(1, 9, dtype=np.uint8).reshape(1, 2, 4, 1)
    cut = PAIR.of(image)
    assert cut.shape == (1, 2, 1, 3, 4, 1)
    assert_array_equal(cut[0, 0, 0, ..., 0], [[0, 0, 0, 0], [1, 2, 3, 4], [5, 6, 7, 8]])
    assert_array_equal(cut[0, 1, 0, ..., 0], [[1, 2, 3, 4], [5, 6, 7, 8], [0, 0, 0, 0]])


def test_windows_of_2_x_2_pixels() -> None:
    windows = Windows(pitch=(2, 2), origin=(1, 0), shape=(1, 2), frame=(3, 4), margin=0)
    cut = windows.of(np.arange(12).reshape(1, 3, 4, 1))[0, 0, :, :, :, 0]
    assert_array_equal(cut, [[[4, 5], [8, 9]], [[6, 7], [10, 11]]])


def test_own_pixels_are_those_of_the_place() -> None:
    image = np.arange(1, 9).reshape(1, 2, 4, 1)
    rows, cols = PAIR.own
    assert_array_equal(PAIR.of(image)[0, :, 0, rows, cols, 0], [[[2, 3]], [[6, 7]]])


def test_the_core_is_the_middle_of_the_place() -> None:
    windows = Windows(pitch=(8, 12), origin=(0, 0), shape=(1, 1), frame=(8, 12), margin=3)
    assert windows.size == (14, 18)
    assert windows.core(0.5) == (slice(5, 9), slice(6, 12))
    assert windows.core(1.0) == windows.own


def test_pixels_outside_of_the_frame_are_told() -> None:
    assert_array_equal(PAIR.inside()[0, 0], [[0, 0, 0, 0], [1, 1, 1, 1], [1, 1, 1, 1]])


def test_a_rim_of_zeros_lies_around_images() -> None:
    rimmed = with_rim(np.array([[[1, 2]], [[3, 4]]]), 1)
    assert_array_equal(rimmed[1], [[0, 0, 0, 0], [0, 3, 4, 0], [0, 0, 0, 0]])


def test_the_most_beside_a_place_leaves_out_its_own_value() -> None:
    assert_array_equal(most_beside(np.array([[[5, 1, 0, 2]]])), [[[1, 5, 2, 0]]])
