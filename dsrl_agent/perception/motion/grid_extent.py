"""Extend the grid beyond the cells in which anything changed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end.cells import cells_of
from dsrl_agent.config.sights import ExtentThresholds
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.motion.egomotion import Trail
from dsrl_agent.types import CELL_SIDE, Frame


def extend_grid(
    grid: Grid, trail: Trail, frames: Frame, thresholds: ExtentThresholds
) -> tuple[Grid, Trail]:
    """Extend the grid, and the maps of cells left and entered, to all objects that stand beyond.

    In a large world the agent may stay away from the edges for a whole episode, and objects there
    change nothing.
    """
    whole = grid.whole()
    if whole == grid:
        return grid, trail
    top, left = ((grid.origin[i] - whole.origin[i]) // grid.pitch[i] for i in (0, 1))
    rows, cols = slice(top, top + grid.shape[0]), slice(left, left + grid.shape[1])
    some = frames[:: max(1, len(frames) // thresholds.sample)]
    # One frame at a time: large frames would take much memory together.
    cells = (cells_of(whole.resample(some[n, None], CELL_SIDE)) for n in range(len(some)))
    differences = [np.abs(each - trail.empty).mean(axis=(3, 4, 5)) for each in cells]
    away = np.concatenate(differences)  # [B, R, C]
    known = away[:, rows, cols]
    quiet = float(np.quantile(known, thresholds.quiet))
    stands = np.any(away > quiet + thresholds.standing * (float(known.max()) - quiet), axis=0)
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
