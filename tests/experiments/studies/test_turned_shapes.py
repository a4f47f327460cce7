"""Shapes compared whatever their place, size and turn."""

from __future__ import annotations

import numpy as np
import pytest
from covered_areas import block
from scipy.ndimage import rotate

from dsrl_agent.experiments.studies.turned_shapes import (
    PolarShape,
    differences,
    find_types,
    polar,
    turn_between,
)
from dsrl_agent.types import Floats


def bar(high: int, wide: int, top: int = 12, left: int = 9) -> Floats:
    return block(top, left, high, wide, side=44)


def shape(coverage: Floats) -> PolarShape:
    return polar(np.clip(coverage, 0, 1))


def difference(one: Floats, other: Floats, turns: bool) -> float:
    return float(differences(shape(one).samples, shape(other).samples[None], turns)[0][0])


def test_size_and_place_make_no_difference() -> None:
    one, other = bar(6, 16), bar(9, 24, 20, 14)
    assert shape(one).size == pytest.approx(np.sqrt(96))
    assert shape(other).size == pytest.approx(np.sqrt(216))
    assert difference(one, other, turns=False) < 0.03
    assert difference(one, bar(12, 12), turns=False) > 0.1


@pytest.mark.parametrize("degrees", [37, 90, 120])
def test_a_turn_is_a_difference_unless_shapes_turn(degrees: int) -> None:
    one = bar(6, 16, 19, 14)
    turned = rotate(one, degrees, reshape=False, order=1)
    assert difference(one, turned, turns=True) < 0.03
    assert difference(one, turned, turns=False) > 0.2


def test_quarter_turns_are_types_and_free_turns_are_not() -> None:
    corner = np.zeros((44, 44))
    corner[12:18, 12:30] = corner[12:30, 12:18] = 1.0
    for step, types in ((90, 4), (30, 1)):
        turned = [rotate(corner, k, reshape=False, order=1) for k in range(0, 360, step)]
        found = find_types([shape(each) for each in turned * 2])
        assert (len(found.shapes), found.turns) == (types, types == 1)


def test_a_drawn_type_is_like_its_shape() -> None:
    types = find_types([shape(bar(6, 16)), shape(bar(6, 16))])
    drawn = types.drawn(0, float(np.sqrt(96)), 0.0, 25)
    assert drawn.sum() == pytest.approx(96, rel=0.05)
    assert types.nearest(shape(drawn))[1] < 0.03
    larger = types.drawn(0, float(2 * np.sqrt(96)), 0.0, 51)
    assert larger.sum() == pytest.approx(4 * 96, rel=0.05)


def test_a_drawn_shape_is_turned_by_its_angle() -> None:
    corner = np.zeros((44, 44))
    corner[12:18, 12:30] = corner[12:30, 12:18] = 1.0
    turned = [rotate(corner, k, reshape=False, order=1) for k in range(0, 360, 30)]
    types = find_types([shape(each) for each in turned * 2])
    for turn in (0.3, 2.0, 5.0):  # angles are told in steps of 1/64 of a turn
        drawn = shape(types.drawn(0, 14.0, turn, 45))
        assert turn_between(drawn, types, 0) == pytest.approx(turn, abs=0.1)
