"""State to frames, without randomness: only what changed is drawn again."""

from __future__ import annotations

from typing import Any

from shapes_grid.canvas import Painter
from shapes_grid.compose import ComposingPainter
from shapes_grid.spec import WorldSpec
from shapes_grid.tiles import TilePainter


def make_painter(spec: WorldSpec, count: int, **how: Any) -> Painter:
    """Return a painter of `count` worlds, the fastest that their looks allow; see `Painter`."""
    composes = spec.is_varied or spec.texture > 0
    return (ComposingPainter if composes else TilePainter)(spec, count, **how)
