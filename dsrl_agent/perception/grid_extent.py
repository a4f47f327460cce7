"""How far the grid reaches beyond where anything changed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.perception.cells import cells_of
from dsrl_agent.perception.egomotion import Trail
from dsrl_agent.perception.grid import Grid
from dsrl_agent.types import CELL_SIDE, Frame

_SAMPLE = 64  # frames looked at
_STANDING_SHARE = 0.25  # an object differs from emptiness by at least this share of the most


def widened(grid: Grid, trail: Trail, frames: Frame) -> tuple[Grid, Trail]:
    """Let the grid, and the maps of cells left and entered, reach what stands beyond.

    In a large world the agent may not come near the edges for a whole episode, and what stands
    there changes nothing.
    """
    whole = grid.whole()
    if whole == grid:
        return grid, trail
    top, left = ((grid.origin[i] - whole.origin[i]) // grid.pitch[i] for i in (0, 1))
    rows, cols = slice(top, top + grid.shape[0]), slice(left, left + grid.shape[1])
    cells = cells_of(whole.resample(frames[:: max(1, len(frames) // _SAMPLE)], CELL_SIDE))
    away = np.abs(cells - trail.empty).mean(axis=(3, 4, 5))  # [B, R, C]
    known = away[:, rows, cols]
    quiet = float(np.quantile(known, 0.1))  # that many cells are empty and show noise alone
    stands = (away > quiet + _STANDING_SHARE * (float(known.max()) - quiet)).any(axis=0)
    stands[rows, cols] = True
    wide = np.zeros((2, len(frames), *whole.shape), np.bool_)
    wide[:, :, rows, cols] = trail.left, trail.entered
    rows, cols = _reach(stands.any(axis=1)), _reach(stands.any(axis=0))
    all_left, all_entered = wide[:, :, rows, cols]
    return whole.part(rows, cols), trail._replace(left=all_left, entered=all_entered)


def _reach(flags: NDArray[np.bool_]) -> slice:
    """Return the range from the first to the last true value."""
    where = np.flatnonzero(flags)
    return slice(int(where[0]), int(where[-1]) + 1)
