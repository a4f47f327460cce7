"""Search the tilings of frames: pitches proposed by pixel lines, then all origins of the best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from dsrl_agent.config.tiling import TilingThresholds
from dsrl_agent.perception.tiling.description import Description, FrameDescriptions, Lattice
from dsrl_agent.perception.tiling.lines import LineGrid, distinct_lines, line_grids
from dsrl_agent.types import Floats

_Origins = tuple[LineGrid, LineGrid]


class TilingSearch:
    """Tilings tried on frames, with their descriptions."""

    def __init__(
        self, described: FrameDescriptions, enlarged: int, thresholds: TilingThresholds
    ) -> None:
        """Search tilings of frames that were reduced by the whole factor `enlarged`."""
        self.tried: dict[Lattice, Description] = {}
        self._background = float("inf")  # fewest bits of the background in any tiling tried
        self._described = described
        self._thresholds = thresholds
        height, width = (self._least_pitch(side, enlarged) for side in described.size)
        self._least = (height, width)
        proposals = [self._proposals(axis) for axis in (0, 1)]
        for lattice in _pairs(proposals, thresholds.proposals):
            self.cost(lattice)
        for leader in _unlike(self.leaders(), thresholds.refined):
            self._try_origins(leader)
        self._climb()

    def best(self) -> Lattice:
        """Return the best tiling: the one that costs least, in whole cells.

        Parts of cells may cost a little less where cells share parts, but then they always go
        together, and it takes fewer bits to say what stands where by whole cells.
        """
        best = self.leaders()[0]
        most = self._thresholds.parts * self.cost(best)
        cheap = [whole for whole in self._wholes(best) if self.cost(whole) <= most]
        whole = min(cheap, key=self._things, default=best)
        together = self._things(whole) <= self._thresholds.together * self._things(best)
        return whole if together else best

    def _wholes(self, part: Lattice) -> Iterator[Lattice]:
        """Yield the lattices whose cells are two or three of another's along either axis."""
        for down, across in product((1, 2, 3), repeat=2):
            pitch = (part.pitch[0] * down, part.pitch[1] * across)
            fits = all(2 * p <= size for p, size in zip(pitch, self._described.size, strict=True))
            if not fits or pitch == part.pitch:
                continue
            for row, column in product(range(down), range(across)):
                top, left = part.pitch[0] * row, part.pitch[1] * column
                yield Lattice(pitch, (part.origin[0] + top, part.origin[1] + left))

    def _things(self, lattice: Lattice) -> float:
        """Return the bits of what stands where on the background of a tiling tried before."""
        return self.tried[lattice].sprites + self.tried[lattice].events

    def cost(self, lattice: Lattice) -> float:
        """Return what decides between tilings, in bits; the tiling is tried if it was not before.

        The background may have a lattice of its own, the best of all tried: a picture of many parts
        may be shorter to describe in halves of the cells in which things stand.
        """
        if lattice not in self.tried:
            self.tried[lattice] = self._described.describe(lattice)
            self._background = min(self._background, self.tried[lattice].background)
        tried = self.tried[lattice]
        return min(tried.plain, self._layered(tried) + tried.events)

    def bits(self, lattice: Lattice) -> float:
        """Return the description length of the frames with a tiling tried before."""
        tried = self.tried[lattice]
        return min(tried.plain, self._layered(tried))

    def _layered(self, tried: Description) -> float:
        apart = self._background + self._thresholds.layer_bits
        return min(tried.background, apart) + tried.sprites

    def leaders(self) -> list[Lattice]:
        """Return the best tiling tried of each pair of pitches, the best of all first."""
        leaders: dict[tuple[int, int], Lattice] = {}
        for lattice in sorted(self.tried, key=self._order):
            leaders.setdefault(lattice.pitch, lattice)
        return list(leaders.values())

    def sharpness(self, best: Lattice) -> float:
        """Return how many times the best tiling's bits another takes.

        Others are those whose pitches are no multiples or fractions of the best. Either things on
        the background tell them apart, which is left out then as it costs the same, or the tiles of
        whole pictures and of the background do.
        """
        others = [lattice for lattice in self.tried if not _related(lattice.pitch, best.pitch)]
        if not others:
            return float("inf")
        tiles = min(map(self.alone, others)) / max(self.alone(best), 1e-9)
        if self.cost(best) == self.tried[best].plain:
            return tiles
        things = min(map(self.cost, others)) - self._background
        return max(tiles, things / max(self.cost(best) - self._background, 1e-9))

    def alone(self, lattice: Lattice) -> float:
        """Return the cost of a tiling tried before whose background has no lattice of its own."""
        tried = self.tried[lattice]
        return min(tried.plain, tried.background + tried.sprites + tried.events)

    def _order(self, lattice: Lattice) -> tuple[float, float]:
        # Things on a background may leave the origin open: the background's own tiles decide then.
        return round(self.cost(lattice), 6), self.tried[lattice].background

    def _least_pitch(self, side: int, enlarged: int) -> int:
        """Return the smallest pitch along a side, in pixels of the reduced frames."""
        limits = self._thresholds
        return max(1, -(-limits.least_pitch // enlarged), -(-side // limits.most_cells))

    def _proposals(self, axis: int) -> list[_Origins]:
        """Return the two best origins of every pitch along an axis, the most promising first."""
        side, thresholds = self._described.size[axis], self._thresholds
        lines = []
        for pictures in (self._described.codes, self._described.difference):
            along = np.moveaxis(pictures, 1 + axis, 2)
            lines.append(distinct_lines(along, thresholds.lines // 2, thresholds.compared_lines))
        pitches = range(self._least[axis], side // 2 + 1)
        found = list(line_grids(np.concatenate(lines), pitches, thresholds.entry_bits))
        return _ranked(found)

    def _try_origins(self, leader: Lattice) -> None:
        """Try every origin along one axis at a time, twice."""
        (rows, columns), (top, left) = leader
        for _ in range(2):
            down = (Lattice(leader.pitch, (row, left)) for row in range(rows))
            top = min(down, key=self._order).origin[0]
            across = (Lattice(leader.pitch, (top, column)) for column in range(columns))
            left = min(across, key=self._order).origin[1]

    def _climb(self) -> None:
        """Try parts of the best cells, and cells a pixel larger or smaller, to the end."""
        climbed: set[tuple[int, int]] = set()
        while self.tried and (best := self.leaders()[0]).pitch not in climbed:
            climbed.add(best.pitch)
            self._try_origins(best)
            self._try_neighbours(self.leaders()[0])
            for lattice in _parts(self.leaders()[0], self._least):
                self.cost(lattice)

    def _try_neighbours(self, best: Lattice) -> None:
        for axis, more in product((0, 1), (-1, 1)):
            pitch = list(best.pitch)
            pitch[axis] += more
            if self._least[axis] <= pitch[axis] <= self._described.size[axis] // 2:
                step = max(1, pitch[axis] // self._thresholds.origins)
                for place in range(0, pitch[axis], step):
                    origin = [
                        offset % side for offset, side in zip(best.origin, pitch, strict=True)
                    ]
                    origin[axis] = place
                    self.cost(Lattice((pitch[0], pitch[1]), (origin[0], origin[1])))


def _ranked(found: Sequence[_Origins]) -> list[_Origins]:
    """Return pitches in turn: the shortest descriptions, and those far shorter than around them.

    Descriptions get slowly shorter towards some pitches, and then a whole range of them would take
    all places; a true pitch is one narrow dip.
    """
    bits = np.array([origins[0].bits for origins in found])
    shortest, dips = np.argsort(bits, kind="stable"), np.argsort(_dips(bits), kind="stable")
    order = dict.fromkeys(int(i) for pair in zip(shortest, dips, strict=True) for i in pair)
    return [found[i] for i in order]


def _dips(bits: Floats) -> Floats:
    """Return values as shares of the smallest of their two neighbours on each side."""
    padded = np.pad(bits, 2, constant_values=np.inf)
    around = [padded[2 + by : 2 + by + len(bits)] for by in (-2, -1, 1, 2)]
    return np.asarray(bits / np.maximum(np.min(around, axis=0), 1e-9))


def _pairs(proposals: Sequence[Sequence[_Origins]], most: int) -> Iterator[Lattice]:
    """Yield pairs of the best pitches along both axes, and of those with square cells."""
    origins = [{grids[0].pitch: grids for grids in along} for along in proposals]
    best = [[grids[0].pitch for grids in along[:most]] for along in proposals]
    square = {(p, p) for along in best for p in along if p in origins[0] and p in origins[1]}
    for rows, columns in sorted(square | set(product(*best))):
        for top, left in product(set(origins[0][rows]), set(origins[1][columns])):
            yield Lattice((rows, columns), (top.origin, left.origin))


def _parts(lattice: Lattice, least: tuple[int, int]) -> Iterator[Lattice]:
    """Yield the lattices that cut cells into two or three along either axis or both."""
    (rows, columns), (top, left) = lattice
    for down, across in product((1, 2, 3), repeat=2):
        pitch = (rows // down, columns // across)
        whole = rows % down == 0 and columns % across == 0
        if whole and pitch[0] >= least[0] and pitch[1] >= least[1]:
            yield Lattice(pitch, (top % pitch[0], left % pitch[1]))


def _unlike(leaders: Sequence[Lattice], most: int) -> list[Lattice]:
    """Return the first tilings whose pitches differ by a tenth from those of all before them."""
    chosen: list[Lattice] = []
    for lattice in leaders:
        pitch = np.array(lattice.pitch)
        if len(chosen) < most and all(
            (np.abs(pitch - other.pitch) > pitch / 10).any() for other in chosen
        ):
            chosen.append(lattice)
    return chosen


def _related(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Return whether pitches are multiples or fractions of others, along both axes."""
    return all(max(pair) % min(pair) == 0 for pair in zip(one, other, strict=True))
