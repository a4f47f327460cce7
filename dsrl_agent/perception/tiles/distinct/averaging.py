"""Collect distinct tiles in spite of noise: average each while it stays, then join equal ones."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.tiles.distinct.footage import Footage
from dsrl_agent.perception.tiles.distinct.tile_book import TileBook, sorted_book
from dsrl_agent.types import Floats, Ints


class Runs(NamedTuple):
    """Times in which a cell kept its tile."""

    of_cell: Ints  # [M, places]: the run of each cell of each frame
    means: Floats  # [R, values]: the mean of each run's frames
    lengths: Ints  # [R]: its number of frames


def averaged_book(
    footage: Footage, grid: Grid, noise: float, thresholds: TilesThresholds
) -> tuple[TileBook, Ints]:
    """Collect the tiles of noisy footage, the commonest first.

    Returns the book, and the tile in each cell of each frame, `[M, rows * cols]`.
    """
    blank = np.zeros((1, *grid.tile, 3))
    scale = TileBook(blank, np.ones(1, np.int64), noise, thresholds)
    runs = _runs(scale, footage, grid)
    groups, means, sizes = _grouped(scale, runs)
    tiles = means.reshape(-1, *grid.tile, 3)
    return sorted_book(TileBook(tiles, sizes, noise, thresholds), groups[runs.of_cell])


class _Recorder:
    """Averages the tile of each cell until another comes."""

    def __init__(self, scale: TileBook, places: int) -> None:
        self._scale = scale
        self._sums = np.zeros((places, scale.tiles[0].size))
        self._counts = np.zeros(places, np.int64)
        self._now = np.zeros(places, np.int64)
        self._done: dict[int, tuple[Floats, int]] = {}
        self._runs = 0

    def see(self, tiles: Floats, follows: bool) -> Ints:
        """Take a frame's tiles `[places, values]`; return the run of each place."""
        new = np.ones(len(tiles), np.bool_)
        if follows:
            means = self._sums / self._counts[:, None]
            away = np.square(tiles - means).mean(axis=1)
            new = away > self._scale.error_limits(1.0 + 1.0 / self._counts)
        self._finish(new & (self._counts > 0))
        begun = int(np.count_nonzero(new))
        self._now[new] = self._runs + np.arange(begun)
        self._runs += begun
        self._sums[new], self._counts[new] = 0.0, 0
        self._sums += tiles
        self._counts += 1
        return self._now.copy()

    def means(self) -> tuple[Floats, Ints]:
        """Return the means `[R, values]` and the lengths `[R]` of all runs."""
        self._finish(np.ones(len(self._now), np.bool_))
        runs = [self._done[run] for run in range(self._runs)]
        lengths = np.array([count for _, count in runs], np.int64)
        return np.stack([total for total, _ in runs]) / lengths[:, None], lengths

    def _finish(self, ended: NDArray[np.bool_]) -> None:
        for place in np.flatnonzero(ended).tolist():
            total = self._sums[place].copy(), int(self._counts[place])
            self._done[int(self._now[place])] = total


def _runs(scale: TileBook, footage: Footage, grid: Grid) -> Runs:
    recorder = _Recorder(scale, grid.shape[0] * grid.shape[1])
    of_cell = []
    for frame, follows in zip(footage.frames, footage.follows.tolist(), strict=True):
        tiles = grid.cut(frame)
        of_cell.append(recorder.see(tiles.reshape(len(tiles), -1).astype(np.float64), follows))
    return Runs(np.stack(of_cell), *recorder.means())


def _grouped(scale: TileBook, runs: Runs) -> tuple[Ints, Floats, Ints]:
    """Join runs to groups, the longest first.

    Returns the group of each run, and the means `[G, values]` and sizes `[G]` of the groups.
    """
    groups, mine = np.zeros(len(runs.means), np.int64), _Groups(scale, runs.means.shape[1])
    for run in np.argsort(-runs.lengths, kind="stable").tolist():
        groups[run] = mine.take(runs.means[run], int(runs.lengths[run]))
    return groups, mine.means.copy(), mine.sizes.copy()


class _Groups:
    """Groups of runs, each told by the mean of its frames."""

    def __init__(self, scale: TileBook, values: int) -> None:
        self._scale = scale
        self._count = 0
        # There is room for more, which is taken by and by.
        self._means, self._squares = np.zeros((1, values)), np.zeros(1)
        self._sizes = np.zeros(1, np.int64)

    @property
    def means(self) -> Floats:
        """The mean of each group, `[G, values]`."""
        return self._means[: self._count]

    @property
    def sizes(self) -> Ints:
        """Its number of frames, `[G]`."""
        return self._sizes[: self._count]

    def take(self, mean: Floats, length: int) -> int:
        """Add a run to the group that it is likely of, or to a new one; return its number."""
        group = self._likeliest(mean, length)
        if group == self._count:
            self._begin(mean)
        self._sizes[group] += length
        own = self._means[group]
        own += (mean - own) * length / self._sizes[group]
        self._squares[group] = np.square(own).sum()
        return group

    def _begin(self, mean: Floats) -> None:
        if self._count == len(self._sizes):
            self._means = np.concatenate([self._means, np.zeros_like(self._means)])
            self._squares, self._sizes = (
                np.concatenate([each, np.zeros_like(each)]) for each in (self._squares, self._sizes)
            )
        self._means[self._count] = mean
        self._count += 1

    def _likeliest(self, mean: Floats, length: int) -> int:
        """Return the group of least squared error for a run, or a new one if that is not likely."""
        if not self._count:
            return 0
        squares = np.square(mean).sum() + self._squares[: self._count]
        away = np.maximum(squares - 2.0 * mean[None] @ self.means.T, 0.0)[0] / len(mean)
        best = int(away.argmin())
        limit = self._scale.error_limits(np.array(1.0 / length + 1.0 / self._sizes[best]))
        return best if away[best] <= limit else self._count
