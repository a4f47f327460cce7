"""Turn a map of types into facts (Sherburn, Table 1.1)."""

from __future__ import annotations

import numpy as np

from dsrl_agent.types import EMPTY, Fact, Facts, Ints


def facts_of(types: Ints) -> Facts:
    """Return the sorted facts of a map of types `[rows, cols]`, in which 0 is emptiness."""
    places = np.argwhere(types != EMPTY).tolist()
    return tuple(sorted(Fact(int(types[row, col]), row, col) for row, col in places))
