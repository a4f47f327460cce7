"""Types read from the brightest channel of each cell's middle pixel; white is one of its own."""

from __future__ import annotations

import numpy as np

from dsrl_agent.perception.grid import Grid
from dsrl_agent.types import EMPTY, Frame, Ints

CIRCLE, CROSS, AGENT = 1, 3, 4  # red, blue and white
"""The types of the objects of `ShapesGrid-v0` in its colours."""


def read_types(frames: Frame, grid: Grid) -> Ints:
    """Return the type in each cell of frames `[B, H, W, 3]`, `[B, rows, cols]`."""
    rows, cols = (
        grid.origin[axis] + grid.pitch[axis] * np.arange(grid.shape[axis]) + grid.pitch[axis] // 2
        for axis in (0, 1)
    )
    middles = frames[:, rows[:, None], cols]
    coloured = np.where(middles.min(axis=3) > 200, AGENT, middles.argmax(axis=3) + 1)
    return np.where(middles.max(axis=3) < 100, EMPTY, coloured)
