"""Lighting: maps of grey levels that tiles share."""

from __future__ import annotations

import numpy as np
import pytest
from tile_worlds import LIT, tile, walk

from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.perception.tiles.distinct.tile_book import TileBook, exact_book
from dsrl_agent.perception.tiles.lighting import Lighting, find_lightings, kinds_of, variants
from dsrl_agent.types import Floats

LIGHT = Lighting(*LIT)


def test_a_light_around_the_agent_is_found() -> None:
    play = walk(light=True)
    book, ids = exact_book(play.footage, play.grid, TilesThresholds())
    (found,) = find_lightings(book, ids, play.footage.follows)
    assert found.gain == pytest.approx(LIT[0], abs=0.01)
    assert found.offset == pytest.approx(LIT[1], abs=1.0)


def test_without_light_there_is_none() -> None:
    play = walk()
    book, ids = exact_book(play.footage, play.grid, TilesThresholds())
    assert find_lightings(book, ids, play.footage.follows) == []


def test_one_pair_of_tiles_is_no_lighting() -> None:
    plain = tile("k")
    book = _book([plain, LIGHT.applied(plain)])
    ids, follows = np.array([[0], [1]]), np.array([False, True])
    assert find_lightings(book, ids, follows) == []


def test_a_tile_of_one_grey_confirms_a_lighting() -> None:
    dark = [tile("k"), tile("#")]
    book = _book([*dark, *(LIGHT.applied(each) for each in dark)])
    ids, follows = np.array([[0, 1], [2, 3]]), np.array([False, True])
    (found,) = find_lightings(book, ids, follows)
    assert found.gain == pytest.approx(0.7)
    assert kinds_of(book, [found]).tolist() == [0, 1, 0, 1]


def test_tiles_of_two_episodes_do_not_follow_each_other() -> None:
    dark = [tile("k"), tile("#")]
    book = _book([*dark, *(LIGHT.applied(each) for each in dark)])
    ids, follows = np.array([[0, 1], [2, 3]]), np.array([False, False])
    assert find_lightings(book, ids, follows) == []


def test_a_lighting_is_undone() -> None:
    as_is, bright, dark = variants(tile("k"), [LIGHT])
    assert np.array_equal(as_is, tile("k"))
    assert np.allclose(LIGHT.undone(bright), as_is)
    assert np.allclose(LIGHT.applied(dark), as_is)


def _book(tiles: list[Floats]) -> TileBook:
    return TileBook(np.stack(tiles), np.ones(len(tiles), np.int64), 0.0, TilesThresholds())


def test_a_floor_of_faint_lines_tells_how_it_is_lit() -> None:
    floor, wall = np.zeros((8, 8, 3)), np.full((8, 8, 3), 100.0)
    floor[0] = 20.0  # it deviates by 6.6 grey levels from its mean, lit by 4.6
    book = _book([floor, wall, np.rint(LIGHT.applied(floor)), np.rint(LIGHT.applied(wall))])
    ids, follows = np.array([[0, 1], [2, 3]]), np.array([False, True])
    (found,) = find_lightings(book, ids, follows)
    assert found.gain == pytest.approx(0.7)
    assert kinds_of(book, [found]).tolist() == [0, 1, 0, 1]


def test_a_shape_lit_elsewhere_may_differ_at_its_edge() -> None:
    shape = tile("k")
    lit = LIGHT.applied(shape)
    lit[0, 0] += 14.0  # a root mean square of 1.75 over 64 pixels
    exact, blurred = _book([shape, lit]), _book([shape, lit])
    blurred.noise = 8.0
    assert kinds_of(exact, [LIGHT]).tolist() == [0, 1]
    assert kinds_of(blurred, [LIGHT]).tolist() == [0, 0]


def faintly_lit(gain: float) -> TileBook:
    """Return a floor of faint lines and a wall, both also lit, in noise that hides the lines."""
    floor, wall = np.zeros((8, 8, 3)), np.full((8, 8, 3), 100.0)
    floor[0] = 16.0  # it deviates by 5.3 grey levels from its mean, lit by 0.7 times as much
    floor_lit, wall_lit = LIGHT.applied(floor), LIGHT.applied(wall)
    floor_lit[0] += (gain - LIGHT.gain) * 16.0
    wall_lit[0] += 1.0  # noise: of the wall the lit tile has more contrast
    book = _book([floor, wall, floor_lit, wall_lit])
    book.noise = 8.0
    return book


def test_a_floor_too_faint_tells_how_it_is_lit_together_with_a_wall() -> None:
    ids, follows = np.array([[0, 1], [2, 3]]), np.array([False, True])
    book = faintly_lit(LIGHT.gain)
    (found,) = find_lightings(book, ids, follows)
    assert found.gain == pytest.approx(0.7, abs=0.02)
    assert kinds_of(book, [found]).tolist() == [0, 1, 0, 1]
    # Lines that are lit in quite another way than the levels are no lighting of these.
    assert find_lightings(faintly_lit(0.25), ids, follows) == []
