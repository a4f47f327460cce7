"""Edits of facts, where cells are too small for pixels."""

from __future__ import annotations

import numpy as np
import pytest
from live_sessions import facts_of, session_of, type_at

from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.page.live import session as session_module
from dsrl_agent.explain.page.live.edits import Edit
from dsrl_agent.explain.page.live.facts_editing import FactEditing
from dsrl_agent.explain.page.live.session import LiveSession

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> LiveSession:
    monkeypatch.setattr(session_module, "LEAST_SIDE", 1000)  # as if the cells were too small
    return session_of(editor=False)


def test_facts_are_moved_removed_and_put(session: LiveSession) -> None:
    assert isinstance(session.ways[0], FactEditing)
    frame, before = session.point.board.frame, facts_of(session)
    cross, circle = type_at(session, 1, 2), type_at(session, 2, 0)
    session.edit(Edit("move", (1, 2), (0, 3)))
    assert (type_at(session, 1, 2), type_at(session, 0, 3)) == (0, cross)
    session.edit(Edit("move", (0, 3), (2, 0)))  # in place of the circle
    assert type_at(session, 2, 0) == cross
    session.edit(Edit("remove", (3, 3)))
    session.edit(Edit("put", (2, 0), None, str(circle)))
    assert type_at(session, 2, 0) == circle
    assert len(facts_of(session)) == 2
    assert facts_of(session) == tuple(sorted(facts_of(session)))
    np.testing.assert_array_equal(session.point.board.frame, frame)
    session.step()
    assert len(facts_of(session)) >= len(before) - 1  # for one step only


def test_what_facts_cannot_be_is_refused(session: LiveSession) -> None:
    for edit, words in (
        (Edit("colour", (1, 2), None, "#ff0000"), "Nothing on this board can be edited so: colour"),
        (Edit("put", (0, 0), None, "77"), "no type '77'"),
        (Edit("remove", (0, 0)), "sees nothing"),
    ):
        with pytest.raises(ConfigError, match=words):
            session.edit(edit)
    assert session.colours == ()
    assert str(type_at(session, 1, 1)) not in [thing.key for thing in session.things]
