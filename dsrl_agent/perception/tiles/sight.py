"""See frames that are drawn in equal tiles: each cell shows a known tile, or a new type."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.perception.grid import DividedGrid, Grid
from dsrl_agent.perception.redrawing import Redrawing
from dsrl_agent.perception.sight import Arrays, Fitting, Insight, Sight, SightFit
from dsrl_agent.perception.tiles.agency.grounds import Appearance
from dsrl_agent.perception.tiles.distinct.tile_book import TileBook
from dsrl_agent.perception.tiles.evidence import TileEvidence
from dsrl_agent.perception.tiles.lighting import Lighting
from dsrl_agent.perception.tiles.reading import TileReader
from dsrl_agent.types import CELL_SIDE, EMPTY, UNKNOWN, Floats32, Frame, Ints


class TileSight:
    """Sight of worlds drawn in tiles; the agent's looks are told from other types.

    What the agent stands on is not seen: a look has one type on every ground.
    """

    kind: ClassVar[str] = "tiles"  # the name that it is registered under

    def __init__(self, grid: Grid, reader: TileReader, trusted: bool, fitted: int) -> None:
        self.grid = grid
        self.reader = reader
        self.trusted = trusted  # whether the agent is told apart clearly
        self.fitted = fitted  # number of tiles when it was learned
        self._insight: Insight | None = None

    @property
    def known(self) -> Ints:
        """The types of objects, ascending."""
        types = self.reader.types
        return np.unique(types[types != EMPTY])

    @property
    def insight(self) -> Insight:
        """The agent's types, and shapes that come in several colours."""
        if self._insight is None:
            own = self.reader.agent_types if self.trusted else frozenset[int]()
            self._insight = Insight(own, self.reader.analogues(), names_at_once=True)
        return self._insight

    def at_rest(self, frames: Frame) -> Frame:
        """Return the frames as they are."""
        return frames

    def types(self, frames: Frame, grid: Grid | None = None) -> Ints:
        """Return the type of each cell's tile, -1 for new ones, `[B, rows, cols]`."""
        grid = grid or self.grid.fitted(*frames.shape[1:3])
        if grid.tile != self.grid.tile:
            return np.full((len(frames), *grid.shape), UNKNOWN)
        numbers = self.reader.book.find_in(frames, grid)
        pairs = zip(numbers, frames, strict=True)
        types = np.stack([self._of_frame(*pair, grid) for pair in pairs])
        return types.reshape(len(frames), *grid.shape)

    def notice(self, frames: Frame, types: Ints, next_number: int) -> int:
        """Make each unknown tile a type, up to a limit."""
        grid = self.grid.fitted(*frames.shape[1:3])
        number, limit = next_number, self.fitted + self.reader.book.thresholds.newcomers
        for frame, of_cells in zip(frames, types.reshape(len(frames), -1), strict=True):
            for tile in grid.cut(frame)[of_cells == UNKNOWN]:
                if len(self.reader.types) >= limit:
                    return number - next_number
                # A tile just added may explain this one.
                if self.reader.read(tile[None])[0] == UNKNOWN:
                    self._add(tile, number)
                    number += 1
        return number - next_number

    def renumber(self, names: Mapping[int, int]) -> None:
        """Give types new numbers; types that `names` lacks keep theirs."""
        self.reader.renumber(names)
        self._insight = None

    def exemplars(self, frames: Frame, but: Collection[int]) -> dict[int, Floats32]:
        """Return the tiles of each type that frames show, `[N, height, width, 3]`."""
        shown = np.setdiff1d(np.unique(self.types(frames)), [EMPTY, UNKNOWN, *but])
        return {int(each): self.reader.tiles_of(each).astype(np.float32) for each in shown}

    def recall(self, number: int, exemplars: Floats32) -> None:
        """Bring back a type that the fit lost, if all its tiles are new."""
        if exemplars.shape[1:] != self.reader.book.tiles.shape[1:]:
            return
        tiles = np.rint(exemplars).astype(np.uint8)
        if len(tiles) and (self.reader.read(tiles) == UNKNOWN).all():
            for tile in tiles:
                self._add(tile, number)

    def pictures(self) -> dict[int, NDArray[np.uint8]]:
        """Return a picture `uint8 [12, 12, 3]` of each type, as contrast with emptiness."""
        height, width = self.grid.tile
        tile = Grid((height, width), (0, 0), (1, 1), (height, width))
        known = [int(number) for number in self.known]
        shown = np.stack([self.reader.tiles_of(number)[0] for number in [EMPTY, *known]])
        small = tile.resample(shown.astype(np.float32), CELL_SIDE)  # [1 + T, 3, 12, 12]
        contrast = np.rint(np.abs(small[1:] - small[0]) * 255).astype(np.uint8)
        return dict(zip(known, contrast.transpose(0, 2, 3, 1), strict=True))

    def redrawn(self, frames: Frame) -> Redrawing:
        """Return frames `uint8 [B, H, W, 3]`, and with the likest tile of each cell's type.

        Tiles of no type are black. Pixels beyond the grid are taken as they are.
        """
        grid, drawn, bare = self.grid.fitted(*frames.shape[1:3]), frames.copy(), frames.copy()
        tiles = {int(each): self.reader.tiles_of(each) for each in [EMPTY, *self.known]}
        for seen, own, empty, types in zip(frames, drawn, bare, self.types(frames), strict=True):
            cells = zip(np.ndindex(*types.shape), grid.cut(seen), types.flat, strict=True)
            for place, cell, number in cells:
                shown = tiles.get(int(number), np.zeros((1, *cell.shape)))
                likest = np.square(shown - cell).sum(axis=(1, 2, 3)).argmin()
                grid.paint(own, place, np.rint(shown[likest]))
                grid.paint(empty, place, np.rint(tiles[EMPTY][0]))
        return Redrawing(frames, drawn, bare, grid)

    def arrays(self) -> Arrays:
        """Return everything learned for a checkpoint, by file."""
        book, own = self.reader.book, self.reader.appearances
        grounds, pairs = [each.ground for each in own], [(each.tile, each.look) for each in own]
        learned = {
            "tiles": book.tiles,
            "counts": book.counts,
            "types": self.reader.types,
            "lightings": np.array(self.reader.lightings, np.float64).reshape(-1, 2),
            "own": np.array(pairs, np.int64).reshape(-1, 2),
            "grounds": np.array(grounds, np.float64).reshape(-1, *book.tiles.shape[1:]),
        }
        return {"tiles": learned}

    def state(self) -> dict[str, Any]:
        """Return the JSON part of a checkpoint."""
        divided = isinstance(self.grid, DividedGrid)
        seen: dict[str, Any] = {"divided": True} if divided else {}
        seen |= {"noise": self.reader.book.noise, "trusted": self.trusted, "fitted": self.fitted}
        return {"grid": asdict(self.grid), "swing": (0, 0), **seen}

    def _of_frame(self, numbers: Ints, frame: Frame, grid: Grid) -> Ints:
        """Return the types `[places]` of a frame whose tiles have these numbers, -1 for none."""
        if (numbers != UNKNOWN).all():
            return self.reader.types[numbers]
        return self.reader.type_of(numbers, grid.cut(frame))

    def _add(self, tile: Frame, number: int) -> None:
        self.reader.add(tile, number)
        self._insight = None


