"""The recipes from observations to frames."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from dsrl_agent.runtime.door.view import View, reduced

GREY = np.array([[0, 50], [100, 255]], np.uint8)


def test_a_plain_frame_is_copied() -> None:
    frame = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    made = View().frame(frame)
    assert_array_equal(made, frame)
    assert not np.shares_memory(made, frame)


def test_grey_levels_become_three_equal_channels() -> None:
    for image in (GREY, GREY[..., None]):
        made = View(layout="grey").frame(image)
        assert made.shape == (2, 2, 3)
        assert_array_equal(made[..., 1], GREY)


def test_channels_that_come_first_are_moved_to_the_end() -> None:
    frame = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    assert_array_equal(View(channels_first=True).frame(np.moveaxis(frame, -1, 0)), frame)


def test_opacity_is_applied_over_black() -> None:
    image = np.array([[[200, 100, 50, 255], [200, 100, 50, 0], [200, 100, 51, 127]]], np.uint8)
    # 200 * 127 / 255 = 99.6, 100 * 127 / 255 = 49.8, 51 * 127 / 255 = 25.4
    assert View(layout="rgba").frame(image).tolist() == [[[200, 100, 50], [0, 0, 0], [100, 50, 25]]]


def test_floats_between_0_and_1_are_scaled() -> None:
    image = np.array([[[0.0, 0.5, 1.0]]], np.float32)
    assert View(scale=255.0).frame(image).tolist() == [[[0, 128, 255]]]  # 127.5 to the even 128


def test_every_set_of_planes_has_a_colour_of_its_own() -> None:
    for count in (2, 4, 6):
        numbers = np.arange(2**count)
        planes = (numbers[:, None] >> np.arange(count)) & 1
        made = View(layout="planes").frame(planes[None].astype(np.bool_))
        assert len({tuple(colour) for colour in made[0].tolist()}) == 2**count
    assert made[0, 0].tolist() == [0, 0, 0]


def test_cells_of_planes_become_squares() -> None:
    planes = np.zeros((2, 3, 4), np.bool_)
    planes[1, 2, 0] = True
    made = View(layout="planes", cell=6).frame(planes)
    assert made.shape == (12, 18, 3)
    assert (made[6:, 12:] == made[6, 12]).all()
    assert made[6, 12].any()
    assert not made[:6].any()


def test_squares_are_brought_down_to_their_mean() -> None:
    frame = np.zeros((5, 5, 3), np.uint8)
    frame[1:3, 1:3, 0] = [[10, 20], [30, 41]]  # mean 25.25
    frame[1:3, 1:3, 1] = [[0, 0], [0, 255]]  # mean 63.75
    made = View(factor=2, corner=(1, 1)).frame(frame)
    assert made.shape == (2, 2, 3)
    assert made[0, 0].tolist() == [25, 64, 0]


@settings(deadline=None, max_examples=50)
@given(factor=st.integers(1, 5), rows=st.integers(1, 4), seed=st.integers(0, 99))
def test_enlarged_frames_are_brought_back(factor: int, rows: int, seed: int) -> None:
    frame = np.random.default_rng(seed).integers(0, 256, (rows, 3, 3), np.uint8)
    large = frame.repeat(factor, axis=0).repeat(factor, axis=1)
    assert_array_equal(reduced(large, factor, (0, 0)), frame)


@pytest.mark.parametrize("view", [View(), View(True, ("a", 1), "grey", True, 255.0, 6, 4, (1, 2))])
def test_a_recipe_survives_json(view: View) -> None:
    assert View.from_json(json.loads(json.dumps(view.to_json()))) == view


@pytest.mark.parametrize(
    "change",
    [
        {"rendered": -0.5},
        {"channels_first": 1},
        {"layout": "hsv"},
        {"scale": 0.0},
        {"scale": "1"},
        {"cell": 0},
        {"factor": 2**40},
        {"factor": True},
        {"corner": [1]},
        {"corner": [-1, 0]},
    ],
)
def test_what_is_no_recipe_is_refused(change: dict[str, Any]) -> None:
    assert View.from_json(View(factor=2).to_json()) == View(factor=2)
    with pytest.raises(ValueError, match="is no recipe for frames"):
        View.from_json({**View().to_json(), **change})
