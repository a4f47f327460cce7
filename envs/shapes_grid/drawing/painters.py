"""Choose the painter of a world's frames."""

from __future__ import annotations

from typing import Any

from shapes_grid.drawing.canvas import Painter
from shapes_grid.drawing.compositing import CompositingPainter
from shapes_grid.drawing.tiles import TilePainter
from shapes_grid.spec import WorldSpec


def make_painter(spec: WorldSpec, count: int, **options: Any) -> Painter:
    """Return the fastest painter that can draw `count` worlds of a spec; see `Painter`."""
    composites = spec.is_varied or spec.texture > 0
    return (CompositingPainter if composites else TilePainter)(spec, count, **options)
