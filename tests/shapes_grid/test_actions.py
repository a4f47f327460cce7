"""Checks of actions."""

from __future__ import annotations

import numpy as np
import pytest
from gymnasium.error import InvalidAction

from shapes_grid.actions import require_action, require_actions

NAMES = ("turn left", "turn right", "forward")


def test_whole_numbers_of_any_type_are_returned_as_int() -> None:
    found = [require_action(action, NAMES) for action in (0, np.int64(2), np.uint8(1))]
    assert found == [0, 2, 1]
    assert {type(action) for action in found} == {int}


@pytest.mark.parametrize("action", [-1, 3, 1.0, "0", None, True, np.bool_(True)])
def test_the_message_names_every_action(action: object) -> None:
    with pytest.raises(InvalidAction, match="0 turn left, 1 turn right, 2 forward"):
        require_action(action, NAMES)


def test_actions_of_many_worlds_become_indices() -> None:
    chosen = require_actions([2, 0], 2, NAMES)
    assert chosen.dtype == np.intp
    assert chosen.tolist() == [2, 0]
    with pytest.raises(InvalidAction, match=r"shape \(2,\)"):
        require_actions([0], 2, NAMES)
    with pytest.raises(InvalidAction, match="each must be one of"):
        require_actions([0, 3], 2, NAMES)
