"""Provide what all painters share: the frames, the floor and the agent's picture."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shapes_grid.appearances import WHITE, AppearanceCodes
from shapes_grid.board import Board
from shapes_grid.drawing.coverage import coverage
from shapes_grid.rules import Episode
from shapes_grid.shapes import AGENT_SHAPE, FACING_SHAPES, SHAPES
from shapes_grid.spec import WorldSpec
from shapes_grid.spec_fields import Border

BACKGROUND = np.array([18, 20, 28], np.uint8)
_LINES = np.array([38, 42, 54], np.uint8)
_BLOTCH = 3  # distance between the support points of a textured floor, in observation pixels

Frame = NDArray[np.uint8]
Indices = NDArray[np.intp]
Alphas = NDArray[np.float32]
Slots = NDArray[Any]
"""Pictures of cells, `[..., size]`: one element holds a row of pixels, so that copies are fast."""


class Scene(NamedTuple):
    """The visible state of each world; see `shapes_grid.appearances` for appearance codes."""

    cells: Board  # int8 [B, rows, cols]: 0 for empty, `i + 1` for kind i
    appearances: AppearanceCodes | None  # int32 [B, rows, cols], or `None` without variation
    agents: Indices  # intp [B]: the agents' places, counted row by row, -1 for none
    headings: Indices  # intp [B]: quarter turns to the right from facing up


class Painter(ABC):
    """Draws the worlds of one spec and keeps their frames up to date.

    `cell` is the side of a cell in pixels, with which everything scales; `None` means the spec's.
    `lines` are thin lines between cells, for people; observations have none. `reach` is the number
    of cells that objects may reach beyond their own.
    """

    frames: Frame  # the live frames, `uint8 [B, H, W, 3]`

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
        # A ring of cells around the grid takes the parts of objects that reach beyond it.
        self._ring = reach * max(1, -(-max(border) // size))
        self._top, self._left = border.top, border.left
        height = border.top + spec.rows * size + border.bottom
        self._shape = height, border.left + spec.cols * size + border.right
        self._floor = self._draw_floor(lines)
        self._canvas = np.repeat(self._floor[None], count, 0)
        shapes = [AGENT_SHAPE] if spec.controls == "compass" else FACING_SHAPES
        agents = np.stack([coverage(shape, size) for shape in shapes])
        self._agents: Alphas = agents.astype(np.float32)
        self._agent_colour = np.array(agent_colour(spec), np.float32)

    def __getstate__(self) -> dict[str, Any]:
        # A copied view would be as large as the canvas and no longer share its memory.
        return {name: value for name, value in vars(self).items() if name not in self._views()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._make_views()

    @abstractmethod
    def paint(self, scene: Scene, worlds: Indices, places: Indices) -> None:
        """Draw the cells that changed: their worlds `[N]`, and their places `[N]` row by row.

        The scene is the visible state of all worlds.
        """

    def paint_episode(self, episode: Episode, places: Iterable[int]) -> None:
        """Draw the cells of a single world that changed."""
        appearances = None if episode.appearances is None else episode.appearances[None]
        agent = np.array([episode.place]), np.array([episode.heading])
        changed = np.fromiter(places, np.intp)
        self.paint(Scene(episode.board[None], appearances, *agent), np.zeros_like(changed), changed)

    def _views(self) -> set[str]:
        """Return the names of the attributes that `_make_views` sets."""
        return {"frames", "_slots"}

    def _make_views(self) -> None:
        ring, size = self._ring, self._size
        top, left = (ring * size - self._top, ring * size - self._left) if ring else (0, 0)
        height, width = self._shape
        self.frames = self._canvas[:, top : top + height, left : left + width]
        self._slots = self._slots_of(self._canvas)

    def _slots_of(self, canvas: Frame) -> Slots:
        """View canvases `[B, H, W, 3]` by cell: `[B, rows, cols, size]`, including the ring."""
        size, ring = self._size, self._ring
        across, y, x, z = canvas.strides
        start = 0 if ring else self._top * y + self._left * x
        shape = len(canvas), self._spec.rows + 2 * ring, self._spec.cols + 2 * ring, size
        strides = across, size * y, size * x, y
        return np.ndarray(shape, f"V{size * z * 3}", canvas.data, start, strides)

    def _to_rows(self, pictures: NDArray[np.floating[Any]]) -> Slots:
        """Round pictures `[N, size, size, 3]` and return their rows as elements: `[N, size]`."""
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
    """Return the agent's colour: its own, or white in worlds drawn in white."""
    return WHITE if spec.colours == "white" else SHAPES[AGENT_SHAPE].colour


def _texture(spec: WorldSpec, height: int, width: int) -> NDArray[np.float64]:
    """Return random brightness and hue, `[height, width, 3]`; the pattern scales with the frame."""
    rows, cols = (side // _BLOTCH + 3 for side in spec.frame_shape[:2])
    points = np.random.default_rng(spec.pattern).random((rows, cols, 3)) * spec.texture * 255
    y = np.linspace(0, spec.frame_shape[0] / _BLOTCH, height)
    x = np.linspace(0, spec.frame_shape[1] / _BLOTCH, width)
    top, left = y.astype(int), x.astype(int)
    down, right = (y - top)[:, None, None], (x - left)[None, :, None]
    upper = points[top][:, left] * (1 - right) + points[top][:, left + 1] * right
    lower = points[top + 1][:, left] * (1 - right) + points[top + 1][:, left + 1] * right
    return np.asarray(upper * (1 - down) + lower * down)
