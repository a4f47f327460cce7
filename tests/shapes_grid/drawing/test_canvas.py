"""What painters share: floor, borders and the agent's colour."""

from __future__ import annotations

import copy

import numpy as np
from numpy.testing import assert_array_equal

from shapes_grid import WorldSpec
from shapes_grid.appearances import WHITE
from shapes_grid.drawing.canvas import BACKGROUND, Painter, Scene, agent_colour
from shapes_grid.drawing.painters import make_painter
from shapes_grid.shapes import SHAPES


def test_an_unpainted_frame_is_the_background() -> None:
    painter = make_painter(WorldSpec(rows=1, cols=2, cell=4, border=(1, 0, 0, 2), objects={}), 3)
    assert painter.frames.shape == (3, 1 + 4, 2 + 8, 3)
    assert (painter.frames == BACKGROUND).all()


def test_lines_are_drawn_at_the_upper_and_left_edges_of_cells() -> None:
    spec = WorldSpec(rows=1, cols=2, cell=4, border=(1, 0, 0, 2), objects={})
    frame = make_painter(spec, 1, lines=True).frames[0]
    lined = (frame != BACKGROUND).all(axis=2)
    expected = np.zeros((5, 10), np.bool_)
    expected[1, 2:] = True
    expected[1:, [2, 6]] = True
    assert_array_equal(lined, expected)


def test_floors_of_different_patterns_are_independent() -> None:
    one, again, other = (
        make_painter(WorldSpec(texture=0.3, pattern=pattern), 1).frames[0] for pattern in (0, 0, 1)
    )
    assert_array_equal(one, again)
    differing = (one != other).mean()
    assert differing > 0.9
    both = np.stack([one.ravel(), other.ravel()]).astype(float)
    assert abs(np.corrcoef(both)[0, 1]) < 0.1


def test_the_agent_is_white_in_worlds_drawn_in_white() -> None:
    assert agent_colour(WorldSpec()) == SHAPES["plus"].colour
    assert agent_colour(WorldSpec(colours="white")) == WHITE


def test_a_copied_painter_paints_frames_of_its_own() -> None:
    spec = WorldSpec(rows=1, cols=1, objects={}, border=(0, 0, 0, 0))
    painter = make_painter(spec, 1)
    twin = copy.deepcopy(painter)
    assert isinstance(twin, Painter)
    here = np.array([0])
    twin.paint(Scene(np.zeros((1, 1, 1), np.int8), None, here, here), here, here)
    assert (twin.frames != BACKGROUND).any()
    assert (painter.frames == BACKGROUND).all()
