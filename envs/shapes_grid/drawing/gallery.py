"""Draw one picture of many worlds, each as an agent sees it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from shapes_grid.drawing.canvas import Frame

_COLUMNS = 8
_INCHES = 1.5  # side of one world's picture


def save_gallery(path: Path, frames: Mapping[str, Frame]) -> None:
    """Write a picture with one frame `uint8 [H, W, 3]` of each world, by title.

    The path's ending says the format, such as `.png` or `.svg`.
    """
    # Imported here, so that nothing else waits for matplotlib.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = -(-len(frames) // _COLUMNS)
    figure = Figure((_COLUMNS * _INCHES, rows * (_INCHES + 0.25)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, _COLUMNS, squeeze=False).ravel()
    for axis in axes:
        axis.set_axis_off()
    for axis, (title, frame) in zip(axes, frames.items(), strict=False):
        axis.imshow(frame, interpolation="nearest")
        axis.set_title(title, fontsize=8)
    figure.savefig(path, dpi=150)
