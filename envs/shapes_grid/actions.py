"""Check actions."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium.error import InvalidAction
from numpy.typing import NDArray


def require_action(action: Any, names: Sequence[str]) -> int:
    """Return an action, an index into the actions' names, as an int.

    Raises:
        InvalidAction: The action is no whole number in range.
    """
    try:
        # NumPy 2.0 takes its own booleans for an index, with a warning.
        chosen = -1 if isinstance(action, bool | np.bool_) else operator.index(action)
    except TypeError:
        chosen = -1
    if not 0 <= chosen < len(names):
        raise InvalidAction(
            f"The action is {action!r}, but it must be a whole number: {_rule(names)}."
        )
    return chosen


def require_actions(actions: Any, count: int, names: Sequence[str]) -> NDArray[np.intp]:
    """Return the actions of `count` worlds as an array `intp [count]`.

    Raises:
        InvalidAction: The actions are not `count` whole numbers in range.
    """
    chosen = np.asarray(actions)
    if chosen.shape != (count,) or not np.issubdtype(chosen.dtype, np.integer):
        raise InvalidAction(
            f"The actions are {chosen.dtype} of shape {chosen.shape}, but they must be whole "
            f"numbers of shape ({count},)."
        )
    if chosen.min() < 0 or chosen.max() >= len(names):
        raise InvalidAction(
            f"The actions are {chosen.tolist()}, but each must be one of: {_rule(names)}."
        )
    return chosen.astype(np.intp)


def _rule(names: Sequence[str]) -> str:
    return ", ".join(f"{i} {name}" for i, name in enumerate(names))
