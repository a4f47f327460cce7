"""Gather what motion tells before anything is learned: grid, ego-object, emptiness, camera."""

from __future__ import annotations

from typing import NamedTuple

from dsrl_agent.back_end.cells import cells_of
from dsrl_agent.config import PerceptionConfig
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.motion.egomotion import Trail, find_trail
from dsrl_agent.perception.motion.grid_extent import extend_grid
from dsrl_agent.perception.motion.grid_from_motion import find_grid
from dsrl_agent.perception.motion.stabilisation import stabilise
from dsrl_agent.types import CELL_SIDE, Floats, Floats32, FrameTransitions, Ints


class Evidence(NamedTuple):
    """Transitions at rest, and what their motion tells."""

    transitions: FrameTransitions  # the transitions, with the camera's motion taken out
    rewards: Floats | None  # [N]: their rewards, if they are known
    swing: tuple[int, int]  # the camera's largest offset from its rest in pixels: rows, columns
    grid: Grid  # the grid
    trail: Trail  # the cells that the ego-object left and entered, and emptiness
    plain_floor: bool = False  # whether the frames are known to show shapes on a plain floor


def gather(motion: FrameTransitions, rewards: Floats | None, config: PerceptionConfig) -> Evidence:
    """Find camera, grid and ego-object in transitions in which the agent moved along both axes.

    Raises:
        PerceptionError: Nothing moved.
    """
    transitions, kept, swing = stabilise(motion, config.camera)
    grid = find_grid(transitions, config.grid)
    before, actions, after = transitions

    def cells_at(chosen: Ints) -> tuple[Floats32, Floats32]:
        first, second = (grid.resample(part[chosen], CELL_SIDE) for part in (before, after))
        return cells_of(first), cells_of(second)

    trail = find_trail(cells_at, actions, config.egomotion)
    grid, trail = extend_grid(grid, trail, transitions.after, config.extent)
    rewards = None if rewards is None else rewards[kept]
    return Evidence(transitions, rewards, swing, grid, trail)
