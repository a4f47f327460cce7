"""Records, aliases and protocols that the rooms share. Imports no implementation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
"""One frame `[H, W, 3]` or a batch `[B, H, W, 3]`, 0-255."""

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints = NDArray[np.int64]


class Fact(NamedTuple):
    """An object: what it is and where it stands (Sherburn, Table 1.1).

    Attributes:
        type: Number of the type of its spectrum.
        row: Cells from the top of the grid.
        col: Cells from the left of the grid.
    """

    type: int
    row: int
    col: int


Facts = tuple[Fact, ...]
"""The sorted facts of one frame."""


class Transition(NamedTuple):
    """One step in symbols; `terminated` alone stops the bootstrap, truncation does not."""

    facts: Facts
    action: int
    reward: float
    next_facts: Facts
    terminated: bool
