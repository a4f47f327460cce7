"""What an action moves leaves cells behind; what it leaves behind is what emptiness looks like.

A cell that the agent has just left is empty: that is known from motion alone, however full the
world is, and it is where salience starts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

from dsrl_agent.errors import PerceptionError
from dsrl_agent.types import Floats32, Ints

_CHANGED_SHARE = 0.25  # of the largest change seen in any cell beyond noise: less is no change
_CLEAR = 0.5  # a touch makes a difference of about that between the mover and emptiness
_ONE_WAY = 0.25  # the mover's change is at most this share of emptiness's, where noise adds to both
_BATCH = 64  # transitions looked at at once, for the sake of memory
_BLUR = 3  # pixels of a cell over which noise is averaged
_MANY = 64  # so many cells are enough to know what emptiness looks like


CellsOf = Callable[[Ints], tuple[Floats32, Floats32]]
"""Gives the cells before and after chosen transitions, `[B, rows, cols, C, side, side]` each."""


class Trail(NamedTuple):
    """What moved where.

    Attributes:
        left: `bool [N, rows, cols]`: the cell that the mover has left in the `after` images.
        entered: `bool [N, rows, cols]`: the cell that it has entered.
        empty: `float32 [C, side, side]`: how an empty cell looks.
        noise: The standard deviation of empty cells' pixels about that, 1 being the whole range.
    """

    left: NDArray[np.bool_]
    entered: NDArray[np.bool_]
    empty: Floats32
    noise: float


def follow(cells_of: CellsOf, actions: Ints) -> Trail:
    """Find which cells the mover left.

    When one cell changes for another along an action, either the mover went from the first to the
    second, or emptiness went the other way: without objects the two look alike. Where an object
    was touched they do not, as only the mover looks the same before and after.

    Args:
        cells_of: Gives the cells of the transitions, of few at a time.
        actions: `[N]`: the action of each transition.

    Raises:
        PerceptionError: No transition changed exactly two neighbouring cells.
    """
    change = np.concatenate(  # [N, rows, cols]
        [
            np.abs(after - before).mean(axis=(3, 4, 5))
            for before, after in map(cells_of, _batches(np.arange(len(actions))))
        ]
    )
    # Even in a world of four cells at most half of them change, so a quarter shows noise alone.
    noise = float(np.quantile(change, 0.25))
    changed = change > noise + _CHANGED_SHARE * (change.max() - noise)
    pairs = np.flatnonzero(changed.sum(axis=(1, 2)) == 2)
    ends = np.array([np.argwhere(changed[n]) for n in pairs]).reshape(-1, 2, 2)
    neighbours = np.abs(ends[:, 0] - ends[:, 1]).sum(axis=1) == 1
    pairs, ends = pairs[neighbours], ends[neighbours]
    if not len(pairs):
        raise PerceptionError(
            "No step changed two neighbouring cells and nothing else, so nothing is known to have "
            "moved; let the agent play more steps (perception.frames)."
        )
    u, v = ends[:, 0], ends[:, 1]  # u stands above or left of v
    before_u, before_v, after_u, after_v = looks = _looks(cells_of, pairs, u, v)
    forward = _difference(before_u, after_v, noise)  # small if the mover went from u to v
    backward = _difference(before_v, after_u, noise)
    mover, empty, clarity = _tell_apart(np.asarray(actions)[pairs], forward, backward, looks)
    if clarity < _CLEAR * float(_difference(mover, empty, noise)):
        # Nothing was touched. But of emptiness there is more than of what moves.
        some = np.arange(0, len(actions), max(1, len(actions) // _BATCH))
        if _is_rarer(empty, mover, cells_of(some)[0], noise):
            mover, empty = empty, mover
    # The mover's own look settles every pair: it came from where it stood before.
    from_u = _difference(before_u, mover) + _difference(after_u, empty) < (
        _difference(before_v, mover) + _difference(after_v, empty)
    )
    left, entered = (np.zeros(changed.shape, np.bool_) for _ in range(2))
    for flags, where in (
        (left, np.where(from_u[:, None], u, v)),
        (entered, np.where(from_u[:, None], v, u)),
    ):
        flags[pairs, where[:, 0], where[:, 1]] = True
    latest = np.where(from_u[:, None, None, None], after_u, after_v)[-_MANY:]
    usual = np.median(latest, axis=0).astype(np.float32)
    return Trail(left, entered, usual, float(np.sqrt(np.square(latest - usual).mean())))


def _batches(indices: Ints) -> list[Ints]:
    return [indices[start : start + _BATCH] for start in range(0, len(indices), _BATCH)]


def _looks(cells_of: CellsOf, pairs: Ints, u: Ints, v: Ints) -> tuple[Floats32, ...]:
    """Return how the cells u and v looked before and after, `[P, C, side, side]` each."""
    parts = []
    for batch in _batches(np.arange(len(pairs))):
        before, after = cells_of(pairs[batch])
        each = np.arange(len(batch))
        parts.append(
            [moment[each, *ends[batch].T] for moment in (before, after) for ends in (u, v)]
        )
    return tuple(np.concatenate(part) for part in zip(*parts, strict=True))


def _tell_apart(
    actions: Ints, forward: Floats32, backward: Floats32, looks: tuple[Floats32, ...]
) -> tuple[Floats32, Floats32, float]:
    """Return how the mover and emptiness look, from the action that shows it most clearly.

    The last value is how clearly: how much less the one changed than the other, over all its steps.
    """
    before_u, before_v, after_u, after_v = looks
    clearest, mover, empty = -1.0, before_u[0], after_u[0]
    for action in np.unique(actions):
        own = np.flatnonzero(actions == action)
        apart = backward[own] - forward[own]
        ahead, back = float(forward[own].sum()), float(backward[own].sum())
        if min(ahead, back) <= _ONE_WAY * max(ahead, back):
            clarity, from_u = abs(ahead - back), np.full(len(own), ahead <= back)
        else:  # it goes where the mover looks: only steps that touched something show whence
            touched = np.abs(apart) > _CLEAR * np.abs(apart).max()
            if not touched.any():  # both ways are alike in every step
                continue
            clarity = float(np.median(np.abs(apart[touched])))
            own, from_u = own[touched], apart[touched] > 0
        if clarity > clearest:
            clearest, from_u = clarity, from_u[:, None, None, None]
            mover = np.median(np.where(from_u, before_u[own], before_v[own]), axis=0)
            empty = np.median(np.where(from_u, after_u[own], after_v[own]), axis=0)
    return mover, empty, clearest


def _is_rarer(one: Floats32, other: Floats32, cells: Floats32, noise: float) -> bool:
    """Say whether fewer cells `[..., C, side, side]` look like the one than like the other."""
    to_one, to_other = _difference(cells, one, noise), _difference(cells, other, noise)
    near = _CLEAR * float(_difference(one, other, noise))
    like_one = np.count_nonzero((to_one < to_other) & (to_one < near))
    return bool(like_one < np.count_nonzero((to_other < to_one) & (to_other < near)))


def _difference(a: Floats32, b: Floats32, noise: float = 0.0) -> Floats32:
    """Return the mean difference of cells; of noise, the mean of two like cells, nothing is left.

    Noise is less where pixels are at the end of their range, as those of a dark floor often are,
    so like cells would differ the more the brighter they are.
    """
    if noise > 0.0:
        calm = uniform_filter(a - b, (1,) * (a.ndim - 2) + (_BLUR, _BLUR))
        return np.asarray(np.maximum(np.abs(calm) - 2 * noise, 0.0).mean(axis=(-3, -2, -1)))
    return np.asarray(np.abs(a - b).mean(axis=(-3, -2, -1)))
