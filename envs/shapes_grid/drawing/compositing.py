"""Composite changed cells, in worlds with varied objects or a textured floor."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shapes_grid.appearances import AppearanceCodes, Appearances
from shapes_grid.drawing.canvas import Alphas, Indices, Painter, Scene
from shapes_grid.drawing.coverage import part_coverage
from shapes_grid.spec import WorldSpec


class CompositingPainter(Painter):
    """A painter that composites the floor, the objects reaching into a cell, and the agent."""

    def __init__(self, spec: WorldSpec, count: int, **options: Any) -> None:
        self._parts = max([spec.parts_of(kind) for kind in spec.kinds], default=1)
        self._reach = 1 if spec.jitter or spec.sizes[1] > 1 else 0
        super().__init__(spec, count, reach=self._reach, **options)
        self._appearances = Appearances(spec)
        self._bank = self._draw_bank()
        self._objects = self._canvas.copy()  # the frames without the agent
        around = 2 * self._ring + 2  # empty cells, so that edges are no special case
        shape = count, spec.rows + around, spec.cols + around
        self._shown: AppearanceCodes = np.zeros(shape, np.int32)
        self._make_views()

    def paint(self, scene: Scene, worlds: Indices, places: Indices) -> None:
        """Draw the cells that changed; see `Painter.paint`."""
        spec, size, ring = self._spec, self._size, self._ring
        now = self._appearances_at(scene, worlds, places)
        rows, cols = np.divmod(places, spec.cols)
        rows, cols = rows + ring, cols + ring
        differs = self._shown[worlds, rows + 1, cols + 1] != now
        if differs.any():  # most steps move the agent and nothing else
            self._shown[worlds, rows + 1, cols + 1] = now
            around = self._draw_objects(worlds[differs], rows[differs], cols[differs])
            both = zip((worlds, rows, cols), around, strict=True)
            worlds, rows, cols = map(np.concatenate, both)
        self._slots[worlds, rows, cols] = self._object_slots[worlds, rows, cols]
        row, col = np.divmod(scene.agents[worlds], spec.cols)
        here = (rows == row + ring) & (cols == col + ring) & (row >= 0)
        if here.any():
            slot = worlds[here], rows[here], cols[here]
            under = self._object_slots[slot].view(np.uint8).reshape(-1, size, size, 3)
            facing = scene.headings[slot[0]] if len(self._agents) > 1 else 0 * slot[0]
            alpha = self._agents[facing][:, :, :, None]
            self._slots[slot] = self._to_rows(under + alpha * (self._agent_colour - under))

    def _appearances_at(self, scene: Scene, worlds: Indices, places: Indices) -> AppearanceCodes:
        cells = scene.cells.reshape(len(scene.cells), -1)[worlds, places]
        if scene.appearances is None:
            return self._appearances.of_kinds(cells.astype(np.int32))
        codes = scene.appearances.reshape(len(scene.appearances), -1)[worlds, places]
        return np.where(cells > 0, codes, 0)

    def _views(self) -> set[str]:
        return super()._views() | {"_floor_slots", "_object_slots"}

    def _make_views(self) -> None:
        super()._make_views()
        self._floor_slots = self._slots_of(self._floor[None])[0]
        self._object_slots = self._slots_of(self._objects)

    def _draw_objects(
        self, worlds: Indices, rows: Indices, cols: Indices
    ) -> tuple[Indices, Indices, Indices]:
        """Composite floor and objects around changed objects; return the cells drawn."""
        size, reach = self._size, self._reach
        _, height, width, _ = self._slots.shape
        around = [(r, c) for r in range(-reach, reach + 1) for c in range(-reach, reach + 1)]
        if reach:  # an object may reach into the cells around it, before or after its change
            near = [(worlds * height + rows + r) * width + cols + c for r, c in around]
            worlds, rest = np.divmod(np.unique(np.concatenate(near)), height * width)
            rows, cols = np.divmod(rest, width)
        tiles = self._floor_slots[rows, cols].view(np.uint8).reshape(-1, size, size, 3)
        tiles = tiles.astype(np.float32)
        for d_row, d_col in around:
            codes = self._shown[worlds, rows + d_row + 1, cols + d_col + 1]
            occupied = np.flatnonzero(codes)
            if len(occupied):
                drawn = under = tiles[occupied]
                for alpha, colour in self._visible_parts(codes[occupied], d_row, d_col):
                    drawn = drawn + alpha * (colour - under)  # parts do not lie over each other
                tiles[occupied] = drawn
        self._object_slots[worlds, rows, cols] = self._to_rows(tiles)
        return worlds, rows, cols

    def _draw_bank(self) -> Alphas:
        """Return the coverage of each outline in each size, `[kinds * sizes, parts, side, side]`.

        Kinds of fewer parts have no coverage in the others.
        """
        spec, size, sizes = self._spec, self._size, self._appearances.sizes
        largest = float(sizes.max())
        inner = int(np.ceil((largest - 1) / 2 * size)) + 1 if largest > 1 else 0
        # Windows of a cell's size are shifted by up to one cell plus the jitter.
        outer = self._reach * (size + round(spec.jitter * self._scale))
        inner = min(inner, outer)
        each = product(spec.kinds, sizes.tolist())
        side = size + 2 * outer
        bank = np.zeros((len(spec.kinds) * len(sizes), self._parts, side, side), np.float32)
        for picture, (kind, scale) in zip(bank, each, strict=True):
            parts = spec.parts_of(kind)
            covered = part_coverage(kind, size, parts, scale=scale, margin=inner)
            picture[:parts] = np.pad(covered, [(0, 0), *[(outer - inner,) * 2] * 2])
        return bank

    def _visible_parts(
        self, codes: AppearanceCodes, d_row: int, d_col: int
    ) -> Iterator[tuple[Alphas, NDArray[np.float32]]]:
        """Yield coverage and colours, within a cell, of objects `d_row`, `d_col` cells away.

        There is one pair for each part that objects may have.
        """
        parts = self._appearances.parts(codes)
        size = self._size
        margin = (self._bank.shape[-1] - size) // 2
        down = np.rint(parts.down * self._scale).astype(np.intp)
        right = np.rint(parts.right * self._scale).astype(np.intp)
        windows = np.lib.stride_tricks.sliding_window_view(self._bank, (size, size), (2, 3))
        picture = parts.outline * len(self._appearances.sizes) + parts.size
        top, left = margin - d_row * size - down, margin - d_col * size - right
        colours = self._appearances.colours_of(parts).astype(np.float32)
        for part in range(self._parts):
            alpha = windows[picture, part, top, left]
            yield alpha[:, :, :, None], colours[:, None, None, part]
