"""Gather what motion tells before anything is learned: grid, ego-object, emptiness, camera."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dsrl_agent.back_end.cells import cells_of
from dsrl_agent.config import PerceptionConfig
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.motion.egomotion import Trail, find_trail
from dsrl_agent.perception.motion.grid_extent import extend_grid
from dsrl_agent.perception.motion.grid_from_motion import find_grid
from dsrl_agent.perception.motion.stabilisation import stabilise
from dsrl_agent.types import CELL_SIDE, Floats, Floats32, Frame, FrameTransitions, Ints

_CELLS = 2048  # cells resampled at once, to bound memory


class Evidence(NamedTuple):
    """Transitions at rest, and what their motion tells."""

    transitions: FrameTransitions  # the transitions, with the camera's motion taken out
    rewards: Floats | None  # [N]: their rewards, if they are known
    swing: tuple[int, int]  # the camera's largest offset from its rest in pixels: rows, columns
    grid: Grid  # the grid
    trail: Trail  # the cells that the ego-object left and entered, and emptiness


def mean_changes(grid: Grid, before: Frame, after: Frame) -> Floats32:
    """Return the mean absolute change `[B, rows, cols]` of cells, brought to 12 x 12 pixels.

    Frames are `[B, H, W, 3]`. Cells of equal pixels, most of them without noise, are not resampled.
    """
    first, second = grid.pixels(before), grid.pixels(after)
    changes = np.zeros((len(before), *grid.shape), np.float32)
    n, row, col = np.nonzero((first != second).any(axis=(2, 4, 5)))
    for start in range(0, len(n), _CELLS):
        part = n[start : start + _CELLS], row[start : start + _CELLS], col[start : start + _CELLS]
        cells = (each.swapaxes(2, 3)[part] for each in (first, second))
        one, other = (grid.alone().resample(each, CELL_SIDE) for each in cells)
        changes[part] = np.abs(other - one).mean(axis=(1, 2, 3))
    return changes


def gather(motion: FrameTransitions, rewards: Floats | None, config: PerceptionConfig) -> Evidence:
    """Find camera, grid and ego-object in transitions in which the agent moved along both axes.

    Raises:
        PerceptionError: Nothing moved.
    """
    transitions, kept, swing = stabilise(motion, config.camera)
    grid = find_grid(transitions, config.grid)
    trail = trail_on(grid, transitions, config)
    grid, trail = extend_grid(grid, trail, transitions.after, config.extent)
    rewards = None if rewards is None else rewards[kept]
    return Evidence(transitions, rewards, swing, grid, trail)


def trail_on(grid: Grid, transitions: FrameTransitions, config: PerceptionConfig) -> Trail:
    """Find the cells of a grid that the ego-object left and entered.

    Raises:
        PerceptionError: No transition changed exactly two neighbouring cells.
    """
    before, actions, after = transitions

    def cells(chosen: Ints) -> Floats32:
        return cells_of(grid.resample(before[chosen], CELL_SIDE))

    def cells_at(chosen: Ints, places: Ints) -> tuple[Floats32, Floats32]:
        # Of large frames only these cells are looked at.
        first, second = (
            grid.resample_at(part[chosen], places, CELL_SIDE) for part in (before, after)
        )
        return first, second

    def changes(chosen: Ints) -> Floats32:
        return mean_changes(grid, before[chosen], after[chosen])

    return find_trail(cells, cells_at, changes, actions, config.egomotion)
