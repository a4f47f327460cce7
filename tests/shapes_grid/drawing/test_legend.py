"""The legend and the keys for people."""

from __future__ import annotations

from typing import Any

import numpy as np
import pygame
import pytest

from shapes_grid import IDS, ShapesGridEnv, WorldSpec
from shapes_grid.drawing.canvas import BACKGROUND
from shapes_grid.drawing.legend import keys_to_action, legend


@pytest.mark.parametrize("name", [*IDS])
def test_the_legend_shows_every_kind(name: str) -> None:
    env = ShapesGridEnv(**IDS[name])
    spec = env.world_spec
    texts = [text for _, text in env.legend()]
    assert texts[: int(spec.agent)] == ["you"][: int(spec.agent)]
    assert [text.split(":")[0] for text in texts[int(spec.agent) :]] == list(spec.kinds)
    for picture, text in env.legend():
        assert picture.dtype == np.uint8
        assert picture.ndim == 3
        assert picture.shape[2] == 3
        assert text
        assert (picture != BACKGROUND).any()
    pictures = [picture.tobytes() for picture, _ in env.legend()]
    assert len(set(pictures)) == len(pictures)


def test_the_legend_names_the_effect_of_touching() -> None:
    texts = [text for _, text in ShapesGridEnv(**IDS["ShapesGrid-KeyDoor-v0"]).legend()]
    assert texts == [
        "you",
        "cross: +1",
        "wall: blocks",
        "key: opens a door",
        "door: needs a key",
    ]
    named = [text for _, text in ShapesGridEnv(**IDS["ShapesGrid-Lethal-v0"]).legend()]
    assert named == ["you", "circle: -1, ends the episode", "cross: +1"]
    assert [text for _, text in ShapesGridEnv(**IDS["ShapesGrid-Switch-v0"]).legend()][3:] == [
        "gate: needs a switch",
        "switch: opens gates",
        "pressed: was stepped on",
    ]
    assert [text for _, text in ShapesGridEnv(**IDS["ShapesGrid-Push-v0"]).legend()][
        -1
    ] == "box: can be pushed"
    assert [text for _, text in ShapesGridEnv(**IDS["ShapesGrid-Distractors-v0"]).legend()][
        -1
    ] == "square: +0"


@pytest.mark.parametrize(
    "fields",
    [
        {"colours": "white", "objects": {"cross": 1, "wall": 1}},
        {"colours": "random", "objects": {"cross": 1, "circle": 1}, "roles": {"circle": "wall"}},
    ],
)
def test_the_legend_shows_walls_in_their_colour(fields: dict[str, Any]) -> None:
    env = ShapesGridEnv(rewards={"cross": 1.0}, rows=3, cols=3, border=(0, 0, 0, 0), **fields)
    for seed in range(5):
        frame, info = env.reset(seed=seed)
        truth = info["truth"]
        wall = next(kind for kind in truth["kinds"] if env.world_spec.role(kind) == "wall")
        row, col = np.argwhere(truth["cells"] == 1 + truth["kinds"].index(wall))[0]
        seen = frame[9 * row : 9 * row + 9, 9 * col : 9 * col + 9].reshape(-1, 3)
        shown = next(picture for picture, text in env.legend() if text.startswith(wall))
        assert shown.reshape(-1, 3).max(0).tolist() == seen.max(0).tolist()


def test_the_keys_are_the_arrow_keys() -> None:
    arrows = pygame.K_LEFT, pygame.K_RIGHT, pygame.K_UP, pygame.K_DOWN
    assert ShapesGridEnv().get_keys_to_action() == {(key,): i for i, key in enumerate(arrows)}
    # With a heading, left and right turn and up goes forward.
    assert ShapesGridEnv(**IDS["ShapesGrid-Heading-v0"]).get_keys_to_action() == {
        (pygame.K_LEFT,): 0,
        (pygame.K_RIGHT,): 1,
        (pygame.K_UP,): 2,
    }


def test_legend_and_keys_need_only_a_spec() -> None:
    spec = WorldSpec(agent=False, objects={"cross": 1}, rewards={"cross": 2.0})
    assert [text for _, text in legend(spec)] == ["cross: +2"]
    assert list(keys_to_action(spec).values()) == [0, 1, 2, 3]
