"""What all ways of drawing share: the frames, the floor under everything, the agent's picture."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shapes_grid.board import Board
from shapes_grid.looks import WHITE
from shapes_grid.rules import Episode
from shapes_grid.shapes import AGENT_SHAPE, FACING_SHAPES, SHAPES, coverage
from shapes_grid.spec import Border, WorldSpec

BACKGROUND = np.array([18, 20, 28], np.uint8)
_LINES = np.array([38, 42, 54], np.uint8)
_BLOTCH = 3  # pixels of the observation between the points of a textured floor

Frame = NDArray[np.uint8]
Indices = NDArray[np.intp]
Alphas = NDArray[np.float32]
Slots = NDArray[Any]
"""Pictures as `[..., size]` elements of a cell's row of pixels each, to be copied fast."""


class Scene(NamedTuple):
    """What there is to see in each world.

    Attributes:
        cells: `int8 [B, rows, cols]`: 0 for empty, `i + 1` for kind i.
        looks: `int32 [B, rows, cols]`: how objects look, or `None` where their kind tells it.
        agents: `intp [B]`: the agents' places, counted row by row, -1 for none.
        headings: `intp [B]`: quarter turns to the right from facing up.
    """

    cells: Board
    looks: NDArray[np.int32] | None
    agents: Indices
    headings: Indices


class Painter(ABC):
    """Draws the worlds of one spec and keeps their frames up to date.

    Args:
        spec: The worlds' spec.
        count: How many worlds.
        cell: Side of a cell in pixels, to which all else scales; `None` takes the spec's.
        lines: Whether to show the cells by thin lines (for people; observations have none).
        reach: How many cells objects reach beyond their own.

    Attributes:
        frames: The live frames, `uint8 [B, H, W, 3]`.
    """

    frames: Frame

    def __init__(
        self,
        spec: WorldSpec,
        count: int,
        *,
        cell: int | None = None,
        lines: bool = False,
        reach: int = 0,
    ) -> None:
        self._spec = spec
        self._size = size = spec.cell if cell is None else cell
        self._scale = size / spec.cell
        border = Border(*(round(side * self._scale) for side in spec.border))
        # Objects that reach beyond the grid need cells to reach into.
        self._ring = reach * max(1, -(-max(border) // size))
        self._top, self._left = border.top, border.left
        self._shape = (
            border.top + spec.rows * size + border.bottom,
            border.left + spec.cols * size + border.right,
        )
        self._floor = self._draw_floor(lines)
        self._canvas = np.repeat(self._floor[None], count, 0)
        shapes = [AGENT_SHAPE] if spec.controls == "compass" else FACING_SHAPES
        agents = np.stack([coverage(shape, size) for shape in shapes])
        self._agents: Alphas = agents.astype(np.float32)
        self._agent_colour = np.array(agent_colour(spec), np.float32)

    def __getstate__(self) -> dict[str, Any]:
        # A copy of a view would be as large as the canvas, and come apart from it.
        return {name: value for name, value in vars(self).items() if name not in self._views()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._make_views()

    @abstractmethod
    def paint(self, scene: Scene, worlds: Indices, places: Indices) -> None:
        """Draw the cells that changed.

        Args:
            scene: What there is to see.
            worlds: `[N]`: the worlds in which a cell changed.
            places: `[N]`: the cells, counted row by row.
        """

    def paint_episode(self, episode: Episode, places: Iterable[int]) -> None:
        """Draw the cells of a single world that changed."""
        looks = None if episode.looks is None else episode.looks[None]
        agent = np.array([episode.place]), np.array([episode.heading])
        changed = np.fromiter(places, np.intp)
        self.paint(Scene(episode.board[None], looks, *agent), np.zeros_like(changed), changed)

    def _views(self) -> set[str]:
        """Return the names of what `_make_views` makes."""
        return {"frames", "_slots"}

    def _make_views(self) -> None:
        ring, size = self._ring, self._size
        top, left = (ring * size - self._top, ring * size - self._left) if ring else (0, 0)
        height, width = self._shape
        self.frames = self._canvas[:, top : top + height, left : left + width]
        self._slots = self._slots_of(self._canvas)

    def _slots_of(self, canvas: Frame) -> Slots:
        """View canvases `[B, H, W, 3]` by cell: `[B, rows, cols, size]`, the ring's included."""
        size, ring = self._size, self._ring
        across, y, x, z = canvas.strides
        start = 0 if ring else self._top * y + self._left * x
        shape = len(canvas), self._spec.rows + 2 * ring, self._spec.cols + 2 * ring, size
        strides = across, size * y, size * x, y
        return np.ndarray(shape, f"V{size * z * 3}", canvas.data, start, strides)

    def _to_rows(self, pictures: NDArray[np.floating[Any]]) -> Slots:
        """Round pictures `[N, size, size, 3]` and return them by row: `[N, size]`."""
        rows = np.rint(pictures).astype(np.uint8).reshape(-1, self._size, 3 * self._size)
        slots: Slots = rows.view(f"V{3 * self._size}")[..., 0]
        return slots

    def _draw_floor(self, lines: bool) -> Frame:
        spec, size, ring = self._spec, self._size, self._ring
        height, width = self._shape
        floor = np.full((height, width, 3), BACKGROUND, np.float64)
        if spec.texture:
            floor += _texture(spec, height, width)
        whole = np.rint(np.clip(floor, 0, 255)).astype(np.uint8)
        if lines:
            inner = whole[self._top :, self._left :][: spec.rows * size, : spec.cols * size]
            inner[::size] = _LINES
            inner[:, ::size] = _LINES
        if not ring:
            return whole
        shape = ((spec.rows + 2 * ring) * size, (spec.cols + 2 * ring) * size, 3)
        canvas = np.full(shape, BACKGROUND)
        top, left = ring * size - self._top, ring * size - self._left
        canvas[top : top + height, left : left + width] = whole
        return canvas


def agent_colour(spec: WorldSpec) -> tuple[int, int, int]:
    """Return the agent's colour: its own, or that of all where all are drawn alike."""
    return WHITE if spec.colours == "white" else SHAPES[AGENT_SHAPE].colour


def _texture(spec: WorldSpec, height: int, width: int) -> NDArray[np.float64]:
    """Return blotches of brightness and hue, `[height, width, 3]`, at any scale of one spec."""
    rows, cols = (side // _BLOTCH + 3 for side in spec.frame_shape[:2])
    points = np.random.default_rng(0).random((rows, cols, 3)) * spec.texture * 255
    y = np.linspace(0, spec.frame_shape[0] / _BLOTCH, height)
    x = np.linspace(0, spec.frame_shape[1] / _BLOTCH, width)
    top, left = y.astype(int), x.astype(int)
    down, right = (y - top)[:, None, None], (x - left)[None, :, None]
    upper = points[top][:, left] * (1 - right) + points[top][:, left + 1] * right
    lower = points[top + 1][:, left] * (1 - right) + points[top + 1][:, left + 1] * right
    return np.asarray(upper * (1 - down) + lower * down)
