"""One picture of many worlds, as an agent sees them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from shapes_grid.env import ShapesGridEnv
from shapes_grid.ids import IDS

_COLUMNS = 8
_INCHES = 1.5


def save_gallery(path: Path, names: Sequence[str], seed: int) -> None:
    """Write a picture with a first observation of each world.

    Args:
        path: Where to; its ending says the format, such as `.png` or `.svg`.
        names: Ids among `IDS`.
        seed: Decides what is drawn.
    """
    # Only who draws a gallery waits for matplotlib.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = -(-len(names) // _COLUMNS)
    figure = Figure((_COLUMNS * _INCHES, rows * (_INCHES + 0.25)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, _COLUMNS, squeeze=False).ravel()
    for axis in axes:
        axis.set_axis_off()
    for axis, name in zip(axes, names, strict=False):
        frame, _ = ShapesGridEnv(**IDS[name]).reset(seed=seed)
        axis.imshow(frame, interpolation="nearest")
        axis.set_title(name.removeprefix("ShapesGrid-"), fontsize=8)
    figure.savefig(path, dpi=150)
