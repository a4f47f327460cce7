"""Choose the windows in which things of a grid are seen."""

from __future__ import annotations

import numpy as np

from dsrl_agent.back_end.compositor.windows import Windows
from dsrl_agent.config.things import ThingsThresholds
from dsrl_agent.perception.grid import Grid


def windows_of(grid: Grid, thresholds: ThingsThresholds) -> Windows:
    """Return the windows around the cells of a grid."""
    standing = thresholds.standing
    margin = max(standing.least_margin, int(np.ceil(standing.margin * max(grid.pitch))))
    return Windows(grid.pitch, grid.origin, grid.shape, grid.frame, margin)
