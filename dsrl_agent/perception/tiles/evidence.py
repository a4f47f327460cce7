"""Gather the evidence for tiles: footage, and the grid of its tiles; nothing has to move."""

from __future__ import annotations

from typing import NamedTuple

from dsrl_agent.config import PerceptionConfig
from dsrl_agent.errors import PerceptionError
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.tiles.distinct.footage import Footage, footage_of
from dsrl_agent.perception.tiling.tiling import find_tiling
from dsrl_agent.types import Floats, FrameTransitions


class TileEvidence(NamedTuple):
    """Transitions, in order as footage, and the grid of tiles that explains them."""

    transitions: FrameTransitions
    footage: Footage
    grid: Grid


def gather_tiles(
    transitions: FrameTransitions, rewards: Floats | None, config: PerceptionConfig
) -> TileEvidence:
    """Find the grid of frames that are drawn in tiles; rewards are not needed.

    Raises:
        PerceptionError: The frames show no grid.
    """
    footage = footage_of(transitions)
    tiling = find_tiling(footage.frames, config.tiling)
    if tiling.grid is None:
        raise PerceptionError(
            f"The {len(footage.frames)} frames met so far are not drawn in equal tiles: "
            f"{tiling.complaint} Let the agent play more steps (perception.frames), or choose "
            "another sight (perception.sight)."
        )
    return TileEvidence(transitions, footage, tiling.grid)
