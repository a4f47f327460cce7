"""Scenes as boards: places, displacements and things taken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from drawings import TYPES, board

from dsrl_agent.front_end.rules.board import (
    Board,
    SinceStart,
    board_from,
    replaced,
    steps,
    with_taken,
)
from dsrl_agent.types import EDGE, FREE

X, KEY = TYPES["x"], TYPES["k"]


def test_a_place_holds_a_type_or_nothing_and_beyond_is_the_edge() -> None:
    drawn = board("+.x")
    assert [drawn.at(place) for place in (-1, 0, 1, 2)] == [EDGE, FREE, FREE, X]


def test_a_displacement_leads_from_each_place_to_a_place_or_beyond_the_edge() -> None:
    # Places of 2 x 3 cells: 0 1 2 / 3 4 5.
    assert steps((2, 3), 0, 1) == (1, 2, -1, 4, 5, -1)
    assert steps((2, 3), -1, 0) == (-1, -1, -1, 0, 1, 2)
    assert steps((2, 3), 1, -1) == (-1, 3, 4, -1, -1, -1)


def test_things_taken_are_counted_and_given_back() -> None:
    taken = with_taken(with_taken((), KEY), X, 2)
    assert taken == ((X, 2), (KEY, 1))
    assert with_taken(taken, KEY, -1) == ((X, 2),)


def test_cells_are_replaced_by_place() -> None:
    assert replaced((1, 2, 3), {0: 7, 2: 9}) == (7, 2, 9)


def test_a_scene_tells_what_came_and_went_since_the_start() -> None:
    start = frozenset([X, KEY, TYPES["o"]])
    found = board("+xs oo.").since(start)
    assert found == SinceStart(came=(TYPES["s"],), gone=(KEY,), last=(X,))
    assert found.gone_beside(X) == (X, KEY)  # the x in front is the last one
    assert found.gone_beside(TYPES["o"]) == found.gone_beside(FREE) == (KEY,)


STORED: list[Any] = [[2, 3], [-1, 4, -1, -1, -1, 5], 4, 0, [[4, 1]], 5]


def test_a_stored_board_is_read() -> None:
    assert board_from(STORED) == Board((2, 3), (-1, 4, -1, -1, -1, 5), 4, 0, ((4, 1),), 5)
    assert board_from(json.loads(json.dumps(board_from(STORED)))) == board_from(STORED)


@pytest.mark.parametrize(
    ("place", "spoiled"),
    [
        (0, [2, 4]),
        (0, [2, 3, 1]),
        (0, [-2, -3]),
        (1, [-1] * 5),
        (1, [-1, "x", -1, -1, -1, 5]),
        (1, 6),
        (2, 6),
        (2, -1),
        (2, True),
        (3, None),
        (4, [[4]]),
        (4, ["12"]),
        (4, [[4, "x"]]),
        (4, 3),
        (5, 1.5),
    ],
)
def test_what_is_no_board_is_refused(place: int, spoiled: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        board_from([*STORED[:place], spoiled, *STORED[place + 1 :]])
