"""Draw cells by copying tiles, in worlds in which a cell's content determines its picture."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from shapes_grid.appearances import Appearances
from shapes_grid.drawing.canvas import Indices, Painter, Scene, Slots
from shapes_grid.drawing.coverage import part_coverage
from shapes_grid.rules import Episode
from shapes_grid.spec import WorldSpec


class TilePainter(Painter):
    """A painter that copies tiles: one for each kind, with and without an agent on it."""

    def __init__(self, spec: WorldSpec, count: int, **options: Any) -> None:
        super().__init__(spec, count, **options)
        self._tiles = self._draw_tiles()
        self._make_views()

    def paint(self, scene: Scene, worlds: Indices, places: Indices) -> None:
        """Draw the cells that changed; see `Painter.paint`."""
        flat = scene.cells.reshape(len(scene.cells), -1)
        pictures = flat[worlds, places] * np.intp(1 + len(self._agents))
        has_agent = scene.agents[worlds] == places
        one = len(self._agents) == 1
        pictures += has_agent if one else has_agent * (1 + scene.headings[worlds])
        rows, cols = np.divmod(places, self._spec.cols)
        self._slots[worlds, rows, cols] = self._tiles[pictures]

    def paint_episode(self, episode: Episode, places: Iterable[int]) -> None:
        """Draw the changed cells of a single world, with less overhead than `paint`."""
        cells, each, agent = episode.cells, self._each, episode.place
        alone, with_agent = self._pictures[0], self._pictures[1 + episode.heading]
        for place in places:
            pictures = with_agent if place == agent else alone
            each[place][...] = pictures[cells[place]]

    def _views(self) -> set[str]:
        return super()._views() | {"_each", "_pictures"}

    def _make_views(self) -> None:
        super()._make_views()
        # The same as lists: indexing a list is faster.
        self._each = [cell for row in self._slots[0] for cell in row]
        # Indexed by agent (none, or one for each heading), then by code.
        agents = 1 + len(self._agents)
        self._pictures = [list(self._tiles[agent::agents]) for agent in range(agents)]

    def _draw_tiles(self) -> Slots:
        """Return all tiles, `[codes * (1 + agents), size]`."""
        spec, size, appearances = self._spec, self._size, Appearances(self._spec)
        inner = self._floor[self._top :, self._left :]
        floor = inner[:size, :size].astype(np.float64)
        pictures = []
        for code in range(1 + len(spec.kinds)):
            under = floor
            if code:
                kind = spec.kinds[code - 1]
                covered = part_coverage(kind, size, spec.parts_of(kind))[:, :, :, None]
                under = floor * (1 - covered.sum(axis=0))
                for alpha, colour in zip(covered, appearances.usual_colours(kind), strict=True):
                    under = under + colour * alpha
            alphas = self._agents[:, :, :, None].astype(np.float64)
            pictures += [under, *(under * (1 - alphas) + self._agent_colour * alphas)]
        return self._to_rows(np.stack(pictures))
