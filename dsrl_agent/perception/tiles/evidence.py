"""Gather what tiles tell: footage, its grid, and its types; nothing has to move."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dsrl_agent.config import PerceptionConfig
from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.errors import PerceptionError
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.tiles.distinct.footage import Footage, footage_of
from dsrl_agent.perception.tiles.learning import TileLesson, learn_tiles_of
from dsrl_agent.perception.tiling.tiling import find_tiling
from dsrl_agent.types import Floats, FrameTransitions


class TileEvidence(NamedTuple):
    """Transitions, in order as footage, the grid of tiles that explains them, and the types."""

    transitions: FrameTransitions
    footage: Footage
    grid: Grid
    lesson: TileLesson  # what they tell

    def suffices(self, thresholds: TilesThresholds) -> bool:
        """Return whether few types explain the frames, most of which come again."""
        few = self._count <= thresholds.most_types
        return few and self.lesson.passing <= thresholds.most_passing

    def stays_in_cells(self, thresholds: TilesThresholds) -> bool:
        """Return whether nothing reaches out of its cell, as far as types and neighbours tell."""
        few = self._count <= thresholds.few_types
        return few or self.lesson.reaching <= thresholds.most_reaching

    @property
    def _count(self) -> int:
        """The number of types."""
        return len(np.unique(self.lesson.reader.types))


def gather_tiles(
    transitions: FrameTransitions, rewards: Floats | None, config: PerceptionConfig
) -> TileEvidence:
    """Find the grid and the types of frames that are drawn in tiles; rewards are not needed.

    Raises:
        PerceptionError: The frames show no grid, or nothing moved.
    """
    footage = footage_of(transitions)
    tiling = find_tiling(footage.frames, config.tiling)
    if tiling.grid is None:
        raise PerceptionError(
            f"The {len(footage.frames)} frames met so far are not drawn in equal tiles: "
            f"{tiling.complaint} Let the agent play more steps (perception.frames), or choose "
            "another sight (perception.sight)."
        )
    return tiles_on(tiling.grid, transitions, config)


def tiles_on(grid: Grid, transitions: FrameTransitions, config: PerceptionConfig) -> TileEvidence:
    """Find the types of frames on a grid that is known.

    Raises:
        PerceptionError: Nothing moved.
    """
    footage = footage_of(transitions)
    lesson = learn_tiles_of(footage, grid, config.tiles)
    if not lesson.agent.kinds:
        raise PerceptionError(
            f"Nothing moved in the {len(footage.frames)} frames met so far, so the agent is not "
            "known; let the agent play more steps (perception.frames)."
        )
    return TileEvidence(transitions, footage, grid, lesson)
