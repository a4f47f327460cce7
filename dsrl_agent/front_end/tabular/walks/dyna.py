"""Value the places of a scene by imagined steps: Dyna within the scene (Sutton 1990).

The agent knows the effects of its actions and the tables' values of stepping on each type. From
these it imagines walks over the cells of the scene, until the values of the cells settle. The
result is the shortest way to the best object, around bad ones, without oscillation between two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
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
    rewards: Floats  # `[P, A]`: the value of stepping on it, 0 elsewhere

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


@lru_cache(maxsize=64)  # a scene is imagined anew whenever something was learned
def _walks(
    shape: Shape, moves: tuple[tuple[int, tuple[int, int]], ...], num_actions: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the place `[P, A]` that each action leads to, and whether that is another place."""
    rows, cols = shape
    places = np.arange(rows * cols)
    row, col = np.divmod(places, cols)
    following = np.tile(places[:, None], num_actions)
    for action, (d_row, d_col) in moves:
        to_row, to_col = row + d_row, col + d_col
        inside = (to_row >= 0) & (to_row < rows) & (to_col >= 0) & (to_col < cols)
        following[inside, action] = (to_row * cols + to_col)[inside]
    displaced = following != places[:, None]
    following.flags.writeable = displaced.flags.writeable = False  # shared by all callers
    return following, displaced


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
    rewards, following, touches = _rewarded(shape, [objects], moves, num_actions, worth)
    scene = Imagined(shape, rewards[0], following, touches[0], rewards[0])
    return swept(scene, discount, settled)


def imagine_together(
    shape: Shape,
    scenes: Sequence[tuple[Fact, ...]],
    moves: Mapping[int, tuple[int, int]],
    num_actions: int,
    worth: Callable[[int, int], float],
    discount: float,
    settled: float,
) -> list[Imagined]:
    """Return what `imagine` returns for each of several scenes of one shape."""
    rewards, following, touches = _rewarded(shape, scenes, moves, num_actions, worth)
    values = _swept_together(rewards, np.where(touches, 0.0, discount), following, settled)
    parts = zip(values, touches, rewards, strict=True)
    return [Imagined(shape, own, following, touched, given) for own, touched, given in parts]


def _rewarded(
    shape: Shape,
    scenes: Sequence[tuple[Fact, ...]],
    moves: Mapping[int, tuple[int, int]],
    num_actions: int,
    worth: Callable[[int, int], float],
) -> tuple[Floats, NDArray[np.int64], NDArray[np.bool_]]:
    """Return the rewards `[B, P, A]`, the places led to `[P, A]` and the touches `[B, P, A]`."""
    following, displaced = _walks(shape, tuple(moves.items()), num_actions)
    known = sorted({fact.type for objects in scenes for fact in objects})
    code, cols = {number: 1 + place for place, number in enumerate(known)}, shape[1]
    stands = np.zeros((len(scenes), len(following)), np.int64)  # 0 nothing, i the i-th known type
    for scene, objects in zip(stands, scenes, strict=True):
        for fact in objects:
            scene[fact.row * cols + fact.col] = code[fact.type]
    gives = np.zeros((len(known) + 1, num_actions))
    for action in moves:
        gives[1:, action] = [worth(number, action) for number in known]
    led = stands.take(following, axis=1)
    rewards = np.where(displaced, gives[led, np.arange(num_actions)], 0.0)
    return rewards, following, (led > 0) & displaced


def swept(scene: Imagined, discount: float, settled: float) -> Imagined:
    """Return a scene with the values that follow from its rewards, swept until they settle.

    `discount` and `settled` are those of `imagine`.
    """
    rewards, following = scene.rewards.T.copy(), scene.following.T.copy()  # [A, P] is faster
    goes_on = np.where(scene.touches.T, 0.0, discount)
    count = len(scene.following)
    best, change = np.zeros(count), np.empty(count)
    values = rewards
    least = settled * float(np.abs(rewards).max())
    for _ in range(count):  # no shortest walk has more steps than there are places
        values = best.take(following)
        values *= goes_on
        values += rewards
        now = np.maximum.reduce(values)
        np.subtract(now, best, out=change)
        best = now
        if np.abs(change, out=change).max() <= least:
            break
    return scene._replace(values=values.T)


def _swept_together(
    rewards: Floats, goes_on: Floats, following: NDArray[np.int64], settled: float
) -> Floats:
    """Return the values `[B, P, A]` of scenes, each swept until it settles as `swept` does it.

    `rewards` and the discounts `goes_on` have that shape too; `following` is `[P, A]`.
    """
    count, places = rewards.shape[:2]
    # [A, B, P] is faster, as in `swept`.
    own, discounts = (np.ascontiguousarray(np.moveaxis(each, 2, 0)) for each in (rewards, goes_on))
    starts = np.arange(0, count * places, places)[:, None]
    leads = following.T[:, None] + starts  # [A, B, P], among the places of all scenes
    values, best = np.empty_like(own), np.zeros((count, places))
    least = settled * np.maximum.reduce(np.maximum.reduce(np.abs(own)), axis=1)
    going = np.ones((count, 1), np.bool_)  # the scenes that have not settled
    for _ in range(places):  # no shortest walk has more steps than there are places
        now_values = best.take(leads)
        now_values *= discounts
        now_values += own
        now = np.maximum.reduce(now_values)
        change = np.maximum.reduce(np.abs(now - best), axis=1)
        np.copyto(values, now_values, where=going)
        np.copyto(best, now, where=going)
        going[:, 0] &= change > least
        if not going.any():
            break
    return np.moveaxis(values, 0, 2)
