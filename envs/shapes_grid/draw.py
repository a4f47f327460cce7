"""State to frames, without randomness: sprites are drawn once and copied where a cell changed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shapes_grid.shapes import AGENT_SHAPE, SHAPES, coverage
from shapes_grid.spec import Border, WorldSpec
from shapes_grid.world import World

BACKGROUND = np.array([18, 20, 28], np.uint8)
_LINES = np.array([38, 42, 54], np.uint8)

Frame = NDArray[np.uint8]


class Painter:
    """Draws the worlds of one spec and keeps their frames up to date.

    Args:
        spec: The worlds' spec.
        count: How many worlds.
        cell: Side of a cell in pixels, to which the borders scale; `None` takes the spec's.
        lines: Whether to show the cells by thin lines (for people; observations have none).
    """

    def __init__(
        self, spec: WorldSpec, count: int, *, cell: int | None = None, lines: bool = False
    ) -> None:
        size = spec.cell if cell is None else cell
        border = Border(*(round(side * size / spec.cell) for side in spec.border))
        height = border.top + spec.rows * size + border.bottom
        width = border.left + spec.cols * size + border.right
        self.frames: Frame = np.empty((count, height, width, 3), np.uint8)
        self.frames[:] = BACKGROUND
        self._inner = (
            slice(None),
            slice(border.top, height - border.bottom),
            slice(border.left, width - border.right),
        )
        self._sprites = _sprites(spec, size, lines)
        self._agent_sprite = len(self._sprites) - 1
        self._shown = np.full((count, spec.rows, spec.cols), -1, np.int16)
        self._every = np.arange(count)

    def update(self, world: World) -> Frame:
        """Redraw the cells that changed; return the live frames `[B, H, W, 3]`."""
        wanted = world.cells.astype(np.int16)
        if world.spec.agent:
            wanted[self._every, world.agents[:, 0], world.agents[:, 1]] = self._agent_sprite
        changed = np.nonzero(wanted != self._shown)
        self._tiles()[changed] = self._sprites[wanted[changed]]
        self._shown = wanted
        return self.frames

    def _tiles(self) -> Frame:
        """View the frames as [B, rows, cols, cell, cell, 3], where one index is one cell.

        Viewed anew each time: a stored view would come apart from `frames` when copied or pickled.
        """
        count, rows, cols = self._shown.shape
        size = self._sprites.shape[1]
        inner = self.frames[self._inner]
        return inner.reshape(count, rows, size, cols, size, 3).swapaxes(2, 3)


def _sprites(spec: WorldSpec, size: int, lines: bool) -> Frame:
    """Return the pictures of a cell, [2 + kinds, size, size, 3]: empty, each kind, the agent."""
    empty = np.broadcast_to(BACKGROUND, (size, size, 3)).copy()
    if lines:
        empty[0, :] = _LINES
        empty[:, 0] = _LINES
    pictures = [empty]
    for shape in (*spec.kinds, AGENT_SHAPE):
        white = spec.colours == "white"
        colour = np.array([235, 235, 235] if white else SHAPES[shape].colour, np.float64)
        alpha = coverage(shape, size)[:, :, None]
        pictures.append(np.rint(empty * (1 - alpha) + colour * alpha).astype(np.uint8))
    return np.stack(pictures)
