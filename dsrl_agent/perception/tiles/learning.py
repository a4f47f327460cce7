"""Learn the types of tiles from footage: lighting, the agent, its ground, then things."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.perception.grid import DividedGrid, Grid
from dsrl_agent.perception.tiles.agency.grounds import (
    Appearance,
    SpriteComparison,
    TileScenes,
    find_appearances,
    find_empty,
)
from dsrl_agent.perception.tiles.agency.search import FoundAgent, Scenes, find_agent
from dsrl_agent.perception.tiles.distinct.averaging import averaged_book
from dsrl_agent.perception.tiles.distinct.footage import Footage
from dsrl_agent.perception.tiles.distinct.joining import joined_book
from dsrl_agent.perception.tiles.distinct.noise import noise_of
from dsrl_agent.perception.tiles.distinct.tile_book import exact_book
from dsrl_agent.perception.tiles.lighting import find_lightings, kinds_of
from dsrl_agent.perception.tiles.reading import TileReader
from dsrl_agent.types import EMPTY, Ints


class TileLesson(NamedTuple):
    """What was learned from footage."""

    reader: TileReader
    agent: FoundAgent
    nats: float  # description length of the tiles in a frame, in nats
    # whether the agent has one look in one light, and shapes stand on a floor of one colour; equal
    # shapes may differ in colour or size then, which is not for tiles to tell
    plain_floor: bool
    passing: float  # share of the cells with things in which stands what one episode alone shows
    reaching: float  # share of the cells with things that may show a part of what is beside them


def learn_tiles_of(footage: Footage, grid: Grid, thresholds: TilesThresholds) -> TileLesson:
    """Learn lighting, the agent and the types from footage on a grid."""
    noise = noise_of(footage, grid, thresholds)
    if noise:
        book, ids = averaged_book(footage, grid, noise, thresholds)
    else:
        book, ids = exact_book(footage, grid, thresholds)
    if isinstance(grid, DividedGrid):
        book, ids = joined_book(book, ids)
    lightings = find_lightings(book, ids, footage.follows)
    scenes = TileScenes(book, lightings, ids, kinds_of(book, lightings), footage.follows)
    moving = Scenes(scenes.kinds, footage.follows, footage.actions, grid.shape[1])
    agent = find_agent(moving, SpriteComparison(scenes).same, thresholds)
    empty = find_empty(scenes, agent.kinds)
    appearances = find_appearances(scenes, agent.kinds, empty)
    types = _types(scenes, appearances, empty)
    reader = TileReader(book, types, lightings, appearances)
    passing = passing_share(reader, ids, np.cumsum(~footage.follows))
    reaching = reaching_share(reader, ids.reshape(-1, *grid.shape))
    return TileLesson(reader, agent, _nats(ids), _is_plain(reader, ids), passing, reaching)


def _types(scenes: TileScenes, appearances: list[Appearance], empty: int) -> Ints:
    """Number the types of tiles from 1: first things, the commonest first, then the agent's looks.

    Tiles come with the commonest first, so kinds do as well.
    """
    types = np.full(len(scenes.book.tiles), EMPTY, np.int64)
    own = {each.tile: each.look for each in appearances}
    things = [k for k in np.unique(scenes.kind_of).tolist() if k != empty and k not in own]
    for number, kind in enumerate(things, 1):
        types[scenes.kind_of == kind] = number
    for tile, look in own.items():
        types[tile] = len(things) + 1 + look
    return types


def _is_plain(reader: TileReader, ids: Ints) -> bool:
    """Return whether the agent has one look in one light, and shapes stand on a plain floor."""
    thresholds, own = reader.book.thresholds, sorted(reader.agent_types)
    if reader.lightings or not own:
        return False
    seen = np.sort(np.bincount(reader.types[ids].ravel())[own])
    if seen[:-1].sum() >= thresholds.turning * seen.sum():
        return False
    limit = thresholds.plain + reader.book.noise
    one_colour = np.ptp(reader.book.tiles, axis=(1, 2)).max(axis=-1) <= limit  # [T]
    empty, things = reader.types == EMPTY, ~np.isin(reader.types, [EMPTY, *own])
    return bool(one_colour[empty].all() and not one_colour[things].all())


def passing_share(reader: TileReader, ids: Ints, episodes: Ints) -> float:
    """Return the share of the cells with things whose type one episode alone shows.

    `ids` `[M, places]` has the tile of each cell of each frame, `episodes` `[M]` the frame's
    episode. Fewer than `least_episodes` tell nothing: the share is 0 then. On a grid that cuts what
    is drawn, each layout has tiles of its own.
    """
    if len(np.unique(episodes)) < reader.book.thresholds.least_episodes:
        return 0.0
    seen = reader.types[ids]
    there = ~np.isin(seen, [EMPTY, *reader.agent_types])
    frames, _ = np.nonzero(there)
    pairs = np.unique(np.stack([seen[there], episodes[frames]], axis=1), axis=0)
    shown_in = np.bincount(pairs[:, 0], minlength=1)  # episodes, by type
    return float((shown_in[seen[there]] == 1).mean()) if there.any() else 0.0


def reaching_share(reader: TileReader, ids: Ints) -> float:
    """Return the share of the cells with things of which one cannot tell that they stay in there.

    `ids` `[M, rows, cols]` has the tile of each cell of each frame. A tile that was seen beside
    floor, on one side, shows nothing of what is on that side. So what was seen beside such a tile
    does not reach out there. What does reach out never was: a part of it is beside it.
    """
    floor, stays = reader.types == EMPTY, np.ones(len(reader.types), np.bool_)
    for turned in (ids, ids.swapaxes(1, 2)):
        pairs = turned[:, :-1].ravel(), turned[:, 1:].ravel()
        for of, beside in (pairs, pairs[::-1]):
            met, free, alone = np.zeros_like(floor), np.zeros_like(floor), floor.copy()
            met[of] = True
            alone[beside[floor[of]]] = True
            free[of[alone[beside]]] = True
            stays &= free | ~met
    there = ~np.isin(reader.types[ids], [EMPTY, *reader.agent_types])
    return float((~stays[ids[there]]).mean()) if there.any() else 0.0


def _nats(ids: Ints) -> float:
    """Return the entropy of a frame's tiles, each told by its share of all cells."""
    shares = np.bincount(ids.ravel()) / ids.size
    shares = shares[shares > 0]
    return float(-(shares * np.log(shares)).sum() * ids.shape[1])
