"""Find the agent among the kinds of tile: the set of kinds about which actions tell most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.config.tiles import TilesThresholds
from dsrl_agent.perception.tiles.agency.action_bits import Deed, bits_saved
from dsrl_agent.types import Ints


class Scenes(NamedTuple):
    """The kinds of tile in the cells of frames, in order of play."""

    kinds: Ints  # [M, places]
    follows: NDArray[np.bool_]  # [M]: whether a frame follows the one before
    actions: Ints  # [M]: the action that led to it
    cols: int  # columns of the grid

    def apart(self, first: Ints, second: Ints) -> Ints:
        """Return the rows plus columns between places."""
        rows = np.abs(second // self.cols - first // self.cols)
        return np.asarray(rows + np.abs(second % self.cols - first % self.cols))


@dataclass
class Track:
    """Where an object is seen, whose appearances are several kinds of tile."""

    kinds: list[int]  # the appearances
    seen: NDArray[np.bool_]  # [M]: whether a frame shows one of them
    places: Ints  # [M]: where, if so


class FoundAgent(NamedTuple):
    """The agent among the kinds of tile."""

    kinds: tuple[int, ...]  # its appearances, the commonest first; empty if nothing moves
    bits: float  # that actions save in telling what it does
    margin: float  # by which these exceed those of the next best candidate


Joins = Callable[[int, list[int]], bool]
"""Tells whether a kind is the sprite of one of other kinds over another ground."""


def find_agent(scenes: Scenes, same_sprite: Joins, thresholds: TilesThresholds) -> FoundAgent:
    """Find the agent: one object, seen at most once in a frame, that actions tell most about.

    A candidate begins with one kind of tile. Kinds join that are never seen beside it and take its
    place or one next to it: first those that are the same sprite over another ground, then others.
    """
    single = _single_tracks(scenes, thresholds)
    tried: list[tuple[float, Track]] = []
    for start in sorted(single, key=lambda track: -int(track.seen.sum())):
        if not any(start.kinds[0] in track.kinds for _, track in tried):
            grown = _grown(start, single, scenes, same_sprite, thresholds)
            tried.append((bits_saved(_deeds(grown, scenes)), grown))
    moving = [one for one in tried if _moves(one[1], scenes)]
    if not moving:
        return FoundAgent((), 0.0, 0.0)
    bits, best = max(moving, key=lambda one: one[0])
    others = [other for other, track in moving if not set(track.kinds) & set(best.kinds)]
    sizes = {k: int((scenes.kinds == k).sum()) for k in best.kinds}
    kinds = sorted(best.kinds, key=lambda kind: (-sizes[kind], kind))
    return FoundAgent(tuple(kinds), bits, bits - max([0.0, *others]))


def _single_tracks(scenes: Scenes, thresholds: TilesThresholds) -> list[Track]:
    """Return the tracks of the kinds that change, and of which frames show one."""
    changed = (scenes.kinds[1:] != scenes.kinds[:-1]) & scenes.follows[1:, None]
    moving = np.union1d(scenes.kinds[1:][changed], scenes.kinds[:-1][changed])
    tracks = []
    for kind in moving.tolist():
        at = scenes.kinds == kind
        counts = at.sum(axis=1)
        if (counts > 1).sum() <= thresholds.together * (counts > 0).sum():
            tracks.append(Track([kind], counts > 0, at.argmax(axis=1)))
    return tracks


def _grown(
    start: Track,
    single: list[Track],
    scenes: Scenes,
    same_sprite: Joins,
    thresholds: TilesThresholds,
) -> Track:
    """Add kinds to a track as long as any joins."""
    track = Track([*start.kinds], start.seen.copy(), start.places.copy())
    while True:
        joining = [one for one in single if _may_join(one, track, scenes, thresholds)]
        if not joining:
            return track
        sprites = [one for one in joining if same_sprite(one.kinds[0], track.kinds)]
        chosen = max(sprites or joining, key=lambda one: int(one.seen.sum()))
        track.places = np.where(chosen.seen & ~track.seen, chosen.places, track.places)
        track.seen |= chosen.seen
        track.kinds += chosen.kinds


def _may_join(one: Track, track: Track, scenes: Scenes, thresholds: TilesThresholds) -> bool:
    """Return whether a kind is seen where the track is not, and is reached in one step."""
    if one.kinds[0] in track.kinds:
        return False
    if (one.seen & track.seen).sum() > thresholds.together * one.seen.sum():
        return False
    places = np.where(track.seen, track.places, one.places)
    comes = (one.seen[1:] & track.seen[:-1]) | (one.seen[:-1] & track.seen[1:])
    after = 1 + np.flatnonzero(comes & scenes.follows[1:])
    if not len(after):
        return False
    near = scenes.apart(places[after - 1], places[after]) <= 1
    return float(near.mean()) >= thresholds.near


def _moves(track: Track, scenes: Scenes) -> bool:
    return any(deed.changed for deed in _deeds(track, scenes))


def _deeds(track: Track, scenes: Scenes) -> list[Deed]:
    """Return what the object did in each step at both ends of which it is seen."""
    after = 1 + np.flatnonzero(scenes.follows[1:] & track.seen[1:] & track.seen[:-1])
    old, new = track.places[after - 1], track.places[after]
    looks, new_looks = scenes.kinds[after - 1, old], scenes.kinds[after, new]
    rows, cols = new // scenes.cols - old // scenes.cols, new % scenes.cols - old % scenes.cols
    columns = (looks, scenes.actions[after], new_looks, rows, cols)
    return [Deed(*map(int, values)) for values in zip(*columns, strict=True)]
