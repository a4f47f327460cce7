"""Turn a map of types into facts (Sherburn, Table 1.1)."""

from __future__ import annotations

import numpy as np

from dsrl_agent.types import EMPTY, Fact, Facts, Ints


def facts_of(types: Ints) -> Facts:
    """Return the sorted facts of a map of types `[rows, cols]`, in which 0 is emptiness."""
    return facts_of_all(types[None])[0]


def facts_of_all(types: Ints) -> list[Facts]:
    """Return the sorted facts of maps of types `[B, rows, cols]`."""
    found: list[list[Fact]] = [[] for _ in types]
    places = np.nonzero(types != EMPTY)
    each = (part.tolist() for part in (*places, types[places]))
    for n, row, col, number in zip(*each, strict=True):
        found[n].append(Fact(number, row, col))
    return [tuple(sorted(facts)) for facts in found]
