"""Shapes found where others hide a part of them, or several share a colour."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.experiments.studies.shape_search import ShapeSearch, cover
from dsrl_agent.experiments.studies.turned_shapes import find_types, polar

SHAPES = (np.ones((4, 12)), np.ones((8, 8)), np.ones((12, 4)))  # lying, square, standing


@pytest.fixture(scope="module")
def search() -> ShapeSearch:
    found = []
    for block in SHAPES:
        whole = np.zeros((40, 40))
        whole[10 : 10 + block.shape[0], 12 : 12 + block.shape[1]] = block
        found += [polar(whole)] * 2
    return ShapeSearch(find_types(found), (40, 40))


def kinds(search: ShapeSearch) -> list[int]:
    """Return the numbers of lying, square and standing shapes."""
    numbers = []
    for block in SHAPES:
        own = np.zeros((40, 40), np.bool_)
        own[5 : 5 + block.shape[0], 5 : 5 + block.shape[1]] = True
        numbers.append(search.best(own, np.ones_like(own))[0].kind)
    return numbers


def test_each_shape_is_found_at_its_place(search: ShapeSearch) -> None:
    assert sorted(kinds(search)) == [0, 1, 2]
    own = np.zeros((40, 40), np.bool_)
    own[20:24, 25:37] = True
    pose = search.best(own, np.ones_like(own))[0]
    # All 48 pixels are covered; places are tried a pixel apart, so a row may be half covered.
    assert pose.gain == pytest.approx(48, rel=0.2)
    assert np.abs((pose.covered >= 0.5) ^ own).sum() <= 16


def test_a_pose_tells_where_a_shape_lies_and_how_large_it_is(search: ShapeSearch) -> None:
    own = np.zeros((40, 40), np.bool_)
    own[20:28, 25:33] = True
    poses = search.best_of_kinds(own, np.ones_like(own))
    assert sorted(pose.kind for pose in poses) == [0, 1, 2]
    assert poses[0].gain >= poses[1].gain >= poses[2].gain
    # The middle of rows 20 to 27 is 23.5; templates lie at whole pixels.
    assert poses[0].middle == pytest.approx((23.5, 28.5), abs=0.5)
    assert poses[0].size == pytest.approx(8, abs=0.5)
    assert poses[0].turn == 0.0
    edge = np.zeros_like(own)
    edge[:6, :8] = True  # a square whose upper two rows are cut off
    assert search.best_of_kinds(edge, np.ones_like(own))[0].middle[0] == pytest.approx(1.5, abs=1)


def test_what_another_object_hides_counts_as_neither(search: ShapeSearch) -> None:
    lying, square, _ = kinds(search)
    own = np.zeros((40, 40), np.bool_)
    own[20:24, 10:18] = True  # 4 x 8 pixels: the left part of a lying bar, or half of a square
    hidden = np.zeros_like(own)
    hidden[16:28, 18:26] = True
    assert search.best(own, ~hidden)[0].kind == lying
    hidden[:], hidden[24:32, 8:20] = False, True
    assert search.best(own, ~hidden)[0].kind == square


def test_two_shapes_of_one_colour_are_told_apart(search: ShapeSearch) -> None:
    lying, square, _ = kinds(search)
    own = np.zeros((40, 40), np.bool_)
    own[10:14, 10:22] = own[14:22, 18:26] = True
    poses = cover(search, own, np.ones_like(own), 4)
    assert sorted(pose.kind for pose in poses) == sorted([lying, square])
    sizes = sorted(float(pose.covered[own].sum()) for pose in poses)
    assert sizes == pytest.approx([48, 64], abs=8)  # templates have soft edges


def test_a_remainder_that_no_shape_explains_ends_the_search(search: ShapeSearch) -> None:
    own = np.zeros((40, 40), np.bool_)
    own[20, 20] = True
    unknown = own.copy()  # all else is hidden
    assert len(cover(search, own, unknown, 2)) <= 1
