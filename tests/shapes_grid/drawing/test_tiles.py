"""Tiles that are copied into cells."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_array_equal

from shapes_grid import WorldSpec
from shapes_grid.drawing.canvas import BACKGROUND, Scene
from shapes_grid.drawing.tiles import TilePainter
from shapes_grid.shapes import SHAPES

SPEC = WorldSpec(rows=1, cols=3, cell=5, border=(0, 0, 0, 0), objects={"square": 1}, rewards={})


def test_only_the_named_cells_are_painted() -> None:
    painter = TilePainter(SPEC, 1)
    scene = Scene(np.array([[[1, 0, 1]]], np.int8), None, np.array([1]), np.array([0]))
    painter.paint(scene, np.array([0, 0]), np.array([0, 1]))
    assert_array_equal(
        painter.frames[0, 2, 2::5], [SHAPES["square"].colour, SHAPES["plus"].colour, BACKGROUND]
    )


def test_an_agent_that_faces_a_direction_has_four_tiles() -> None:
    spec = WorldSpec(rows=1, cols=1, cell=9, border=(0, 0, 0, 0), objects={}, controls="heading")
    painter = TilePainter(spec, 4)
    cells = np.zeros((4, 1, 1), np.int8)
    worlds, places = np.arange(4), np.zeros(4, np.intp)
    painter.paint(Scene(cells, None, places, worlds), worlds, places)
    up, right, down, left = (frame.astype(int) for frame in painter.frames)
    # Each picture is the one before turned by a quarter to the right.
    assert_array_equal(np.rot90(up, -1), right)
    assert_array_equal(np.rot90(right, -1), down)
    assert_array_equal(np.rot90(down, -1), left)
