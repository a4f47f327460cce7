"""Actions checked at the door."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from gymnasium.error import InvalidAction
from numpy.typing import NDArray

from shapes_grid.world import ACTIONS

_RULE = ", ".join(f"{i} {name}" for i, name in enumerate(ACTIONS))


def require_action(action: Any) -> int:
    """Return an action as an int.

    Raises:
        InvalidAction: It is no whole number in range.
    """
    try:
        chosen = operator.index(action)
    except TypeError:  # NumPy's booleans and arrays of several among others, but not Python's
        chosen = -1
    if isinstance(action, bool) or not 0 <= chosen < len(ACTIONS):
        raise InvalidAction(f"The action is {action!r}, but it must be a whole number: {_RULE}.")
    return chosen


def require_actions(actions: Any, count: int) -> NDArray[np.intp]:
    """Return the actions of `count` worlds as an array `intp [count]`.

    Raises:
        InvalidAction: They are not `count` whole numbers in range.
    """
    chosen = np.asarray(actions)
    if chosen.shape != (count,) or not np.issubdtype(chosen.dtype, np.integer):
        raise InvalidAction(
            f"The actions are {chosen.dtype} of shape {chosen.shape}, but they must be whole "
            f"numbers of shape ({count},)."
        )
    if chosen.min() < 0 or chosen.max() >= len(ACTIONS):
        raise InvalidAction(f"The actions are {chosen.tolist()}, but each must be one of: {_RULE}.")
    return chosen.astype(np.intp)
