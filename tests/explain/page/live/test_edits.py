"""Edits as they are sent, and boards."""

from __future__ import annotations

from typing import Any

import pytest
from live_sessions import session_of

from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.page.live.edits import DEEDS, Edit

pytestmark = pytest.mark.usefixtures("one_thread")


def test_edits_are_read() -> None:
    assert Edit.read({"do": "remove", "place": [0, 1]}) == Edit("remove", (0, 1))
    move = {"do": "move", "place": [0, 1], "to": [2, 3]}
    assert Edit.read(move) == Edit("move", (0, 1), (2, 3))
    put = {"do": "put", "place": [0, 1], "what": "cross"}
    assert Edit.read(put) == Edit("put", (0, 1), None, "cross")
    assert "colour" in DEEDS


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"do": "destroy", "place": [0, 1]},
        {"do": "remove"},
        {"do": "move", "place": [0, 1]},
        {"do": "remove", "place": [0, 1], "to": [0, 2]},
        {"do": "remove", "place": [0]},
        {"do": "remove", "place": "01"},
        {"do": "remove", "place": [0, 1.5]},
        {"do": "remove", "place": [0, True]},
        {"do": ["remove"], "place": [0, 1]},
    ],
)
def test_what_is_no_edit_is_refused(given: Any) -> None:
    with pytest.raises(ConfigError, match=r"no edit|no cell"):
        Edit.read(given)


def test_a_board_knows_what_stands_where() -> None:
    board = session_of().point.board
    assert sorted(board.stands()) == [(1, 1), (1, 2), (2, 0), (3, 3)]
    assert board.fact_at((1, 2)) == board.fact_at((3, 3))._replace(row=1, col=2)
    with pytest.raises(ConfigError, match=r"sees nothing at \[0, 0\]"):
        board.fact_at((0, 0))
