"""Appearance codes, packed and unpacked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from shapes_grid import SpecError, WorldSpec
from shapes_grid.appearances import WHITE, AppearanceParts, Appearances
from shapes_grid.shapes import OBJECT_SHAPES, PALETTE, SHAPES

PAIR = {"circle": 1, "cross": 1}


def test_a_plain_world_has_one_appearance_for_each_kind() -> None:
    # Digits: 2 outlines, 2 sizes (1 and low = high = 1), 2 + 8 colours, one offset each way.
    appearances = Appearances(WorldSpec(objects=PAIR))
    assert appearances.count == 2 * 2 * 10
    codes = appearances.of_kinds(np.array([0, 1, 2], np.int32))
    # Outline, size and colour of kind i: 20 i + 10 * 0 + i, counted from 1; 0 is empty.
    assert codes.tolist() == [0, 1, 22]


def test_parts_are_the_digits_of_a_code() -> None:
    appearances = Appearances(WorldSpec(objects=PAIR, jitter=1, sizes=(0.5, 1.0)))
    # Digits: 2 outlines, 1 + 8 sizes, 10 colours, 3 offsets down, 3 to the right.
    assert appearances.count == 2 * 9 * 10 * 3 * 3
    parts = appearances.parts(np.array([1 + 1 * 810 + 4 * 90 + 7 * 9 + 0 * 3 + 2], np.int32))
    assert [int(part[0]) for part in parts] == [1, 4, 7, -1, 1, 0, 0]
    assert isinstance(parts, AppearanceParts)
    # Sizes 1 to 8 run from 0.5 to 1 in seven steps.
    assert appearances.sizes[4] == 0.5 + 3 * 0.5 / 7


def test_own_colours_come_before_the_palette() -> None:
    spec = WorldSpec(objects=PAIR, palette=((1, 2, 3),))
    own = [SHAPES["circle"].colour, SHAPES["cross"].colour]
    assert Appearances(spec).colours.tolist() == [list(c) for c in (*own, (1, 2, 3))]
    white = Appearances(WorldSpec(objects=PAIR, palette=((1, 2, 3),), colours="white"))
    assert white.colours.tolist() == [list(c) for c in (WHITE, WHITE, (1, 2, 3))]


def test_only_objects_are_drawn_with_variation() -> None:
    spec = WorldSpec(objects={"cross": 1, "wall": 1}, rewards={}, colours="random", jitter=2)
    appearances = Appearances(spec)
    cells = np.zeros((2, 50), np.int8)
    cells[0], cells[1] = 1, 2
    assert spec.kinds == ("cross", "wall")
    codes = appearances.draw(cells, np.random.default_rng(0))
    assert set(codes[1].tolist()) == set(appearances.of_kinds(np.array([2], np.int32)).tolist())
    parts = appearances.parts(codes[0])
    assert set(parts.colour.tolist()) <= set(range(2, 10))  # of the palette
    assert set(parts.down.tolist()) == set(parts.right.tolist()) == {-2, -1, 0, 1, 2}


def test_the_colours_of_further_parts_are_the_last_digits_of_a_code() -> None:
    palette = ((1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 4))
    appearances = Appearances(WorldSpec(objects=PAIR, palette=palette, parts=3))
    # Digits: 2 outlines, 2 sizes, 2 + 4 colours, one offset each way, 4 and 4 colours.
    assert appearances.count == 2 * 2 * 6 * 4 * 4
    parts = appearances.parts(np.array([1 + 1 * 192 + 0 * 96 + 5 * 16 + 2 * 4 + 1], np.int32))
    assert [int(part[0]) for part in parts] == [1, 0, 5, 0, 0, 2, 1]
    assert appearances.colours_of(parts).tolist() == [[[4, 4, 4], [3, 3, 3], [2, 2, 2]]]


@pytest.mark.parametrize("parts", [2, 3])
def test_a_shape_has_the_same_colours_in_every_world(parts: int) -> None:
    alone = Appearances(WorldSpec(objects={"star": 1}, rewards={}, parts=parts))
    every = dict.fromkeys(OBJECT_SHAPES, 1)
    beside = Appearances(WorldSpec(rows=7, cols=7, objects=every, rewards={}, parts=parts))
    of_star = alone.usual_colours("star")
    assert of_star.tolist() == beside.usual_colours("star").tolist()
    for shape in OBJECT_SHAPES:
        colours = [tuple(colour) for colour in beside.usual_colours(shape).tolist()]
        assert colours[0] == SHAPES[shape].colour
        assert len(set(colours)) == parts
        assert set(colours[1:]) <= set(PALETTE)


def test_parts_of_drawn_colours_never_have_the_same() -> None:
    spec = WorldSpec(objects=PAIR, palette=PALETTE[:4], parts=3, colours="random")
    appearances = Appearances(spec)
    codes = appearances.draw(np.full((1, 400), 1, np.int8), np.random.default_rng(0))
    colours = appearances.colours_of(appearances.parts(codes[0]))
    drawn = {tuple(map(tuple, each)) for each in colours.tolist()}
    assert len(drawn) == 4 * 3 * 2  # all of them
    assert all(len(set(each)) == 3 for each in drawn)


def test_walls_have_one_colour_in_worlds_of_several_parts() -> None:
    spec = WorldSpec(objects={"cross": 1, "wall": 1}, rewards={}, parts=2)
    assert Appearances(spec).usual_colours("wall").tolist() == [list(SHAPES["wall"].colour)]
    assert len(Appearances(spec).usual_colours("cross")) == 2


def test_more_appearances_than_codes_are_refused() -> None:
    palette = tuple((red, green, 0) for red in range(40) for green in range(40))
    with pytest.raises(SpecError, match=r"at most 2\*\*31 - 1 appearances, but have 16404480000"):
        Appearances(WorldSpec(objects=PAIR, palette=palette, parts=3))
