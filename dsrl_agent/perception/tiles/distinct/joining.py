"""Join tiles that differ only by where the lines of pixels cut their cells.

In cells of no whole number of pixels one picture looks a little different at each place. Different
pictures are much farther apart: there is a gap between both kinds of distances.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.perception.tiles.distinct.tile_book import TileBook, sorted_book
from dsrl_agent.types import Floats, Ints


def joined_book(book: TileBook, ids: Ints) -> tuple[TileBook, Ints]:
    """Return a book whose tiles are means of joined ones, and the tiles `ids` by their new numbers.

    The noise of the new book is the largest deviation of a tile from the mean of its kind.
    """
    if len(book.tiles) < 2:
        return book, ids
    from scipy.cluster.hierarchy import fcluster, linkage  # few sights need it

    flat = book.flat
    joins = linkage(flat / np.sqrt(flat.shape[1]), "average")
    labels = fcluster(joins, _limit(joins[:, 2], book.thresholds), "distance") - 1
    sizes = np.bincount(labels)
    means = np.stack([np.bincount(labels, column) for column in flat.T], axis=1) / sizes[:, None]
    away = float(np.sqrt(np.square(flat - means[labels]).mean(axis=1).max()))
    tiles = means.reshape(-1, *book.tiles.shape[1:])
    joined = dataclasses.replace(book, tiles=tiles, counts=sizes, noise=max(book.noise, away))
    return sorted_book(joined, labels[ids])


def _limit(distances: Floats, thresholds: TilesThresholds) -> float:
    """Return the distance up to which tiles are joined, from those of all joins, ascending.

    It is where the next distance is most times as large.
    """
    low = np.maximum(np.append(0.0, distances), thresholds.blur)
    ratios = np.append(distances, np.inf) / low
    ratios[low > thresholds.most_blur] = 0.0
    return float(low[ratios.argmax()])
