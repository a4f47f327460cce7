"""Enlarged frames and rows of text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageChops

from dsrl_agent.errors import ObservationError
from dsrl_agent.viewer.drawing import BACKGROUND, Sheet, enlarge, to_image


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((50, 50), (400, 400)),
        ((210, 160), (420, 320)),
        ((500, 300), (500, 300)),
        ((10, 100), (80, 800)),
        ((10, 1000), (10, 1000)),
    ],
)
def test_frames_are_enlarged_to_a_height_near_400(
    size: tuple[int, int], shown: tuple[int, int]
) -> None:
    image = enlarge(np.full((*size, 3), (1, 2, 3), np.uint8))
    assert (image.height, image.width) == shown
    assert image.getcolors() == [(shown[0] * shown[1], (1, 2, 3))]


@pytest.mark.parametrize(
    "frame",
    [
        np.zeros((5, 5, 3)),
        np.zeros((3, 5, 5), np.uint8),
        np.zeros((5, 5), np.uint8),
        np.zeros((1, 5, 5, 3), np.uint8),
        np.zeros((5, 0, 3), np.uint8),
    ],
)
def test_an_array_that_is_no_frame_is_refused(frame: Any) -> None:
    said = f"is {frame.dtype} {list(frame.shape)}, but must be".replace("[", r"\[")
    with pytest.raises(ObservationError, match=said):
        to_image(frame)


def ink(
    text: str, x: int, y: int, width: int, row: int = 20, anchor: str = "l"
) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of a text written on an empty image."""
    sheet = Sheet(300, 60)
    sheet.write((x, y), width, text, (255, 255, 255), row=row, anchor=anchor)
    image = ImageChops.difference(sheet.picture, Image.new("RGB", (300, 60), BACKGROUND))
    box = image.getbbox()
    assert box is not None
    return box


def test_a_text_stands_in_the_middle_of_its_row() -> None:
    _, top, _, bottom = ink("x", 10, 20, 200, row=30)
    assert abs((top + bottom) / 2 - 35) <= 3


def test_a_text_begins_at_its_anchor() -> None:
    left, _, right, _ = ink("abc", 100, 0, 200)
    assert 100 <= left < 104
    left_of, _, right_of, _ = ink("abc", 100, 0, 200, anchor="r")
    assert 96 < right_of <= 101
    assert abs((right - left) - (right_of - left_of)) <= 1


def test_a_text_is_shortened_to_the_width_of_its_row() -> None:
    left, _, right, _ = ink("a name without an end " * 5, 10, 0, 80)
    assert right - left <= 80
    assert right - left > 60
