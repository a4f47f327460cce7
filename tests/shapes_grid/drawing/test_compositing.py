"""Objects composited over the floor."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_array_equal

from shapes_grid import WorldSpec
from shapes_grid.appearances import Appearances
from shapes_grid.drawing.canvas import BACKGROUND, Frame, Scene
from shapes_grid.drawing.compositing import CompositingPainter
from shapes_grid.drawing.coverage import coverage, part_coverage
from shapes_grid.shapes import SHAPES


def painted(spec: WorldSpec, code: int) -> Frame:
    """Paint one square in the middle of 3 x 3 cells of 9 pixels, without an agent."""
    cells = np.zeros((1, 3, 3), np.int8)
    cells[0, 1, 1] = 1
    codes = np.where(cells > 0, np.int32(code), np.int32(0))
    painter = CompositingPainter(spec, 1)
    places = np.arange(9)
    scene = Scene(cells, codes, np.array([-1]), np.array([0]))
    painter.paint(scene, np.zeros_like(places), places)
    frame: Frame = painter.frames[0]
    return frame


def test_an_offset_object_is_its_picture_shifted() -> None:
    spec = WorldSpec(
        rows=3, cols=3, cell=9, border=(0, 0, 0, 0), objects={"square": 1}, rewards={}, jitter=2
    )
    # Of the code's digits: outline 0, size 0, colour 0, then 5 offsets down and 5 to the right.
    # The offset -2 down and +1 to the right has the digits 0 and 3.
    code = 1 + 0 * 5 + 3
    parts = Appearances(spec).parts(np.array([code], np.int32))
    assert (int(parts.down[0]), int(parts.right[0])) == (-2, 1)
    alpha = np.zeros((27, 27, 1))
    alpha[9 - 2 : 18 - 2, 9 + 1 : 18 + 1, 0] = coverage("square", 9)
    expected = BACKGROUND * (1 - alpha) + np.array(SHAPES["square"].colour) * alpha
    assert np.abs(painted(spec, code) - expected).max() <= 0.51  # rounded, in single precision


def test_the_parts_of_an_object_lie_beside_each_other() -> None:
    spec = WorldSpec(
        rows=3, cols=3, cell=9, border=(0, 0, 0, 0), objects={"square": 1}, rewards={}, parts=3
    )
    code = int(Appearances(spec).of_kinds(np.array([1], np.int32))[0])
    covered = part_coverage("square", 9, 3)[:, :, :, None]
    expected = np.tile(BACKGROUND.astype(float), (27, 27, 1))
    middle = expected[9:18, 9:18]
    middle *= 1 - covered.sum(axis=0)
    colours = Appearances(spec).usual_colours("square")
    middle += sum(alpha * colour for alpha, colour in zip(covered, colours, strict=True))
    frame = painted(spec, code)
    assert np.abs(frame - expected).max() <= 0.51  # rounded, in single precision
    for colour, (row, col) in zip(colours, [(11, 11), (13, 13), (15, 15)], strict=True):
        assert_array_equal(frame[row, col], colour)


def test_a_large_object_reaches_into_the_cells_around() -> None:
    spec = WorldSpec(
        rows=3,
        cols=3,
        cell=9,
        border=(0, 0, 0, 0),
        objects={"square": 1},
        rewards={},
        sizes=(2.0, 2.0),
    )
    # Size 1 is the drawn one; colours are the square's own and 8 of the palette: 1 + 1 * 9.
    frame = painted(spec, 10)
    # The half width is 0.64 * 2 * 4.5 = 5.76 pixels around the centre at 13.5: from 7.74 to 19.26.
    inked = (frame != BACKGROUND).any(axis=(1, 2))
    assert np.flatnonzero(inked).tolist() == list(range(7, 20))
    assert_array_equal(frame[13, 13], SHAPES["square"].colour)
