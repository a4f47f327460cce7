"""The shapes: outlines, letters and colours."""

from __future__ import annotations

import numpy as np

from shapes_grid.drawing.coverage import coverage, part_coverage
from shapes_grid.shapes import AGENT_SHAPES, MOST_PARTS, OBJECT_SHAPES, SHAPES, part_at


def test_outlines_contain_points_worked_out_by_hand() -> None:
    # x points right and y down, both from -1 to 1.
    def inside(shape: str, x: float, y: float) -> bool:
        return bool(SHAPES[shape].inside(np.array([[x]]), np.array([[y]]))[0, 0])

    assert inside("circle", 0.7, 0.1)  # 0.49 + 0.01 <= 0.72^2 = 0.5184
    assert not inside("circle", 0.7, 0.2)  # 0.49 + 0.04 > 0.5184
    assert inside("bar", 0.8, 0.28)
    assert not inside("bar", 0.28, 0.8)
    assert inside("facing up", 0.0, -0.8)
    assert not inside("facing up", 0.0, 0.8)
    assert inside("facing right", 0.8, 0.0)
    assert inside("facing left", -0.8, 0.0)


def test_all_shapes_differ_at_the_usual_size() -> None:
    assert len(OBJECT_SHAPES) == 32
    covered = {shape: coverage(shape, 9) for shape in OBJECT_SHAPES}
    for i, one in enumerate(OBJECT_SHAPES):
        assert covered[one].sum() > 15  # of 81
        for other in OBJECT_SHAPES[:i]:
            both = np.minimum(covered[one], covered[other]).sum()
            either = np.maximum(covered[one], covered[other]).sum()
            assert both / either < 0.87, (one, other)


def test_all_letters_and_colours_differ() -> None:
    letters = [shape.letter for shape in SHAPES.values()]
    assert len(set(letters)) == len(letters)
    assert all(len(letter) == 1 and letter != "." for letter in letters)
    colours = [SHAPES[shape].colour for shape in OBJECT_SHAPES]
    assert len(set(colours)) == 32


def test_letters_and_colours_are_each_used_once() -> None:
    assert (len(OBJECT_SHAPES), len(AGENT_SHAPES)) == (32, 5)
    assert len({shape.letter for shape in SHAPES.values()}) == len(SHAPES) == 32 + 5 + 7
    # The agent is of one colour wherever it faces.
    assert len({shape.colour for shape in SHAPES.values()}) == len(SHAPES) - 4
    assert len({SHAPES[shape].colour for shape in AGENT_SHAPES}) == 1


def test_parts_follow_each_other_from_the_upper_left_to_the_lower_right() -> None:
    # Heights y + 0.3 x: -0.5, -0.09, 0.06, 0.27; lines between parts at 0, or at -0.22 and 0.22.
    x, y = np.array([0.0, -0.3, 0.2, 0.9]), np.array([-0.5, 0.0, 0.0, 0.0])
    assert part_at(x, y, 1).tolist() == [0, 0, 0, 0]
    assert part_at(x, y, 2).tolist() == [0, 0, 1, 1]
    assert part_at(x, y, 3).tolist() == [0, 1, 1, 2]


def test_every_part_of_every_object_can_be_seen() -> None:
    for parts in range(1, MOST_PARTS + 1):
        for shape in OBJECT_SHAPES:
            shares = part_coverage(shape, 9, parts).sum(axis=(1, 2))
            assert shares.sum() == coverage(shape, 9).sum()
            assert (shares > 0.15 * shares.sum() / parts).all(), (shape, parts)
