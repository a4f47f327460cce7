"""Records, aliases and sentinels that all packages share. Imports no implementation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
"""One frame `[H, W, 3]` or a batch `[B, H, W, 3]`, 0-255."""

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Ints = NDArray[np.int64]


CELL_SIDE = 12
"""Pixels of a side of the square that a grid's cell is resampled to for the neural back end."""

EMPTY = 0
"""The type of a cell that holds nothing. No learned perception gives a fact of it."""

UNKNOWN = -1
"""The type of a cell that holds something of no known type."""

FREE = -2
"""On a board of the rules: the place holds nothing. Not `EMPTY`, as true facts may use type 0."""

EDGE = -3
"""On a board of the rules: the place lies beyond the edge of the grid."""

KEPT = -4
"""In an effect of a contact: the place keeps what it holds."""

HELD = -5
"""In an effect of a contact: the place holds the thing that was in hand, which is put down."""

GOING = -6
"""The verb of all actions that move the agent; every other action is a verb of its own."""


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


class FrameTransitions(NamedTuple):
    """Transitions within episodes, as frames.

    Attributes:
        before: `uint8 [N, H, W, 3]`: the frames in which the actions were taken.
        actions: `[N]`.
        after: `uint8 [N, H, W, 3]`: the frames that they led to.
    """

    before: Frame
    actions: Ints
    after: Frame


BESIDE: tuple[tuple[int, int], ...] = ((0, 1), (1, 0), (0, -1), (-1, 0))
"""Rows down and columns right of the four cells beside a cell."""

UNMOVED: tuple[int, int] = (0, 0)
"""Rows down and columns right of what stays where it is."""

Facts = tuple[Fact, ...]
"""The sorted facts of one frame."""


Shape = tuple[int, int]
"""Rows and columns of a grid."""


class Transition(NamedTuple):
    """One step in symbols; `terminated` alone stops the bootstrap, truncation does not.

    Attributes:
        facts: What was seen.
        action: What was done.
        reward: What it gave.
        next_facts: What was seen then.
        terminated: Whether the episode reached an end of its own.
        first: Whether it is the first step of an episode.
        shape: Rows and columns of the grid, where they are known.
        env: Number of the environment it happened in, where several are played together.
    """

    facts: Facts
    action: int
    reward: float
    next_facts: Facts
    terminated: bool
    first: bool = False
    shape: Shape | None = None
    env: int = 0

    def to_list(self) -> list[Any]:
        """Return the fields for JSON; the environment is left out where it is the only one."""
        return list(self) if self.env else list(self[:-1])

    @classmethod
    def from_lists(cls, stored: Sequence[Any]) -> Self:
        """Return a transition that went through JSON."""
        facts, action, reward, next_facts, terminated, first, shape, *env = stored
        before, after = (tuple(Fact(*fact) for fact in seen) for seen in (facts, next_facts))
        return cls(before, action, reward, after, terminated, first, frozen(shape), *env)


def frozen(value: Any) -> Any:
    """Return a value from JSON with tuples for its lists."""
    return tuple(frozen(part) for part in value) if isinstance(value, list) else value
