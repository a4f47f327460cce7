"""Edits of pixels, in a world that has no editor."""

from __future__ import annotations

import numpy as np
import pytest
from live_sessions import facts_of, session_of, type_at

from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.page.live.edits import Edit, Painted
from dsrl_agent.explain.page.live.lattice import CellLattice
from dsrl_agent.explain.page.live.painting import PixelEditing, floor_near, recoloured, worn

pytestmark = pytest.mark.usefixtures("one_thread")


def test_cells_are_removed_moved_and_put_on_the_pixels() -> None:
    session = session_of(editor=False)
    assert isinstance(session.ways[0], PixelEditing)
    before = facts_of(session)
    cross, circle = type_at(session, 1, 2), type_at(session, 2, 0)
    session.edit(Edit("move", (1, 2), (0, 3)))
    assert (type_at(session, 1, 2), type_at(session, 0, 3)) == (0, cross)
    session.edit(Edit("remove", (2, 0)))
    assert type_at(session, 2, 0) == 0
    session.edit(Edit("put", (0, 0), None, str(circle)))
    assert type_at(session, 0, 0) == circle
    assert session.agent.facts(session.point.board.frame) == facts_of(session)
    for _ in range(3):
        session.back()
    assert facts_of(session) == before


def test_a_painted_cell_lasts_until_the_world_draws_it_anew() -> None:
    session = session_of(editor=False)
    session.edit(Edit("remove", (3, 3)))
    session.edit(Edit("remove", (1, 2)))
    assert len(session.point.board.painted) == 2
    session.step(1)  # onto the cross that is there, unseen
    assert session.point.reward == 1.0
    assert [each.place for each in session.point.board.painted] == [(3, 3)]
    assert type_at(session, 3, 3) == 0


def test_painted_cells_are_worn_by_hand() -> None:
    lattice = CellLattice((0, 1, 2), (0, 1))
    own = np.array([[[1, 1, 1]], [[2, 2, 2]]], np.uint8)
    as_it_was, other = own[:1].copy(), own[:1] + 5
    painted = (
        Painted((0, 0), as_it_was, np.full((1, 1, 3), 9, np.uint8)),
        Painted((1, 0), other, np.full((1, 1, 3), 9, np.uint8)),
    )
    frame, lasting = worn(own, lattice, painted)
    assert frame[:, 0, 0].tolist() == [9, 2]
    assert lasting == painted[:1]
    assert own[:, 0, 0].tolist() == [1, 2]


def test_all_that_differs_from_the_floor_takes_a_colour() -> None:
    floor = np.full((1, 3, 3), 20, np.uint8)
    picture = np.array([[[20, 20, 20], [120, 20, 20], [70, 20, 20]]], np.uint8)
    tinted = recoloured(picture, floor, "#0014ff")  # 0, 20, 255
    assert tinted.tolist() == [[[20, 20, 20], [0, 20, 255], [10, 20, 138]]]
    with pytest.raises(ConfigError, match="write it as #rrggbb"):
        recoloured(picture, floor, "red")


def test_a_colour_is_painted_even_where_the_world_can_be_edited() -> None:
    session = session_of()
    before = session.point.board.frame
    session.edit(Edit("colour", (1, 2), None, "#0000ff"))
    board = session.point.board
    box = board.lattice.box((1, 2))
    assert (board.frame[box] != before[box]).any()
    board.frame[box] = before[box]
    np.testing.assert_array_equal(board.frame, before)


def test_the_floor_is_that_of_the_nearest_free_cell() -> None:
    board = session_of().point.board
    floor = floor_near(board, (1, 2))
    np.testing.assert_array_equal(floor, board.frame[board.lattice.box((0, 2))])


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (Edit("remove", (0, 0)), "sees nothing"),
        (Edit("put", (0, 0), None, "77"), "no picture of '77'"),
        (Edit("put", (0, 0), None, "cross"), "no picture of 'cross'"),
        (Edit("put", (9, 0), None, "2"), "outside the board"),
        (Edit("move", (1, 2), (9, 0)), "outside the board"),
    ],
)
def test_what_cannot_be_painted_is_refused(edit: Edit, words: str) -> None:
    session = session_of(editor=False)
    with pytest.raises(ConfigError, match=words):
        session.edit(edit)
    assert session.steps_back == 0
