"""Find what lies under the agent: its sprites without their ground, and emptiness."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dsrl_agent.perception.tiles.distinct.tile_book import TileBook
from dsrl_agent.perception.tiles.lighting import Lighting, variants
from dsrl_agent.perception.tiles.sprites import differs, distance, is_clear_match, sprite_error
from dsrl_agent.types import Floats, Ints


class TileScenes(NamedTuple):
    """The tiles in the cells of frames, and their kinds: tiles that differ by lighting alone."""

    book: TileBook
    lightings: list[Lighting]
    ids: Ints  # [M, places]: the tile in each cell
    kind_of: Ints  # [T]: the kind of each tile, named after its first tile
    follows: NDArray[np.bool_]  # [M]: whether a frame follows the one before

    @property
    def kinds(self) -> Ints:
        """The kind of tile in each cell, `[M, places]`."""
        return self.kind_of[self.ids]


class Appearance(NamedTuple):
    """A tile that shows the agent."""

    tile: int  # its number
    ground: Floats  # [height, width, 3]: what lies under the agent in it
    look: int  # number of the sprite: equal over all grounds


class Under(NamedTuple):
    """What was seen before and after an object at its places, in the same episode."""

    tiles: Ints  # [K]: tiles of the object
    grounds: Ints  # [K]: tiles seen there before or after it, without repeats
    counts: Ints  # [K]: how often

    def usual(self, tile: int, most: int) -> list[int]:
        """Return the tiles seen most often at the places of a tile of the object."""
        own = np.flatnonzero(self.tiles == tile)
        order = np.argsort(-self.counts[own], kind="stable")[:most]
        return [int(ground) for ground in self.grounds[own[order]]]


def seen_under(scenes: TileScenes, own: NDArray[np.bool_], *, after: bool = False) -> Under:
    """Find the last and the next tile of places while an object covers them.

    `own` `[M, places]` tells where it is. With `after` only the next tile counts: what was there
    before may be gone.
    """
    frames, episode = np.arange(len(own)), np.cumsum(~scenes.follows)
    last = np.maximum.accumulate(np.where(own, -1, frames[:, None]), axis=0)
    later = np.where(own, len(own), frames[:, None])[::-1]
    following = np.minimum.accumulate(later, axis=0)[::-1]
    times, places = np.nonzero(own)
    pairs = []
    for other in (following[times, places], last[times, places])[: 1 if after else 2]:
        inside = (other >= 0) & (other < len(own))
        inside[inside] = episode[other[inside]] == episode[times[inside]]
        here, there, place = times[inside], other[inside], places[inside]
        pairs.append(np.stack([scenes.ids[here, place], scenes.ids[there, place]], axis=1))
    found, counts = np.unique(np.concatenate(pairs), axis=0, return_counts=True)
    return Under(found[:, 0], found[:, 1], counts)


class SpriteComparison:
    """Tells which kinds are one sprite over several grounds, before the agent is known."""

    def __init__(self, scenes: TileScenes) -> None:
        self._scenes = scenes
        self._grounds: dict[int, Floats] = {}

    def same(self, kind: int, others: Sequence[int]) -> bool:
        """Return whether a kind is the sprite of one of other kinds."""
        book = self._scenes.book
        ground = self._ground(kind)
        limit = book.thresholds.sprite + book.noise
        return any(
            sprite_error(
                book.tiles[kind], ground, book.tiles[other], self._ground(other), book.tolerance
            )
            <= limit
            for other in others
        )

    def _ground(self, kind: int) -> Floats:
        if kind not in self._grounds:
            scenes = self._scenes
            under = seen_under(scenes, scenes.kinds == kind)
            candidates = under.usual(kind, scenes.book.thresholds.grounds)
            self._grounds[kind] = nearest_ground(scenes, kind, candidates or [kind])
        return self._grounds[kind]


def find_empty(scenes: TileScenes, agent: Sequence[int]) -> int:
    """Return the kind that is emptiness: of those that the agent uncovered, the commonest.

    If it has not left its cell, the kind whose tile is most like the agent's counts; without an
    agent, the commonest kind.
    """
    kinds, book = scenes.kinds, scenes.book
    sizes = np.bincount(kinds.ravel(), minlength=len(book.tiles))
    if not agent:
        return int(sizes.argmax())
    under = seen_under(scenes, np.isin(kinds, agent), after=True)
    uncovered = np.unique(scenes.kind_of[under.grounds])
    if len(uncovered):
        return int(max(uncovered, key=lambda kind: sizes[kind]))
    others = [int(kind) for kind in np.unique(scenes.kind_of) if kind not in set(agent)]
    tile = book.tiles[agent[0]]
    return min(others, key=lambda kind: _covered(scenes, tile, kind), default=agent[0])


def find_appearances(scenes: TileScenes, agent: Sequence[int], empty: int) -> list[Appearance]:
    """Return the tiles that show the agent; those of one sprite over several grounds are a look."""
    under = seen_under(scenes, np.isin(scenes.kinds, agent))
    tiles = np.flatnonzero(np.isin(scenes.kind_of, agent)).tolist()
    most = scenes.book.thresholds.grounds
    grounds = [nearest_ground(scenes, tile, under.usual(tile, most) or [empty]) for tile in tiles]
    looks = _looks(scenes, tiles, grounds)
    return [Appearance(*each) for each in zip(tiles, grounds, looks, strict=True)]


def _looks(scenes: TileScenes, tiles: list[int], grounds: list[Floats]) -> list[int]:
    """Return the number of the sprite in each of some tiles over their grounds."""
    errors = _errors(scenes, tiles, grounds)
    thresholds = scenes.book.thresholds
    pictures = zip(scenes.book.tiles[tiles], grounds, strict=True)
    bare = [float(distance(*pair)) for pair in pictures]
    limit = thresholds.sprite + scenes.book.noise
    looks = connected_components(coo_array(errors <= limit), directed=False)[1]
    for look in np.unique(looks)[::-1].tolist():  # the rarest first
        own = looks == look
        others = [other for other in np.unique(looks).tolist() if other != look]
        away = [float(errors[np.ix_(own, looks == other)].min()) for other in others]
        no_sprite = min(bare[one] for one in np.flatnonzero(own))
        if others and is_clear_match(away, no_sprite, scenes.book.noise, thresholds):
            looks[own] = others[int(np.argmin(away))]
    return [int(look) for look in np.unique(looks, return_inverse=True)[1]]


def _errors(scenes: TileScenes, tiles: list[int], grounds: list[Floats]) -> Floats:
    """Return the errors `[N, N]` of tiles over their grounds as sprites of each other."""
    book, kinds = scenes.book, scenes.kind_of[tiles]
    errors = np.where(kinds[:, None] == kinds, 0.0, np.inf)
    for one, other in np.argwhere(np.triu(errors > 0)).tolist():
        first, second = tiles[one], tiles[other]
        pictures = (book.tiles[first], grounds[one], book.tiles[second], grounds[other])
        errors[one, other] = errors[other, one] = sprite_error(*pictures, book.tolerance)
    return errors


def nearest_ground(scenes: TileScenes, tile: int, candidates: Sequence[int]) -> Floats:
    """Return the picture of a ground, in the lighting in which the tile differs from it least."""
    picture, book = scenes.book.tiles[tile], scenes.book
    lit = [each for ground in candidates for each in variants(book.tiles[ground], scenes.lightings)]
    return min(lit, key=lambda each: int(differs(picture, each, book.tolerance).sum()))


def _covered(scenes: TileScenes, tile: Floats, kind: int) -> int:
    """Return in how many pixels a tile differs from a kind, in the lighting that fits best."""
    lit = variants(scenes.book.tiles[kind], scenes.lightings)
    return min(int(differs(tile, each, scenes.book.tolerance).sum()) for each in lit)
