"""Layers of one colour each."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.experiments.studies.colour_layers import clear_objects, colour_layers
from dsrl_agent.types import Frame

FLOOR, RED, BLUE = (20, 40, 60), (220, 40, 60), (20, 40, 240)


def picture() -> Frame:
    """Draw a red square that a blue one hides a part of, and a lone blue one with a soft edge."""
    frame = np.full((30, 30, 3), FLOOR, np.uint8)
    frame[2:8, 2:8] = RED
    frame[5:11, 5:11] = BLUE
    frame[20:26, 18:24] = BLUE
    frame[26, 18:24] = (20, 40, 105)  # a quarter blue: 60 + 180 / 4
    return frame


def test_each_colour_is_a_layer_and_mixed_pixels_are_of_the_nearest() -> None:
    layers = colour_layers(picture())
    assert layers.layers == 3
    assert_array_equal(layers.colours[0], FLOOR)
    numbers = {tuple(colour): k for k, colour in enumerate(layers.colours.tolist())}
    expected = np.zeros((30, 30), np.int64)
    expected[2:8, 2:8] = numbers[220.0, 40.0, 60.0]
    expected[5:11, 5:11] = expected[20:26, 18:24] = numbers[20.0, 40.0, 240.0]
    assert_array_equal(layers.labels, expected)


def test_rows_of_single_pixels_are_no_layer() -> None:
    frame = np.full((20, 20, 3), FLOOR, np.uint8)
    frame[8:12, 4:16] = RED
    frame[12, 4:16] = (120, 40, 60)  # half red, in 12 pixels
    assert colour_layers(frame).layers == 2


def test_objects_that_touch_others_or_the_edge_are_not_clear() -> None:
    frame = picture()
    frame[0:5, 20:25] = RED  # at the edge
    (one,) = clear_objects(frame, colour_layers(frame))
    expected = np.zeros((30, 30))
    expected[20:26, 18:24], expected[26, 18:24] = 1.0, 0.25
    assert_allclose(one.coverage, expected, atol=1e-9)
