"""Dyna within a scene: Q-learning on steps that are only imagined (Sutton 1990).

The agent knows what its actions do to it and what the tables say of stepping on each type. From
these it imagines walks over the places of the scene in front of it, until the values of its places
settle: shortest ways to the best object, around the bad ones, with no oscillation between two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.types import Fact, Floats, Shape

_SETTLED = 1e-6
_REWARDED = 1e-12  # an imagined way ends at an object; values below this lead to none


class Imagined(NamedTuple):
    """The values of the agent's places in a scene.

    Attributes:
        shape: Rows and columns.
        values: `[P, A]`: of each action at each place, counted row by row.
        following: `[P, A]`: the place where the action leads.
        touches: `[P, A]`: whether an object stands there.
    """

    shape: Shape
    values: Floats
    following: NDArray[np.int64]
    touches: NDArray[np.bool_]

    def reached(self, place: int, action: int) -> int | None:
        """Return the place of the object that an action leads to by the best way, if any."""
        for _ in range(len(self.values)):
            if self.touches[place, action]:
                return int(self.following[place, action])
            place = int(self.following[place, action])
            action = int(self.values[place].argmax())
            if self.values[place, action] <= _REWARDED:
                return None
        return None


def imagine(
    shape: Shape,
    objects: tuple[Fact, ...],
    moves: Mapping[int, tuple[int, int]],
    num_actions: int,
    worth: Callable[[int, int], float],
    discount: float,
) -> Imagined:
    """Return the values of all places of a scene, swept until they settle.

    What follows a touch is another scene, so nothing is counted beyond it.

    Args:
        shape: Rows and columns.
        objects: The objects, the agent left out.
        moves: The displacement that each action gives the agent; one that is not there gives none.
        num_actions: A.
        worth: What the tables say of stepping on a type by an action.
        discount: gamma.
    """
    rows, cols = shape
    places = np.arange(rows * cols)
    row, col = np.divmod(places, cols)
    kinds = np.zeros(rows * cols, np.int64)  # 0 nothing, i the i-th kind of object
    known = sorted({fact.type for fact in objects})
    for fact in objects:
        kinds[fact.row * cols + fact.col] = 1 + known.index(fact.type)
    following = np.tile(places[:, None], num_actions)
    rewards = np.zeros((rows * cols, num_actions))
    for action, (d_row, d_col) in moves.items():
        to_row, to_col = row + d_row, col + d_col
        inside = (to_row >= 0) & (to_row < rows) & (to_col >= 0) & (to_col < cols)
        following[inside, action] = (to_row * cols + to_col)[inside]
        gives = np.array([0.0, *(worth(kind, action) for kind in known)])
        rewards[inside, action] = gives[kinds[following[inside, action]]]
    touches = (kinds[following] > 0) & (following != places[:, None])
    goes_on = np.where(touches, 0.0, discount)
    best = np.zeros(rows * cols)
    values = rewards
    for _ in places:  # no way is longer than there are places
        values = rewards + goes_on * best[following]
        now = values.max(axis=1)
        settled = np.abs(now - best).max() < _SETTLED
        best = now
        if settled:
            break
    return Imagined(shape, values, following, touches)
