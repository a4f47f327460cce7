"""Find lighting: maps of grey levels that several tiles share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dsrl_agent.perception.tiles.distinct.tile_book import TileBook
from dsrl_agent.types import Floats, Ints


class Lighting(NamedTuple):
    """A linear map of grey levels, the same for all pixels and channels, that lowers contrast."""

    gain: float  # at most 1
    offset: float  # grey levels

    def applied(self, tile: Floats) -> Floats:
        """Return a tile in this lighting."""
        return np.asarray(self.gain * tile + self.offset)

    def undone(self, tile: Floats) -> Floats:
        """Return a tile without this lighting."""
        return np.asarray((tile - self.offset) / self.gain)

    def leads(self, tiles: Floats, lit: Floats, book: TileBook) -> NDArray[np.bool_]:
        """Return whether this lighting turns tiles `[..., height, width, 3]` into others.

        All pixels are within the book's tolerance, or the tiles as a whole within its noise: where
        lines of pixels cut the cells, a few pixels at the edges of a shape may differ by more.
        """
        away = self.applied(tiles) - lit
        near = np.sqrt(np.square(away).mean(axis=(-3, -2, -1))) <= book.noise
        return np.asarray(near | (np.abs(away).max(axis=(-3, -2, -1)) <= book.tolerance))

    def relates(self, tiles: Floats, others: Floats, book: TileBook) -> NDArray[np.bool_]:
        """Return whether this lighting turns tiles into others, or the others into them."""
        return self.leads(tiles, others, book) | self.leads(others, tiles, book)


class LitPairs(NamedTuple):
    """Pairs of tiles that may be one in two lightings."""

    clear: Floats  # `[P, height, width, 3]`: the tile of more contrast
    dim: Floats  # that of less
    telling: NDArray[np.bool_]  # `[P]`: whether both have contrast that tells a map
    faint: NDArray[np.bool_]  # `[P]`: whether they have some, but less than that

    def among(self, which: NDArray[np.bool_]) -> LitPairs:
        """Return some of the pairs."""
        return LitPairs(self.clear[which], self.dim[which], self.telling[which], self.faint[which])


def find_lightings(book: TileBook, ids: Ints, follows: NDArray[np.bool_]) -> list[Lighting]:
    """Find the maps that relate tiles which followed one another at the same place.

    `ids` `[M, places]` has the tile of each cell of each frame; `follows` `[M]` tells whether a
    frame follows the one before. A map must relate several pairs of tiles. The map with the most
    pairs comes first.
    """
    thresholds = book.thresholds
    left = _by_contrast(book, _successors(ids, follows))
    found: list[Lighting] = []
    while len(found) < thresholds.lightings:
        lighting, explained = _best(book, left)
        if lighting is None or explained.sum() < thresholds.lit_pairs:
            break
        told = explained & left.telling
        found.append(_line(left.clear[told], left.dim[told]) if told.any() else lighting)
        left = left.among(~explained)
    return found


def _best(book: TileBook, pairs: LitPairs) -> tuple[Lighting | None, NDArray[np.bool_]]:
    """Return the lighting that explains most pairs, and which of them `[P]`."""
    best, explained = None, np.zeros(len(pairs.clear), np.bool_)
    for lighting, by in _candidates(book, pairs):
        led = lighting.relates(pairs.clear, pairs.dim, book)
        if (
            lighting.gain >= book.thresholds.dimmest
            and led[by].all()
            and led.sum() > explained.sum()
        ):
            best, explained = lighting, led
    return best, explained


def _candidates(book: TileBook, pairs: LitPairs) -> Iterator[tuple[Lighting, list[int]]]:
    """Yield the maps that pairs tell, and which pairs.

    Each pair of much contrast tells one. A pair of little contrast tells one together with another
    pair of other grey levels, if its own contrast agrees roughly: it could not tell it precisely.
    """
    clear, dim, agrees = pairs.clear, pairs.dim, book.thresholds.agrees
    for one in np.flatnonzero(pairs.telling).tolist():
        yield _line(clear[one], dim[one]), [one]
    for faint in np.flatnonzero(pairs.faint).tolist():
        own = _line(clear[faint], dim[faint]).gain
        # A tile of one grey may be either of the two.
        for before, after in ((clear, dim), (dim, clear)):
            apart = np.abs(before.mean(axis=(1, 2, 3)) - clear[faint].mean()) >= book.tolerance
            for other in np.flatnonzero(apart).tolist():
                ends = np.stack([clear[faint], before[other]]), np.stack([dim[faint], after[other]])
                both = _line(*ends)
                if agrees * both.gain <= own <= both.gain / agrees:
                    yield both, [faint, other]


def kinds_of(book: TileBook, lightings: list[Lighting]) -> Ints:
    """Return for each tile the first tile that is the same in another lighting, or itself."""
    count = len(book.tiles)
    joined = np.eye(count, dtype=np.bool_)
    for lighting in lightings:
        for number, tile in enumerate(book.tiles):
            joined[number] |= lighting.leads(tile, book.tiles, book)
    _, labels = connected_components(coo_array(joined), directed=False)
    firsts = np.unique(labels, return_index=True)[1]
    return np.asarray(firsts[labels], np.int64)


def variants(tile: Floats, lightings: list[Lighting]) -> Iterator[Floats]:
    """Yield a tile as it is, in each lighting, and without each."""
    yield tile
    for lighting in lightings:
        yield lighting.applied(tile)
        yield lighting.undone(tile)


def _successors(ids: Ints, follows: NDArray[np.bool_]) -> Ints:
    """Return the pairs `[P, 2]` of tiles that followed one another at a place, the lower first."""
    changed = (ids[1:] != ids[:-1]) & follows[1:, None]
    ends = np.stack([ids[:-1][changed], ids[1:][changed]], axis=1)
    return np.unique(np.sort(ends, axis=1), axis=0)


def _by_contrast(book: TileBook, pairs: Ints) -> LitPairs:
    """Return the tiles of more and of less contrast of each pair, and whether both have any.

    A tile of one grey does not tell a map, but may confirm it.
    """
    contrast = book.flat.std(axis=1)
    order = np.argsort(-contrast[pairs], axis=1, kind="stable")
    clear, dim = np.take_along_axis(pairs, order, axis=1).T
    telling = contrast[dim] >= book.thresholds.contrast * book.tolerance
    faint = ~telling & (contrast[dim] >= book.thresholds.rounding)
    return LitPairs(book.tiles[clear], book.tiles[dim], telling, faint)


def _line(clear: Floats, dim: Floats) -> Lighting:
    """Return the map of least squared error from tiles to other tiles."""
    gain = float(((clear - clear.mean()) * (dim - dim.mean())).mean() / clear.var())
    return Lighting(gain, float(dim.mean()) - gain * float(clear.mean()))
