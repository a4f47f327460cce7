"""The coverage of pixels by shapes."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from shapes_grid.drawing.coverage import coverage, part_coverage
from shapes_grid.shapes import SHAPES


def test_coverage_by_hand() -> None:
    # One pixel of 8 x 8 sub-samples, at 0.125, 0.375, 0.625 and 0.875 to either side: 6 of 8 lie
    # within 0.64 (and within 0.8), 2 of 8 within 0.28.
    assert coverage("square", 1).tolist() == [[36 / 64]]
    assert coverage("bar", 1).tolist() == [[12 / 64]]
    assert coverage("pillar", 1).tolist() == [[12 / 64]]
    # Sub-samples at 0.25 and 0.75: one of four of each quarter lies within the square.
    assert coverage("square", 2, samples=2).tolist() == [[0.25, 0.25], [0.25, 0.25]]
    # One sample a pixel, at -2/3, 0 and 2/3; y points down and rows come first.
    assert coverage("bar", 3, samples=1).tolist() == [[0, 0, 0], [1, 1, 1], [0, 0, 0]]
    assert coverage("pillar", 3, samples=1).tolist() == [[0, 1, 0], [0, 1, 0], [0, 1, 0]]
    assert coverage("circle", 3, samples=1).tolist() == [[0, 1, 0], [1, 1, 1], [0, 1, 0]]
    assert coverage("cross", 3, samples=1).tolist() == [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
    assert coverage("ring", 3, samples=1).tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]


@pytest.mark.parametrize("size", [9, 18])
def test_every_shape_differs_from_every_other(size: int) -> None:
    pictures = {shape: coverage(shape, size) for shape in SHAPES}
    for picture in pictures.values():
        assert picture.shape == (size, size)
        assert 0.0 <= picture.min() < picture.max() <= 1.0
    for one, other in itertools.combinations(SHAPES, 2):
        assert np.abs(pictures[one] - pictures[other]).mean() > 0.02, (one, other)


def test_a_margin_shows_what_reaches_beyond_the_cell() -> None:
    # At scale 2 the square's half width is 1.28 cells of 2 pixels a side: 0.28 pixel beyond each
    # edge, and one sample a pixel at 0.5 beyond the edge lies outside.
    inner = coverage("square", 2, scale=2.0, margin=1, samples=1)
    assert inner.tolist() == [[0, 0, 0, 0], [0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]]
    # At scale 2.4 the half width is 1.536: 0.536 pixel beyond each edge.
    assert coverage("square", 2, scale=2.4, margin=1, samples=1).min() == 1


def test_the_parts_of_a_shape_make_up_the_whole() -> None:
    # 2 x 2 samples at x, y = -.5 and .5 have heights y + .3 x of -.65, -.35, .35 and .65.
    assert part_coverage("square", 2, 2, samples=1).tolist() == [[[1, 1], [0, 0]], [[0, 0], [1, 1]]]
    whole = coverage("heart", 9, scale=1.5, margin=3)
    assert_array_equal(part_coverage("heart", 9, 3, scale=1.5, margin=3).sum(axis=0), whole)
