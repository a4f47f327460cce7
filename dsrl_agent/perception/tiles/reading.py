"""Read tiles as types: known ones, known ones in other lighting, the agent over other grounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from dsrl_agent.perception.tiles.agency.grounds import Appearance
from dsrl_agent.perception.tiles.distinct.tile_book import TileBook
from dsrl_agent.perception.tiles.lighting import Lighting, variants
from dsrl_agent.perception.tiles.sprites import (
    distance,
    ground_swap_error,
    is_clear_match,
    same_shape,
)
from dsrl_agent.types import EMPTY, UNKNOWN, Floats, Frame, Ints


@dataclass
class TileReader:
    """The types of tiles, known and new."""

    book: TileBook  # the distinct tiles
    types: Ints  # [T]: the type of each
    lightings: list[Lighting]  # maps of grey levels that tiles share
    appearances: list[Appearance]  # the tiles that show the agent
    _explained: dict[bytes, int] = field(default_factory=dict, init=False, repr=False)
    _first_of_shape: dict[int, int] = field(default_factory=dict, init=False, repr=False)

    @property
    def agent_types(self) -> frozenset[int]:
        """The types of the agent's looks."""
        return frozenset(int(self.types[each.tile]) for each in self.appearances)

    def read(self, tiles: Frame) -> Ints:
        """Return the types `[N]` of tiles `uint8 [N, height, width, 3]`."""
        return self.type_of(self.book.find(tiles), tiles)

    def type_of(self, numbers: Ints, tiles: Frame) -> Ints:
        """Return the types of tiles whose numbers in the book are -1 where it lacks them."""
        types = np.where(numbers == UNKNOWN, UNKNOWN, self.types[numbers])
        for index in np.flatnonzero(numbers == UNKNOWN):
            types[index] = self._explain(tiles[index])
        return types

    def add(self, tile: Frame, number: int) -> None:
        """Make a tile one of a type; it is a ground of the agent as well."""
        self.book.add(tile)
        self.types = np.append(self.types, number)
        self._explained.clear()

    def renumber(self, names: Mapping[int, int]) -> None:
        """Give types new numbers; types that `names` lacks keep theirs."""
        self.types = np.array([names.get(int(each), int(each)) for each in self.types], np.int64)
        self._explained.clear()
        self._first_of_shape.clear()

    def tiles_of(self, number: int) -> Floats:
        """Return the tiles `[N, height, width, 3]` of a type, the commonest first."""
        return np.asarray(self.book.tiles[self.types == number])

    def analogues(self) -> dict[int, int]:
        """Return for each thing the first of the same shape in another colour, if there is one."""
        things = sorted(set(self.types.tolist()) - self.agent_types - {EMPTY})
        for index, number in enumerate(things):
            if number not in self._first_of_shape:
                firsts = [each for each in things[:index] if self._first_of_shape[each] == each]
                alike = (each for each in firsts if self._alike(number, each))
                self._first_of_shape[number] = next(alike, number)
        return {each: first for each, first in self._first_of_shape.items() if first != each}

    def _alike(self, number: int, other: int) -> bool:
        """Return whether two types are one shape in two colours.

        They stand on emptiness or, if they fill their cell, on nothing, in any lighting.
        """
        book, empty = self.book, self.tiles_of(EMPTY)[0]
        tile = self.tiles_of(other)[0]
        grounds = [lit for each in (empty, 0.0 * empty) for lit in variants(each, self.lightings)]
        return any(
            same_shape(tile, lit, ground, book.tolerance, book.thresholds)
            for lit in variants(self.tiles_of(number)[0], self.lightings)
            for ground in grounds
        )

    def _explain(self, tile: Frame) -> int:
        key = tile.tobytes()
        if key not in self._explained:
            picture = tile.astype(np.float64)
            relit = self._in_other_light(picture)
            self._explained[key] = relit if relit != UNKNOWN else self._as_agent(picture)
        return self._explained[key]

    def _in_other_light(self, picture: Floats) -> int:
        """Return the type of the likeliest tile that is this one in another lighting, or -1."""
        book = self.book
        for lighting in self.lightings:
            for lit, scale in (
                (lighting.applied(book.tiles), lighting.gain),
                (lighting.undone(book.tiles), 1.0 / lighting.gain),
            ):
                away = distance(lit, picture)
                limits = np.sqrt(book.error_limits(1.0 + np.square(scale) / book.counts))
                exact = np.abs(lit - picture).max(axis=(1, 2, 3)) <= book.tolerance
                same = exact | (away <= limits) if book.noise else exact
                if same.any():
                    return int(self.types[np.where(same, away, np.inf).argmin()])
        return UNKNOWN

    def _as_agent(self, picture: Floats) -> int:
        """Return the type of the look that this is over a known ground, or -1."""
        grounds = self._grounds()
        if not len(grounds) or not self.appearances:
            return UNKNOWN
        book, errors = self.book, dict[int, float]()
        for each in self.appearances:
            shown = (book.tiles[each.tile], each.ground, picture, grounds)
            error = float(ground_swap_error(*shown, book.tolerance).min())
            number = int(self.types[each.tile])
            errors[number] = min(error, errors.get(number, np.inf))
        no_sprite = float(distance(picture, grounds).min())
        if not is_clear_match([*errors.values()], no_sprite, book.noise, book.thresholds):
            return UNKNOWN
        return min(errors, key=lambda number: errors[number])

    def _grounds(self) -> Floats:
        """Return all tiles that do not show the agent, in all lightings, `[N, ...]`."""
        own = [each.tile for each in self.appearances]
        others = np.delete(self.book.tiles, own, axis=0)
        return np.concatenate(list(variants(others, self.lightings)))
