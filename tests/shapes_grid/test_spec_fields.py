"""Fields of a spec and quantities derived from them, by hand."""

from __future__ import annotations

import dataclasses

import pytest

from shapes_grid import SpecError, WorldSpec
from shapes_grid.spec_fields import COMPASS, HEADING, Border, SpecFields


def test_derived_quantities_by_hand() -> None:
    spec = SpecFields(
        rows=2,
        cols=3,
        cell=5,
        border=(1, 2, 3, 4),
        layout="grid",
        objects={"cross": (1, 2)},
        rewards={},
        walls=((0, 2),),
    )
    assert spec.border == Border(top=1, right=2, bottom=3, left=4)
    assert spec.frame_shape == (1 + 2 * 5 + 3, 4 + 3 * 5 + 2, 3)
    assert spec.limit == 2 * 3
    assert spec.object_cells == ((0, 0),)  # even rows and columns, without the wall at (0, 2)
    assert spec.kinds == ("cross", "wall")
    assert spec.count_range("cross") == (1, 2)
    assert spec.count_range("wall") == (0, 0)
    assert spec.actions == COMPASS
    assert SpecFields(controls="heading").actions == HEADING


def test_the_values_of_a_shape_may_be_changed() -> None:
    spec = SpecFields(roles={"cross": "wall"}, rewards={})
    assert (spec.role("cross"), spec.role("circle")) == ("wall", "object")
    assert (spec.is_object("cross"), spec.is_object("circle")) == (False, True)


def test_plain_and_varied_worlds_are_told_apart() -> None:
    assert SpecFields().is_plain
    assert not SpecFields(movers={"cross": 0.1}).is_plain
    assert not SpecFields(jitter=1).is_plain
    assert [SpecFields(jitter=j).is_varied for j in (0, 1)] == [False, True]
    assert [SpecFields(noise=n).needs_seed for n in (0.0, 0.1)] == [False, True]


def test_a_value_outside_its_range_is_refused() -> None:
    with pytest.raises(SpecError, match="noise is 2, but it must be from 0 to 1"):
        SpecFields(noise=2)
    with pytest.raises(SpecError, match="parts is 4, but it must be from 1 to 3"):
        SpecFields(parts=4)


def test_only_objects_have_several_parts() -> None:
    objects = {"cross": 1, "star": 1, "wall": 1}
    spec = SpecFields(objects=objects, rewards={}, roles={"star": "box"}, parts=3)
    assert [spec.parts_of(kind) for kind in spec.kinds] == [3, 1, 1]


def test_a_world_spec_has_the_same_fields_and_no_hash() -> None:
    names = [field.name for field in dataclasses.fields(SpecFields)]
    assert [field.name for field in dataclasses.fields(WorldSpec)] == names
    with pytest.raises(TypeError, match="unhashable"):
        hash(WorldSpec())
