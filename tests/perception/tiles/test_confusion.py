"""Whether a sight of things takes tiles for one another."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.perception.tiles.confusion import confuses, takes_for_floor

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


def test_a_tile_is_taken_for_the_floor_where_most_of_its_cells_are() -> None:
    tiles = np.array([[[0, 1, 1, 1, 2]]])
    assert takes_for_floor(np.array([[[0, 0, 0, 3, 4]]]), tiles)
    assert not takes_for_floor(np.array([[[0, 0, 3, 3, 4]]]), tiles)
