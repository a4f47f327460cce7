"""Tiles read as types, known and new."""

from __future__ import annotations

import numpy as np
from tile_worlds import LIT, tile, walk

from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.perception.tiles.learning import learn_tiles_of
from dsrl_agent.perception.tiles.reading import TileReader
from dsrl_agent.types import UNKNOWN, Frame

LOOK = 100  # any number that is no type yet


def _reader(light: bool = False) -> TileReader:
    play = walk(light=light)
    return learn_tiles_of(play.footage, play.grid, TilesThresholds()).reader


def _shown(letter: str, ground: str = ".", *, light: bool = False) -> Frame:
    picture = tile(letter, ground).round()
    if light:
        picture = (LIT[0] * picture + LIT[1]).round()
    return picture.astype(np.uint8)[None]


def test_a_known_tile_in_a_light_not_met_is_known() -> None:
    reader = _reader(light=True)
    for letter in "#k~":
        types = {int(reader.read(_shown(letter, light=light))[0]) for light in (False, True)}
        assert len(types) == 1
        assert types != {UNKNOWN}


def test_the_agent_is_known_over_a_ground_not_met() -> None:
    reader = _reader()
    (over_key,), (plain,) = reader.read(_shown("<", "k")), reader.read(_shown("<"))
    assert over_key == plain
    assert plain in reader.agent_types


def test_a_new_tile_is_unknown_until_it_is_added() -> None:
    reader = _reader()
    assert reader.read(_shown("d")).tolist() == [UNKNOWN]
    assert reader.read(_shown("<", "d")).tolist() == [UNKNOWN]
    reader.add(_shown("d")[0], LOOK)
    assert reader.read(_shown("d")).tolist() == [LOOK]
    assert reader.read(_shown("<", "d")).tolist() == reader.read(_shown("<")).tolist()


def test_a_known_shape_in_another_colour_is_an_analogue() -> None:
    reader = _reader()
    assert reader.analogues() == {}
    reader.add(_shown("d")[0], LOOK)
    reader.add(_shown("K")[0], LOOK + 1)
    assert reader.analogues() == {LOOK + 1: int(reader.read(_shown("k"))[0])}


def test_types_get_new_numbers() -> None:
    reader = _reader()
    (wall,) = reader.read(_shown("#")).tolist()
    reader.renumber({wall: LOOK})
    assert reader.read(_shown("#")).tolist() == [LOOK]
    assert np.array_equal(reader.tiles_of(LOOK), tile("#")[None])
