"""Grids of unknown size: every seed gets one of its own, of which the agent is told nothing."""

from __future__ import annotations

from typing import Any

from dsrl_agent.runtime.rng import Streams

ENV_ID = "shapes_grid:ShapesGrid-v0"


def draw_grid(seed: int) -> dict[str, Any]:
    """Return a seed's keywords for the environment: its cells' size and its border.

    Returns:
        `cell`, 7-13 pixels, and `border`, 0-7 pixels on each side.
    """
    rng = Streams(seed).get("benchmark world")
    border = [int(pixels) for pixels in rng.integers(0, 8, 4)]
    return {"cell": int(rng.integers(7, 14)), "border": border}
