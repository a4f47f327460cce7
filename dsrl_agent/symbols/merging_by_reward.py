"""Merge a codebook's groups into types by the rewards of touching objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.config.symbols import MergingThresholds
from dsrl_agent.symbols.codebook import Codebook
from dsrl_agent.symbols.merging import Likeness, RewardedTouches, merge_groups
from dsrl_agent.types import Floats, Floats32, Ints


class EgoMoves(NamedTuple):
    """The transitions in which the agent moved."""

    before: Ints  # [M, rows, cols]: the types in the frame before each
    left: NDArray[np.bool_]  # bool [M, rows, cols]: the cell that the agent left
    entered: NDArray[np.bool_]  # bool [M, rows, cols]: the cell that it entered
    rewards: Floats  # [M]: the reward of the step


def merge_by_rewards(
    codebook: Codebook,
    moves: EgoMoves,
    templates_of: Callable[[Ints], Floats32],
    thresholds: MergingThresholds,
    last: Likeness | None = None,
) -> tuple[Codebook, Likeness]:
    """Return the codebook in which groups that are one type have one number, and the likeness.

    In the codebook given, every group is a type of its own. `templates_of` gives the mean pictures
    `[T, C, side, side]` of types in `moves.before`; `last` is the likeness found before.
    """
    before, left, entered, rewards = moves
    moved = np.bincount(before[left], minlength=codebook.types.max() + 1)
    still = codebook.known[moved[codebook.known] < thresholds.moved * len(before)]
    stood_there = before[entered]
    touched = np.isin(stood_there, still)
    touches = RewardedTouches(np.searchsorted(still, stood_there[touched]), rewards[touched])
    pictures = templates_of(codebook.known)
    counts = np.array([np.count_nonzero(before == number) for number in codebook.known])
    stand = np.isin(codebook.known, still)
    chosen = last.view if last is not None and last.chosen else None
    merging = merge_groups(pictures[stand], counts[stand], touches, thresholds, chosen)
    groups = np.array([np.argmax(codebook.types == n) for n in codebook.known], np.int64)
    likeness = Likeness.of(merging, pictures, groups)
    first = {int(label): int(still[merging.labels == label].min()) for label in merging.labels}
    names = {int(n): first[int(k)] for n, k in zip(still, merging.labels, strict=True)}
    return codebook.renumbered(names), likeness
