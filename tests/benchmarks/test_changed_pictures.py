"""Changed frames, and what they show."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from benchmarks.changed_pictures import CHANGES, Scene
from shapes_grid import ShapesGridEnv

TRUTH = {(1, 1): "agent", (1, 3): "cross", (2, 2): "circle"}
SIDE = 10


def scene() -> Scene:
    """Return 4 x 5 cells of 10 pixels; each thing fills its cell with a colour of its own."""
    frame = np.zeros((4 * SIDE, 5 * SIDE, 3), np.uint8)
    for channel, (row, col) in enumerate(TRUTH):
        place = slice(row * SIDE, (row + 1) * SIDE), slice(col * SIDE, (col + 1) * SIDE)
        frame[(*place, channel)] = 200
    return Scene(frame, dict(TRUTH), (4, 5))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("change", ["mirrored", "turned", "cut"])
def test_the_truth_moves_with_the_picture(change: str, seed: int) -> None:
    copied = CHANGES[change](scene(), np.random.default_rng(seed))
    picture = np.asarray(copied.picture)
    kinds = dict(zip(TRUTH.values(), range(3), strict=True))
    shown = {
        (row // SIDE, col // SIDE): kind
        for kind, channel in kinds.items()
        for row, col in np.argwhere(picture[..., channel] == 200).tolist()
    }
    rows, cols = (min(place[axis] for place in copied.truth) for axis in (0, 1))
    first = tuple(min(place[axis] for place in shown) for axis in (0, 1))
    moved = {(r - rows + first[0], c - cols + first[1]): k for (r, c), k in copied.truth.items()}
    assert shown == moved


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_every_change_makes_a_picture_and_leaves_the_scene(change: str) -> None:
    env = ShapesGridEnv()
    frame, info = env.reset(seed=3)
    before = Scene(frame.copy(), {(2, 2): "agent"}, info["truth"]["cells"].shape)
    copied = CHANGES[change](before, np.random.default_rng(5))
    assert isinstance(copied.picture, Image.Image)
    assert np.array_equal(before.frame, frame)
    assert before.truth == {(2, 2): "agent"}
    assert copied.truth
