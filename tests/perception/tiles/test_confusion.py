"""Whether a sight of things takes tiles for one another."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.perception.tiles.confusion import (
    TileContacts,
    confuses,
    contacts_of,
    takes_for_floor,
    takes_unlike_for_alike,
)

TILES = [0, 0, 1, 1, 2, 3, 4]  # two empty cells, a wall twice, two keys, the agent
OWN = frozenset({4})


@pytest.mark.parametrize(
    ("types", "confused"),
    [
        ([0, 0, 1, 1, 2, 3, 4], False),  # each is a type
        ([0, 0, 5, 5, 6, 7, 8], False),  # in whatever numbers
        ([0, 0, 1, 1, 2, 2, 3], True),  # the keys are one, and the wall has one look
        ([0, 0, 1, 1, 2, 3, 3], True),  # a key is taken for the agent
        ([0, 0, 1, 1, 1, 1, 3], False),  # one type of three looks: a shape in three colours
        ([0, 0, 0, 0, 2, 2, 3], False),  # the wall is taken for floor; the type left has two looks
        ([0, 0, -1, -1, 2, 2, 3], False),  # or it is unknown
        ([0, 0, 1, 0, 2, 3, 4], False),  # what most cells of a tile are taken for counts
    ],
)
def test_tiles_are_confused_where_some_share_a_type_and_others_do_not(
    types: list[int], confused: bool
) -> None:
    shape = (1, 1, len(TILES))
    assert confuses(np.reshape(types, shape), np.reshape(TILES, shape), OWN) is confused


def test_the_agent_may_have_several_looks() -> None:
    types, tiles = np.array([[[1, 1, 2]]]), np.array([[[3, 4, 1]]])
    assert not confuses(types, tiles, frozenset({3, 4}))
    assert confuses(types, tiles, frozenset({3}))


def line(drawn: str) -> list[int]:
    """Return a line of tiles: floor `.`, wall `#` 1, goal `g` 2, agent `@` 4."""
    return [".#g_@".index(letter) for letter in drawn]


def test_it_is_counted_how_the_agent_fared_that_went_for_a_tile() -> None:
    left, right = 0, 1
    played = [
        (".@.#", right, "..@#"),
        ("..@#", right, "..@#"),  # held up
        ("..@#", right, "..@#"),  # the same again counts once
        ("..@#", left, ".@.#"),
        (".@g.", right, "..@."),  # entered
        ("#@..", left, "#@.."),  # held up by another
        ("#@..", right, ".@.."),  # the wall is not in the way; nothing tells of floor that held up
        ("@...", left, "@..."),  # beyond the edge
        ("....", left, "@..."),  # where it stood is not known
        (".@g.", right, ".@.."),  # it neither entered nor was the goal in the way
        (".@g.", right, ".@#."),
    ]
    before, actions, after = zip(*played, strict=True)
    found = contacts_of(
        np.array([[line(each)] for each in before]), np.array(actions),
        np.array([[line(each)] for each in after]), OWN,
    )  # fmt: skip
    assert found[1] == TileContacts(0, 2)
    assert found[2] == TileContacts(1, 0, {0: 1, 1: 1})
    assert found[0] == TileContacts(2, 1)


@pytest.mark.parametrize(
    ("met", "unlike"),
    [
        ({1: TileContacts(0, 19), 2: TileContacts(2, 0)}, True),  # 21 over 2 is 210
        ({1: TileContacts(0, 18), 2: TileContacts(2, 0)}, False),  # 20 over 2 is 190
        ({1: TileContacts(1, 19), 2: TileContacts(2, 0)}, False),  # the wall has given way once
        ({1: TileContacts(0, 19), 2: TileContacts(2, 1)}, False),
        ({1: TileContacts(0, 19)}, False),
    ],
)
def test_what_lets_the_agent_in_is_not_what_never_does(
    met: dict[int, TileContacts], unlike: bool
) -> None:
    tiles, types = np.array([[[1, 2, 3]]]), np.array([[[7, 7, 8]]])
    limits = TilesThresholds(chances=200)
    assert takes_unlike_for_alike(types, tiles, met, limits) is unlike
    assert not takes_unlike_for_alike(np.array([[[7, 8, 8]]]), tiles, met, limits)


def test_what_becomes_another_when_the_agent_goes_for_it_is_not_the_same() -> None:
    tiles, types = np.array([[[1, 2, 3]]]), np.array([[[7, 7, 8]]])
    for times, now, unlike in ((2, 2, True), (1, 2, False), (2, 3, False), (2, 0, False)):
        met = {1: TileContacts(turned={now: times})}
        assert takes_unlike_for_alike(types, tiles, met, TilesThresholds(turned=2)) is unlike


def test_a_tile_is_taken_for_the_floor_where_most_of_its_cells_are() -> None:
    tiles = np.array([[[0, 1, 1, 1, 2]]])
    assert takes_for_floor(np.array([[[0, 0, 0, 3, 4]]]), tiles)
    assert not takes_for_floor(np.array([[[0, 0, 3, 3, 4]]]), tiles)
