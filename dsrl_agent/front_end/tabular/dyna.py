"""Value the places of a scene by imagined steps: Dyna within the scene (Sutton 1990).

The agent knows the effects of its actions and the tables' values of stepping on each type. From
these it imagines walks over the cells of the scene, until the values of the cells settle. The
result is the shortest way to the best object, around bad ones, without oscillation between two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.types import Fact, Floats, Shape

_REWARDED = 1e-12  # rounding: share of the largest value; one that is smaller leads nowhere


class Imagined(NamedTuple):
    """The values of the actions at each place of a scene."""

    shape: Shape  # rows and columns
    values: Floats  # `[P, A]`: the value of each action at each place, counted row by row
    following: NDArray[np.int64]  # `[P, A]`: the place that the action leads to
    touches: NDArray[np.bool_]  # `[P, A]`: whether an object stands there

    def reached(self, place: int, action: int) -> int | None:
        """Return the place of the object that an action and the best walk from there lead to."""
        least = _REWARDED * float(np.abs(self.values).max())
        for _ in range(len(self.values)):
            if self.touches[place, action]:
                return int(self.following[place, action])
            place = int(self.following[place, action])
            action = int(self.values[place].argmax())
            if self.values[place, action] <= least:
                return None
        return None


def imagine(
    shape: Shape,
    objects: tuple[Fact, ...],
    moves: Mapping[int, tuple[int, int]],
    num_actions: int,
    worth: Callable[[int, int], float],
    discount: float,
    settled: float,
) -> Imagined:
    """Return the values of all places of a scene, swept until they settle.

    What follows a touch is another scene, so nothing is counted beyond it. The agent is none of the
    objects. An action that `moves` leaves out displaces nothing. `worth` returns the tables' value
    of stepping on a type by an action. `discount` is gamma, and the sweeps end when no place's
    value changes by more than the share `settled` of the largest worth.
    """
    rows, cols = shape
    places = np.arange(rows * cols)
    row, col = np.divmod(places, cols)
    stands = np.zeros(rows * cols, np.int64)  # 0 nothing, i an object of the i-th known type
    known = sorted({fact.type for fact in objects})
    for fact in objects:
        stands[fact.row * cols + fact.col] = 1 + known.index(fact.type)
    following = np.tile(places[:, None], num_actions)
    rewards = np.zeros((rows * cols, num_actions))
    for action, (d_row, d_col) in moves.items():
        to_row, to_col = row + d_row, col + d_col
        inside = (to_row >= 0) & (to_row < rows) & (to_col >= 0) & (to_col < cols)
        following[inside, action] = (to_row * cols + to_col)[inside]
        gives = np.array([0.0, *(worth(number, action) for number in known)])
        rewards[inside, action] = gives[stands[following[inside, action]]]
    touches = (stands[following] > 0) & (following != places[:, None])
    goes_on = np.where(touches, 0.0, discount)
    best = np.zeros(rows * cols)
    values = rewards
    least = settled * float(np.abs(rewards).max())
    for _ in places:  # no shortest walk has more steps than there are places
        values = rewards + goes_on * best[following]
        now = values.max(axis=1)
        change = np.abs(now - best).max()
        best = now
        if change <= least:
            break
    return Imagined(shape, values, following, touches)
