"""Describe the evidence that a sight of tiles is learned from."""

from __future__ import annotations

from typing import NamedTuple

from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.tiles.distinct.footage import Footage
from dsrl_agent.types import FrameTransitions


class TileEvidence(NamedTuple):
    """Transitions, in order as footage, and the grid of tiles that explains them."""

    transitions: FrameTransitions
    footage: Footage
    grid: Grid
