"""Count the bits that actions save in telling what an object does next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np


class Deed(NamedTuple):
    """What an object did in a step."""

    look: int  # its appearance before
    action: int
    new_look: int  # its appearance after
    d_row: int  # rows that it went down
    d_col: int  # columns that it went right

    @property
    def outcome(self) -> tuple[int, int, int]:
        """The appearance after, and the displacement."""
        return self.new_look, self.d_row, self.d_col

    @property
    def changed(self) -> bool:
        """Whether the step changed the object."""
        return self.outcome != (self.look, 0, 0)


def adaptive_bits(contexts: Sequence[Hashable], outcomes: Sequence[Hashable]) -> float:
    """Return the length in bits of a code of outcomes that learns their shares in each context.

    The prior of each context is Dirichlet, the same for all outcomes and worth one sighting.
    """
    share = 1.0 / max(2, len(set(outcomes)))
    met: Counter[tuple[Hashable, Hashable]] = Counter()
    totals: Counter[Hashable] = Counter()
    bits = 0.0
    for context, outcome in zip(contexts, outcomes, strict=True):
        bits -= np.log2((met[context, outcome] + share) / (totals[context] + 1.0))
        met[context, outcome] += 1
        totals[context] += 1
    return float(bits)


def bits_saved(deeds: Sequence[Deed]) -> float:
    """Return by how many bits a code of deeds is shorter that is told the actions.

    Of each kind of code the shortest counts: one of outcomes, one of whether there is a change and
    then which, and one of displacements alone. The second shares among appearances what an action
    does: most actions change nothing most of the time.
    """
    steps = [(deed.d_row, deed.d_col) for deed in deeds]
    actions = [deed.action for deed in deeds]
    untold = _bits(deeds, [0] * len(deeds), [deed.look for deed in deeds])
    told = _bits(deeds, actions, [(deed.look, deed.action) for deed in deeds])
    by_steps = adaptive_bits([0] * len(deeds), steps) - adaptive_bits(actions, steps)
    return max(untold - told, by_steps)


def _bits(deeds: Sequence[Deed], shared: Sequence[Hashable], contexts: Sequence[Hashable]) -> float:
    """Return the bits of deeds, at once or by first whether something changes; it is `shared`."""
    changed = [deed.changed for deed in deeds]
    at_once = adaptive_bits(contexts, [deed.outcome for deed in deeds])
    pairs = zip(contexts, deeds, strict=True)
    changes = [(context, deed.outcome) for context, deed in pairs if deed.changed]
    where, what = [one[0] for one in changes], [one[1] for one in changes]
    return min(at_once, adaptive_bits(shared, changed) + adaptive_bits(where, what))
