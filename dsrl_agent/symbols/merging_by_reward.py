"""Groups of spectra become types of objects: first every group, then those of one kind together."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.symbols.codebook import Codebook, fit_codebook
from dsrl_agent.symbols.merging import Likeness, Touches, kinds_of
from dsrl_agent.types import Floats, Floats32, Ints

_PLACES = 4000  # more places make typing slower, not better
_HELD_OUT_SHARE = 0.2  # of the places, if there are no more: they calibrate what is unknown
_MOVER_SHARE = 0.05  # a group with this share of what was seen to move is not still


class Moves(NamedTuple):
    """The transitions in which the agent moved.

    Attributes:
        before: `[M, rows, cols]`: the types in the frame before each.
        left: `bool [M, rows, cols]`: the cell it left.
        entered: `bool [M, rows, cols]`: the cell it entered.
        rewards: `[M]`: what the step gave.
    """

    before: Ints
    left: NDArray[np.bool_]
    entered: NDArray[np.bool_]
    rewards: Floats


def every_group(
    spectra: Floats32,
    deviations: Floats32,
    left: NDArray[np.bool_],
    max_types: int,
    rng: np.random.Generator,
) -> tuple[Codebook, Floats]:
    """Return a codebook in which every group of spectra that is not emptiness is a type.

    Args:
        spectra: `[N, rows, cols, K]`: posterior means.
        deviations: Their posterior standard deviations, of the same shape.
        left: `[N, rows, cols]`: whether the agent has just left the place.
        max_types: The most groups to try.
        rng: Chooses the places that are looked at.

    Returns:
        The codebook, and spectra `[M, K]` that it was not fitted to.
    """
    total = left.size
    order = rng.permutation(total)
    count = min(_PLACES, round((1 - _HELD_OUT_SHARE) * total))
    # All cells just left are among them, to tell the looks of emptiness.
    chosen = np.union1d(order[:count], np.flatnonzero(left))
    held_out = np.setdiff1d(order[count : count + _PLACES], chosen)
    flat = spectra.reshape(total, -1).astype(np.float64)
    codebook = fit_codebook(
        flat[chosen],
        deviations.reshape(total, -1)[chosen].astype(np.float64),
        left.ravel()[chosen],
        max_types,
        int(rng.integers(2**31)),
    )
    return codebook, flat[held_out]


def join_kinds(
    codebook: Codebook,
    moves: Moves,
    looks: Callable[[Ints], Floats32],
    last: Likeness | None = None,
) -> tuple[Codebook, Likeness]:
    """Return the codebook in which groups that are one kind of object are one type.

    Args:
        codebook: One in which every group is a type of its own.
        moves: What was touched, and what that gave.
        looks: Gives the mean pictures `[T, C, side, side]` of types in `moves.before`.
        last: In what they were alike before.

    Returns:
        The codebook, and in what things of one kind are alike.
    """
    before, left, entered, rewards = moves
    movers = np.bincount(before[left], minlength=codebook.types.max() + 1)
    still = codebook.known[movers[codebook.known] < _MOVER_SHARE * len(before)]
    stood_there = before[entered]
    touched = np.isin(stood_there, still)
    touches = Touches(np.searchsorted(still, stood_there[touched]), rewards[touched])
    pictures = looks(codebook.known)
    counts = np.array([np.count_nonzero(before == number) for number in codebook.known])
    stand = np.isin(codebook.known, still)
    chosen = last.view if last is not None and last.chosen else None
    kinds = kinds_of(pictures[stand], counts[stand], touches, chosen)
    groups = np.array([np.argmax(codebook.types == n) for n in codebook.known], np.int64)
    likeness = Likeness.of(kinds, pictures, groups)
    first = {int(kind): int(still[kinds.labels == kind].min()) for kind in kinds.labels}
    names = {int(n): first[int(k)] for n, k in zip(still, kinds.labels, strict=True)}
    return codebook.joined(names), likeness
