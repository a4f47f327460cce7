"""Boards in ASCII."""

from __future__ import annotations

import numpy as np
import pytest

from shapes_grid import BoardError
from shapes_grid.board import Start, parse, to_text

KINDS = ("circle", "cross")


def test_a_board_is_read_by_hand() -> None:
    start = parse(
        """
        o.x
        .v.
    """,
        KINDS,
    )
    assert start.cells.dtype == np.int8
    assert start.cells.tolist() == [[1, 0, 2], [0, 0, 0]]
    assert (start.agent, start.heading) == ((1, 1), 2)  # facing down is two quarter turns
    assert (start.keys, start.steps, start.seed, start.appearances) == (0, 0, 0, None)


def test_a_board_is_written_with_and_without_a_heading() -> None:
    cells = np.array([[1, 0, 2]], np.int8)
    assert to_text(cells, (0, 1), KINDS) == "o+x"
    assert to_text(cells, (0, 1), KINDS, heading=3) == "o<x"
    assert to_text(cells, None, KINDS) == "o.x"


def test_a_start_needs_cells_and_agent_only() -> None:
    assert Start(np.zeros((1, 1), np.int8), None).heading == 0


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        ("  ", "The board is empty"),
        ("o.\n.", "Line 1 of the board"),
        ("?", "means nothing"),
        ("++", r"agents at \(0, 0\) and \(0, 1\)"),
        ("s", "The square at row 0, column 0 is not a shape of this world"),
    ],
)
def test_a_board_that_cannot_be_read_is_refused(drawn: str, words: str) -> None:
    with pytest.raises(BoardError, match=words):
        parse(drawn, KINDS)
