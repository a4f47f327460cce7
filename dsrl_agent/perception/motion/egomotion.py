"""Find the ego-object, which actions move, and the appearance of emptiness from cells it left.

A cell that the agent has just left is empty. Motion alone tells this, however full the world is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from dsrl_agent.config.sights import EgomotionThresholds
from dsrl_agent.errors import PerceptionError
from dsrl_agent.types import Floats32, Ints

_BATCH = 64  # transitions worked on at once, to bound memory

ChangesOf = Callable[[Ints], Floats32]
"""Gives the mean absolute change of the cells in chosen transitions, `[B, rows, cols]`."""

CellsOf = Callable[[Ints], Floats32]
"""Gives the cells before chosen transitions, `[B, rows, cols, C, side, side]`."""

CellsAt = Callable[[Ints, Ints], tuple[Floats32, Floats32]]
"""Gives one cell `[B, 2]` of each transition, before and after: `[B, C, side, side]` each."""


class Trail(NamedTuple):
    """The cells that the ego-object left and entered, and emptiness."""

    left: NDArray[np.bool_]  # [N, rows, cols]: the cell left, as the `after` images show it
    entered: NDArray[np.bool_]  # [N, rows, cols]: the cell that it has entered
    empty: Floats32  # float32 [C, side, side]: the appearance of an empty cell
    noise: float  # the standard deviation of empty cells' pixels about it, 1 being the whole range


def find_trail(
    cells_of: CellsOf,
    cells_at: CellsAt,
    changes_of: ChangesOf,
    actions: Ints,
    thresholds: EgomotionThresholds,
) -> Trail:
    """Find the cells that the ego-object left, from the action `[N]` of each transition.

    When one cell changes for another along an action, either the ego-object went from the first to
    the second, or emptiness went the other way. Without objects the two cannot be told apart. Where
    an object was touched they can, as only the ego-object keeps its appearance.

    Raises:
        PerceptionError: No transition changed exactly two neighbouring cells, or there are none.
    """
    changed, noise = _changed(changes_of, len(actions), thresholds)
    pairs, u, v = _changed_pairs(changed)
    if not len(pairs):
        raise PerceptionError(
            "No step changed two neighbouring cells and nothing else, so nothing is known to have "
            "moved; let the agent play more steps (perception.frames)."
        )
    before_u, before_v, after_u, after_v = ends_seen = _ends_of(cells_at, pairs, u, v)
    compare = _CellComparison(noise, thresholds)
    forward = compare.difference(before_u, after_v)  # small if the ego-object went from u to v
    backward = compare.difference(before_v, after_u)
    own = np.asarray(actions)[pairs]
    ego, empty, clarity = _tell_apart(own, forward, backward, ends_seen, thresholds)
    if clarity < thresholds.clear * float(compare.difference(ego, empty)):
        # Nothing was touched, but emptiness is more frequent than the ego-object.
        some = np.arange(0, len(actions), max(1, len(actions) // _BATCH))
        if compare.is_rarer(empty, ego, cells_of(some)):
            ego, empty = empty, ego
    # The ego-object's appearance settles every pair: it came from its place before.
    from_u = _difference(before_u, ego) + _difference(after_u, empty) < (
        _difference(before_v, ego) + _difference(after_v, empty)
    )
    left, entered = (np.zeros(changed.shape, np.bool_) for _ in range(2))
    left[pairs, *np.where(from_u[:, None], u, v).T] = True
    entered[pairs, *np.where(from_u[:, None], v, u).T] = True
    latest = np.where(from_u[:, None, None, None], after_u, after_v)[-thresholds.places :]
    usual = np.median(latest, axis=0).astype(np.float32)
    return Trail(left, entered, usual, float(np.sqrt(np.square(latest - usual).mean())))


def _changed(
    changes_of: ChangesOf, count: int, thresholds: EgomotionThresholds
) -> tuple[NDArray[np.bool_], float]:
    """Return which cells changed in each transition, `[N, rows, cols]`, and the noise."""
    change = np.concatenate([changes_of(batch) for batch in _batches(np.arange(count))])
    if not change.size:
        raise PerceptionError(
            "What was seen to move spans no whole cell, so the grid found from motion is none; let "
            "the agent play more steps (perception.frames)."
        )
    noise = float(np.quantile(change, thresholds.quiet))
    return change > noise + thresholds.changed * (change.max() - noise), noise


def _changed_pairs(changed: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    """Return the transitions `[P]` in which two neighbours alone changed, and these cells.

    The cells are `[P, 2]` each: the upper or left one, and the other.
    """
    pairs = np.flatnonzero(changed.sum(axis=(1, 2)) == 2)
    ends = np.array([np.argwhere(changed[n]) for n in pairs]).reshape(-1, 2, 2)
    neighbours = np.abs(ends[:, 0] - ends[:, 1]).sum(axis=1) == 1
    return pairs[neighbours], ends[neighbours, 0], ends[neighbours, 1]


def _batches(indices: Ints) -> list[Ints]:
    return [indices[start : start + _BATCH] for start in range(0, len(indices), _BATCH)]


def _ends_of(cells_at: CellsAt, pairs: Ints, u: Ints, v: Ints) -> tuple[Floats32, ...]:
    """Return the cells u and v before, and u and v after, `[P, C, side, side]` each."""
    parts = []
    for batch in _batches(np.arange(len(pairs))):
        (before_u, after_u), (before_v, after_v) = (
            cells_at(pairs[batch], ends[batch]) for ends in (u, v)
        )
        parts.append((before_u, before_v, after_u, after_v))
    return tuple(np.concatenate(part) for part in zip(*parts, strict=True))


def _tell_apart(
    actions: Ints,
    forward: Floats32,
    backward: Floats32,
    ends_seen: tuple[Floats32, ...],
    thresholds: EgomotionThresholds,
) -> tuple[Floats32, Floats32, float]:
    """Return the ego-object's and emptiness's appearance, from the action that shows them best.

    The last value is the clarity: by how much less the one changed than the other, over all steps.
    """
    before_u, before_v, after_u, after_v = ends_seen
    clearest, ego, empty = -1.0, before_u[0], after_u[0]
    for action in np.unique(actions):
        own = np.flatnonzero(actions == action)
        apart = backward[own] - forward[own]
        ahead, back = float(forward[own].sum()), float(backward[own].sum())
        if min(ahead, back) <= thresholds.one_way * max(ahead, back):
            clarity, from_u = abs(ahead - back), np.full(len(own), ahead <= back)
        else:  # it goes where the ego-object faces: only touches tell from where
            touched = np.abs(apart) > thresholds.clear * np.abs(apart).max()
            if not touched.any():  # both ways are alike in every step
                continue
            clarity = float(np.median(np.abs(apart[touched])))
            own, from_u = own[touched], apart[touched] > 0
        if clarity > clearest:
            clearest, from_u = clarity, from_u[:, None, None, None]
            ego = np.median(np.where(from_u, before_u[own], before_v[own]), axis=0)
            empty = np.median(np.where(from_u, after_u[own], after_v[own]), axis=0)
    return ego, empty, clearest


class _CellComparison(NamedTuple):
    """Compare cells under noise."""

    noise: float  # mean difference of two equal cells
    thresholds: EgomotionThresholds  # of the comparison

    def difference(self, a: Floats32, b: Floats32) -> Floats32:
        """Return the mean difference of cells beyond noise.

        Pixels at the end of their range, such as those of a dark floor, show less noise: without
        this, equal cells would differ the more the brighter they are.
        """
        if self.noise <= 0.0:
            return _difference(a, b)
        blur = self.thresholds.blur
        calm = uniform_filter(a - b, (1,) * (a.ndim - 2) + (blur, blur))
        beyond = np.maximum(np.abs(calm) - self.thresholds.noise * self.noise, 0.0)
        return np.asarray(beyond.mean(axis=(-3, -2, -1)))

    def is_rarer(self, one: Floats32, other: Floats32, cells: Floats32) -> bool:
        """Return whether fewer cells `[..., C, side, side]` resemble the one than the other."""
        to_one, to_other = self.difference(cells, one), self.difference(cells, other)
        near = self.thresholds.clear * float(self.difference(one, other))
        like_one = np.count_nonzero((to_one < to_other) & (to_one < near))
        like_other = np.count_nonzero((to_other < to_one) & (to_other < near))
        return bool(like_one < like_other)


def _difference(a: Floats32, b: Floats32) -> Floats32:
    """Return the mean absolute difference of cells `[..., C, side, side]`."""
    return np.asarray(np.abs(a - b).mean(axis=(-3, -2, -1)))
