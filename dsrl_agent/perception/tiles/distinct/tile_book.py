"""Collect the distinct tiles of frames, each counted once, and find the tile in each cell."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.tiles.distinct.footage import Footage
from dsrl_agent.perception.tiles.distinct.nearest import NearestMeans
from dsrl_agent.types import UNKNOWN, Floats, Frame, Ints


@dataclass
class TileBook:
    """The distinct tiles, as means of their sightings."""

    tiles: Floats  # [T, height, width, 3]: the tiles, in grey levels
    counts: Ints  # [T]: the sightings that each is the mean of; equal ones count once
    noise: float  # standard deviation of a pixel of a sighting, in grey levels
    thresholds: TilesThresholds
    _numbers: dict[bytes, int] = field(default_factory=dict, init=False, repr=False)
    # of all tiles: their means, and the errors that are likely
    _quick: tuple[NearestMeans, Floats] | None = field(default=None, init=False, repr=False)
    # of the last frame looked at: its grid, tiles and their numbers
    _last: tuple[Grid, Frame, Ints] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        exact = np.rint(self.tiles).astype(np.uint8)
        self._numbers = {tile.tobytes(): number for number, tile in enumerate(exact)}

    @property
    def tolerance(self) -> float:
        """Grey levels by which a pixel of a tile may differ from what explains the tile."""
        return self.thresholds.rounding + self.noise

    def add(self, tile: Frame) -> None:
        """Add a tile `uint8 [height, width, 3]`, the next in order."""
        self._numbers[tile.tobytes()] = len(self.tiles)
        self.tiles = np.concatenate([self.tiles, tile[None].astype(np.float64)])
        self.counts = np.append(self.counts, 1)
        self._quick = self._last = None

    def find(self, tiles: Frame) -> Ints:
        """Return the numbers `[N]` of tiles `uint8 [N, height, width, 3]`, -1 for unknown ones."""
        if self.noise and len(tiles) and len(self.tiles):
            found = self._found_by_likelihood(tiles)
            if found is not None:
                return found
        found = self._found_exactly(tiles)
        others = np.flatnonzero(found == UNKNOWN)
        if self.noise and len(others):
            found[others] = self._likeliest(tiles[others])
        return found

    def _found_exactly(self, tiles: Frame) -> Ints:
        return np.array([self._numbers.get(tile.tobytes(), UNKNOWN) for tile in tiles], np.int64)

    def _found_by_likelihood(self, tiles: Frame) -> Ints | None:
        """Return what `find` does, `None` if single precision does not decide it.

        A tile that is known exactly is that one, though others may be as near: it is looked up if
        the nearest is so near that it may be.
        """
        if self._quick is None:
            self._quick = NearestMeans(self.flat), self.error_limits(1.0 + 1.0 / self.counts)
        means, limits = self._quick
        best, least, doubt = means.of(tiles.reshape(len(tiles), -1))
        limits = limits[best]
        if not (np.abs(least - limits) > doubt).all():
            return None
        found = np.where(least <= limits, best, UNKNOWN)
        exact = np.flatnonzero(least <= np.square(1 / 2) + doubt)
        for index in exact.tolist():
            found[index] = self._numbers.get(tiles[index].tobytes(), found[index])
        return found

    def find_in(self, frames: Frame, grid: Grid) -> Ints:
        """Return the number of the tile in each cell of frames, `[B, rows * cols]`.

        A cell that is as in the frame before, of this call or the last one, is not looked at again.
        """
        found = np.empty((len(frames), grid.shape[0] * grid.shape[1]), np.int64)
        for index, frame in enumerate(frames):
            tiles = grid.cut(frame)
            known = self._last if self._last is not None and self._last[0] == grid else None
            if known is None or (looked := _changed(tiles, known[1])).all():
                found[index] = self.find(tiles)
            else:
                found[index] = known[2]
                found[index, looked] = self.find(tiles[looked])
            if not np.may_share_memory(tiles, frame):  # a frame of one cell may be drawn into
                self._last = grid, tiles, found[index]
        return found

    def _likeliest(self, tiles: Frame) -> Ints:
        """Return the tile of least squared error for each tile, if it is likely."""
        away = squared_errors(tiles.reshape(len(tiles), -1).astype(np.float64), self.flat)
        best = away.argmin(axis=1)
        least = away[np.arange(len(away)), best]
        return np.where(least <= self.error_limits(1.0 + 1.0 / self.counts[best]), best, UNKNOWN)

    def error_limits(self, variances: Floats) -> Floats:
        """Return the largest likely mean squared difference of two means of sightings, `[...]`.

        The difference of a value has these `variances` `[...]`, in units of the noise's. Its
        squares add up to a chi-squared variable, which deviates by sqrt(2 / values) of its mean.
        """
        values = self.tiles[0].size if len(self.tiles) else 1
        slack = 1.0 + self.thresholds.likely * np.sqrt(2.0 / values)
        return np.asarray(np.square(self.noise) * variances * slack + np.square(1 / 2))

    @property
    def flat(self) -> Floats:
        """The tiles, `[T, height * width * 3]`."""
        return self.tiles.reshape(len(self.tiles), -1)


def squared_errors(tiles: Floats, means: Floats) -> Floats:
    """Return the mean squared difference `[N, T]` of tiles `[N, D]` and means `[T, D]`."""
    squares = np.square(tiles).sum(axis=1)[:, None] + np.square(means).sum(axis=1)
    return np.asarray(np.maximum(squares - 2.0 * tiles @ means.T, 0.0) / tiles.shape[1])


def exact_book(footage: Footage, grid: Grid, thresholds: TilesThresholds) -> tuple[TileBook, Ints]:
    """Collect the tiles of footage without noise, the commonest first.

    Returns the book, and the tile in each cell of each frame, `[M, rows * cols]`.
    """
    numbers: dict[bytes, int] = {}
    distinct: list[Frame] = []
    found = np.zeros((len(footage.frames), grid.shape[0] * grid.shape[1]), np.int64)
    last: Frame | None = None
    for index, frame in enumerate(footage.frames):
        tiles = grid.cut(frame)
        found[index] = found[max(0, index - 1)]
        looked = (
            range(len(tiles)) if last is None else np.flatnonzero(_changed(tiles, last)).tolist()
        )
        for place in looked:
            number = numbers.setdefault(tiles[place].tobytes(), len(numbers))
            if number == len(distinct):
                distinct.append(tiles[place])
            found[index, place] = number
        last = tiles
    once = np.ones(len(distinct), np.int64)
    book = TileBook(np.stack(distinct).astype(np.float64), once, 0.0, thresholds)
    return sorted_book(book, found)


def sorted_book(book: TileBook, found: Ints) -> tuple[TileBook, Ints]:
    """Return a book with the commonest tiles first, and the tiles `found` by their new numbers."""
    sightings = np.bincount(found.ravel(), minlength=len(book.tiles))
    order = np.argsort(-sightings, kind="stable")
    ranks = np.argsort(order, kind="stable")
    sorted_tiles = TileBook(book.tiles[order], book.counts[order], book.noise, book.thresholds)
    return sorted_tiles, ranks[found]


def _changed(tiles: Frame, last: Frame) -> NDArray[np.bool_]:
    return np.asarray((tiles != last).reshape(len(tiles), -1).any(axis=1))