def learn_tiles(evidence: TileEvidence, previous: Sight | None, fitting: Fitting) -> SightFit:
    """Make a sight of what tiles told."""
    lesson = evidence.lesson
    trusted = lesson.agent.margin >= fitting.config.tiles.bits
    sight = TileSight(evidence.grid, lesson.reader, trusted, len(lesson.reader.types))
    fitting.report("symbols", 0, 1, 0.0)
    return SightFit(sight, lesson.nats)


def load_tiles(arrays: Arrays, state: Mapping[str, Any], fitting: Fitting) -> TileSight:
    """Restore from the arrays and the JSON data of a checkpoint."""
    part = {name: np.array(values) for name, values in arrays["tiles"].items()}
    noise, thresholds = float(state["noise"]), fitting.config.tiles
    book = TileBook(part["tiles"], part["counts"], noise, thresholds)
    lightings = [Lighting(*map(float, each)) for each in part["lightings"]]
    own = zip(part["own"].tolist(), part["grounds"], strict=True)
    appearances = [Appearance(tile, ground, look) for (tile, look), ground in own]
    reader = TileReader(book, part["types"], lightings, appearances)
    make = DividedGrid if state.get("divided") else Grid
    grid = make(**{name: (int(pair[0]), int(pair[1])) for name, pair in state["grid"].items()})
    return TileSight(grid, reader, bool(state["trusted"]), int(state["fitted"]))
