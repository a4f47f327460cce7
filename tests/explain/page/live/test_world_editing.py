"""Edits of a world's true state."""

from __future__ import annotations

import numpy as np
import pytest
from live_sessions import facts_of, session_of, type_at

from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.page.live.edits import Edit
from dsrl_agent.explain.page.live.world_editing import WorldEditing

pytestmark = pytest.mark.usefixtures("one_thread")


def test_an_edit_changes_the_world_and_the_agent_sees_its_frame() -> None:
    session = session_of()
    assert isinstance(session.ways[0], WorldEditing)
    cross, circle = type_at(session, 1, 2), type_at(session, 2, 0)
    session.edit(Edit("move", (1, 2), (0, 3)))
    session.edit(Edit("put", (1, 2), None, "circle"))
    assert (type_at(session, 1, 2), type_at(session, 0, 3)) == (circle, cross)
    session.step(1)
    assert session.point.reward == -1.0  # it is truly a circle


def test_the_agent_itself_can_be_moved() -> None:
    session = session_of()
    own = type_at(session, 1, 1)
    session.edit(Edit("move", (1, 1), (0, 0)))
    assert (type_at(session, 0, 0), type_at(session, 1, 1)) == (own, 0)


def test_a_painted_colour_stays_when_the_world_is_edited_elsewhere() -> None:
    session = session_of()
    session.edit(Edit("colour", (1, 2), None, "#0000ff"))
    frame = session.point.board.frame
    session.edit(Edit("remove", (2, 0)))
    box = session.point.board.lattice.box((1, 2))
    np.testing.assert_array_equal(session.point.board.frame[box], frame[box])


def test_the_worlds_own_words_say_why_not() -> None:
    session = session_of()
    for edit, words in (
        (Edit("remove", (1, 1)), "The world refuses: .* not the agent"),
        (Edit("put", (0, 0), None, "wall"), "The world refuses: kind is 'wall'"),
        (Edit("put", (7, 0), None, "cross"), "outside the board"),
    ):
        with pytest.raises(ConfigError, match=words):
            session.edit(edit)
    assert session.steps_back == 0
    assert len(facts_of(session)) == 4


def test_a_worlds_own_colours_are_given_in_the_world() -> None:
    palette = ((255, 0, 0), (0, 0, 255))
    session = session_of(colours="random", palette=palette)
    assert session.colours == ("#ff0000", "#0000ff")
    session.edit(Edit("colour", (1, 2), None, "#0000ff"))
    board = session.point.board
    assert board.painted == ()
    assert (board.frame[board.lattice.box((1, 2))] == (0, 0, 255)).all(-1).any()
    with pytest.raises(ConfigError, match="no colour of this world"):
        session.edit(Edit("colour", (1, 2), None, "#00ff00"))


def test_frames_that_are_not_the_worlds_own_are_not_edited_in_the_world() -> None:
    session = session_of()
    way = session.ways[0]
    assert isinstance(way, WorldEditing)
    frame = session.point.board.frame
    assert way.fits(frame)
    assert not way.fits(frame[:-1])
