"""What lies under the agent, and emptiness."""

from __future__ import annotations

import numpy as np
from tile_worlds import Walk, tile, walk

from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.perception.tiles.agency.grounds import (
    SpriteComparison,
    TileScenes,
    find_appearances,
    find_empty,
    nearest_ground,
    seen_under,
)
from dsrl_agent.perception.tiles.distinct.tile_book import exact_book
from dsrl_agent.perception.tiles.lighting import find_lightings, kinds_of

TUNNEL = ("######", "#>gggg", "######")


def _scenes(play: Walk) -> TileScenes:
    book, ids = exact_book(play.footage, play.grid, TilesThresholds())
    lightings = find_lightings(book, ids, play.footage.follows)
    return TileScenes(book, lightings, ids, kinds_of(book, lightings), play.footage.follows)


def _number(scenes: TileScenes, letter: str, ground: str = ".") -> int:
    (number,) = scenes.book.find(tile(letter, ground).round().astype(np.uint8)[None])
    return int(number)


def _agent(scenes: TileScenes) -> list[int]:
    places = [_number(scenes, heading, ground) for heading in ">v<^" for ground in ".g~"]
    return sorted({int(scenes.kind_of[number]) for number in places if number >= 0})


def test_emptiness_is_what_the_agent_stood_on_most() -> None:
    scenes = _scenes(walk())
    assert find_empty(scenes, _agent(scenes)) == _number(scenes, ".")


def test_emptiness_shows_around_an_agent_that_never_left_its_cell() -> None:
    scenes = _scenes(walk(["####", "#>.#", "#..#", "####"], steps=6, seed=3))
    agent = _agent(scenes)
    own = np.isin(scenes.kinds, agent)
    assert len(np.unique(own.argmax(axis=1))) == 1
    assert find_empty(scenes, agent) == _number(scenes, ".")


def test_without_an_agent_the_commonest_kind_is_emptiness() -> None:
    scenes = _scenes(walk(steps=20))
    assert find_empty(scenes, []) == _number(scenes, "#")


def test_the_tiles_before_and_after_the_agent_are_under_it() -> None:
    scenes = _scenes(walk(TUNNEL, steps=60))
    own = np.isin(scenes.kinds, _agent(scenes))
    under = seen_under(scenes, own)
    # An episode ends on the goal, which was seen there before; the start is bare after a step.
    assert under.usual(_number(scenes, ">", "g"), 3) == [_number(scenes, "g")]
    assert under.usual(_number(scenes, ">"), 3) == [_number(scenes, ".")]


def test_the_same_sprite_over_several_grounds_is_one_look() -> None:
    scenes = _scenes(walk(steps=400))
    agent = _agent(scenes)
    shown = find_appearances(scenes, agent, find_empty(scenes, agent))
    looks = {each.tile: each.look for each in shown}
    assert len(looks) > 4  # over emptiness, goal and lava
    assert len(set(looks.values())) == 4
    assert looks[_number(scenes, ">")] == looks[_number(scenes, ">", "g")]


def test_a_ground_is_taken_in_the_light_that_fits() -> None:
    scenes = _scenes(walk(light=True))
    lit = scenes.lightings[0].applied(tile("<"))
    number = int(np.abs(scenes.book.tiles - lit).max(axis=(1, 2, 3)).argmin())
    ground = nearest_ground(scenes, number, [_number(scenes, ".")])
    assert np.abs(ground - scenes.lightings[0].applied(tile("."))).max() <= 2.0


def test_sprites_are_compared_before_the_agent_is_known() -> None:
    scenes = _scenes(walk(steps=400))
    compare = SpriteComparison(scenes)
    right, over_goal = _number(scenes, ">"), _number(scenes, ">", "g")
    assert compare.same(over_goal, [right])
    assert not compare.same(_number(scenes, "v"), [right])
