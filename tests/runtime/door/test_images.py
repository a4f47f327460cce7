"""Images among observations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from gymnasium import spaces

from dsrl_agent.config import DoorThresholds
from dsrl_agent.runtime.door.images import holds_symbols, images_in
from dsrl_agent.runtime.door.view import View


def views(space: spaces.Space[Any]) -> list[View]:
    return [image.view for image in images_in(space)]


@pytest.mark.parametrize(
    ("box", "view"),
    [
        (spaces.Box(0, 255, (40, 50, 3), np.uint8), View()),
        (spaces.Box(0, 255, (40, 50, 1), np.uint8), View(layout="grey")),
        (spaces.Box(0, 255, (40, 50), np.uint8), View(layout="grey")),
        (spaces.Box(0, 255, (40, 50, 4), np.uint8), View(layout="rgba")),
        (spaces.Box(0, 255, (3, 40, 50), np.uint8), View(channels_first=True)),
        (spaces.Box(0, 255, (1, 40, 50), np.uint8), View(layout="grey", channels_first=True)),
        (spaces.Box(0, 1, (40, 50, 3), np.float32), View(scale=255.0)),
        (spaces.Box(0, 255, (40, 50, 3), np.float32), View()),
        (
            spaces.Box(0, 1, (10, 10, 4), np.bool_),  # type: ignore[arg-type]
            View(layout="planes"),
        ),
        (spaces.Box(0, 1, (10, 10, 7), np.float32), View(layout="planes")),
    ],
)
def test_the_form_of_an_image_is_known(box: spaces.Box, view: View) -> None:
    assert views(box) == [view]


@pytest.mark.parametrize(
    "space",
    [
        spaces.Box(0, 255, (4, 40, 50, 3), np.uint8),  # a stack of frames
        spaces.Box(0, 255, (4, 40, 50), np.uint8),  # a stack of grey frames
        spaces.Box(-1, 1, (40, 50, 3), np.float32),
        spaces.Box(0, np.inf, (40, 50, 3), np.float32),
        spaces.Box(0, 255, (8,), np.uint8),
        spaces.Box(0, 255, (40, 50, 7), np.uint8),
        spaces.Discrete(16),
    ],
    ids=str,
)
def test_other_spaces_are_no_images(space: spaces.Space[Any]) -> None:
    assert views(space) == []


def test_images_within_dicts_and_tuples_are_found_by_their_path() -> None:
    frame = spaces.Box(0, 255, (40, 50, 3), np.uint8)
    space = spaces.Dict({"a": spaces.Tuple([spaces.Discrete(2), frame]), "b": spaces.Discrete(3)})
    assert views(space) == [View(path=("a", 1))]


def test_few_low_numbers_are_symbols_and_a_picture_is_none() -> None:
    view = np.array([[[2, 5, 0], [1, 0, 0], [8, 1, 0]]], np.uint8)  # as MiniGrid codes its objects
    assert holds_symbols(view, DoorThresholds())
    picture = np.array([[[0, 0, 0], [100, 100, 100]]], np.uint8)
    assert not holds_symbols(picture, DoorThresholds())
    assert not holds_symbols(np.array([[0, 1]], np.uint8), DoorThresholds())  # black and white
