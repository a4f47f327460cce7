"""Fields that go together, and room for all things."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from shapes_grid import BoardError, SpecError
from shapes_grid.board import Start
from shapes_grid.consistency import read_board, require_consistent, require_fitting
from shapes_grid.spec_fields import SpecFields

ROOMS: dict[str, Any] = {"layout": "rooms", "rows": 3, "cols": 5, "rewards": {"cross": 1.0}}


@pytest.mark.parametrize(
    ("fields", "name", "rule"),
    [
        ({"colours": "white", "outlines": "random"}, "outlines", "nothing would tell the shapes"),
        ({"colours": "white", "parts": 2}, "parts", "nothing tells parts apart"),
        ({"palette": ((1, 2, 3),) * 2, "parts": 2}, "palette", "at least 2 different colours"),
        ({"rewards": {"wall": 1.0}}, "rewards.wall", "neither vanishes nor changes"),
        ({"movers": {"wall": 0.5}}, "movers.wall", "only objects walk"),
        ({"jitter": 10}, "jitter", "at most 9"),  # (1.5 - 1 / 2) * 9 pixels
        ({"walls": ((0, 0),), "start": (0, 0)}, "start", "a cell without a wall"),
        ({"board": "+"}, "board", 'given exactly when layout is "board"'),
        # 25 cells, one of them the agent's.
        ({"objects": {"circle": 25}}, "objects", "at most 24 objects"),
        ({**ROOMS, "objects": {"cross": 1}}, "objects", "1 to 3 doors, gates and boxes"),
        ({**ROOMS, "objects": {"door": 1}}, "objects", "a box, a door and a key"),
        # Beside 3 rows with one opening: 2 * 3 - 1 = 5 near, 2 * (3 - 1) = 4 far.
        ({**ROOMS, "objects": {"box": 1, "cross": 5}}, "objects", "at most 5 keys .* and 4 others"),
        ({**ROOMS, "objects": {"box": 1, "wall": 1}}, "objects", "without walls"),
    ],
)
def test_fields_that_do_not_go_together_are_refused(
    fields: dict[str, Any], name: str, rule: str
) -> None:
    spec = SpecFields(**fields)  # each value is valid by itself
    with pytest.raises(SpecError, match=rule) as error:
        require_consistent(spec)
    assert error.value.name == name


def test_a_start_must_fit_the_spec() -> None:
    spec = SpecFields(rows=1, cols=2)
    require_fitting(spec, read_board(spec, "+o", "board"), "board")
    with pytest.raises(BoardError, match="1 x 1, but rows x cols is 1 x 2"):
        require_fitting(spec, Start(np.zeros((1, 1), np.int8), (0, 0)), "board")
    with pytest.raises(BoardError, match="has no agent"):
        require_fitting(spec, read_board(spec, "oo", "board"), "board")
    with pytest.raises(BoardError, match="faces a direction"):
        require_fitting(spec, read_board(spec, "<o", "board"), "board")
    with pytest.raises(SpecError, match="text, one line for each row"):
        read_board(spec, 3, "board")
