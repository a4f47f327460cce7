"""Draw a grid of its own for each seed; the agent does not know its size."""

from __future__ import annotations

from typing import Any

from dsrl_agent.runtime.rng import Streams

ENV_ID = "shapes_grid:ShapesGrid-v0"


def draw_grid(seed: int) -> dict[str, Any]:
    """Return a seed's `cell`, its side of 7 to 13 pixels, and `border`, 0 to 7 pixels a side."""
    rng = Streams(seed).get("benchmark world")
    border = [int(pixels) for pixels in rng.integers(0, 8, 4)]
    return {"cell": int(rng.integers(7, 14)), "border": border}
