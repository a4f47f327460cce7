"""Bring still pictures to cells of whole pixels, and count rows and columns of what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from dsrl_agent.config import PerceptionConfig
from dsrl_agent.config.sights import StillsThresholds
from dsrl_agent.errors import ObservationError, PerceptionError
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.stills.grid_from_contrast import StillGrid, find_still_grid
from dsrl_agent.perception.stills.scales.source import SourcePixels
from dsrl_agent.perception.stills.scales.whole_cells import whole_cells
from dsrl_agent.symbols import facts_of
from dsrl_agent.types import EMPTY, UNKNOWN, Facts, Floats, Frame, Ints


class StillSymbols(NamedTuple):
    """The symbols of N still pictures."""

    facts: list[Facts]  # [N]: the facts of each picture
    grid: Grid  # the grid that all share, rounded to whole pixels
    explained: Floats  # [N]: share of each picture's contrast with the floor that facts explain
    alternatives: tuple[int, ...] = ()  # other numbers of types that explain the pictures as well
    clear: bool = True  # whether contrast tells where cells meet, or pictures are many
    colours: list[Facts] | None = None
    """The same things, with 1 + 0xRRGGBB of their colour as type, `UNKNOWN` without a type; None if
    sight tells no colours, or things have several."""

    unlike: Sequence[Facts] = ()  # [N] or none: the things of which their type explains too little
    told_apart: Sequence[Facts] = ()  # [N] or none: things that look the same, of different types

    def colours_by_type(self) -> dict[int, set[int]]:
        """Return the colours, as in `colours`, that the things of each known type have."""
        found: dict[int, set[int]] = {}
        for facts, coloured in zip(self.facts, self.colours or [()] * len(self.facts), strict=True):
            colours = {fact[1:]: fact.type for fact in coloured}
            for fact in facts:
                if fact.type != UNKNOWN and fact[1:] in colours:
                    found.setdefault(fact.type, set()).add(colours[fact[1:]])
        return found


@dataclass(frozen=True)
class StillCells:
    """The cells of still pictures of one size.

    A picture does not show where the world ends. All whole cells of the picture are looked at, and
    rows and columns are counted from the first that holds an object.
    """

    source: SourcePixels  # the pictures as they were before they were enlarged
    found: StillGrid  # in pixels of the source
    side: int  # pixels that a cell is brought to, along each axis
    grid: Grid  # all whole cells, in pixels of the pictures brought to whole cells
    first: tuple[int, int]  # row and column of that grid that the grid found begins with

    @classmethod
    def find(cls, frames: Frame, config: PerceptionConfig) -> Self:
        """Find the grid of pictures `uint8 [N, H, W, 3]`.

        Raises:
            PerceptionError: Nothing stands out, or too little to fit a grid to.
        """
        source, found = _found(frames, config)
        side = _side(found, config.stills)
        inner = whole_cells(source.restored(frames[:1]), found, side)[1]
        grid = inner.whole()
        first = ((inner.origin[i] - grid.origin[i]) // side for i in (0, 1))
        return cls(source, found, side, grid, (next(first), next(first)))

    def brought(self, frames: Frame) -> Frame:
        """Return pictures `[N, H, W, 3]` with cells of whole pixels.

        Raises:
            ObservationError: Their size is not that of the pictures that the grid was found in.
        """
        size = frames.shape[1:3]
        if size != self.source.frame:
            raise ObservationError(
                f"The pictures are of {size[0]} x {size[1]} pixels, but those learned from were of "
                f"{self.source.frame[0]} x {self.source.frame[1]}; give pictures of one size."
            )
        return whole_cells(self.source.restored(frames), self.found, self.side)[0]

    def misplaced(self, thresholds: StillsThresholds) -> float:
        """Return by how many pixels edges may be misplaced in cells that may not be whole."""
        pitches = (self.found.rows.pitch, self.found.columns.pitch)
        broken = [p for p in pitches if p != round(p) or self.found.rounded_off]
        return thresholds.misplaced * self.side / min(broken) if broken else 0.0

    def counted(self, types: Ints) -> tuple[list[Facts], Grid]:
        """Return the facts of types `[N, rows, cols]` on the whole grid, and the grid of facts."""
        own = self.source.enlarged(self.found).rounded()
        low, size = np.array(self.first), np.array(own.shape)
        held = np.argwhere((types != EMPTY).any(axis=0))
        begin = np.minimum(low, held.min(axis=0, initial=max(self.first)))
        end = np.maximum(low + size, 1 + held.max(axis=0, initial=0))
        cut = types[:, begin[0] : end[0], begin[1] : end[1]]
        top, left = (own.origin + (begin - low) * own.pitch).tolist()
        rows, cols = (end - begin).tolist()
        return [facts_of(each) for each in cut], Grid(
            own.pitch, (top, left), (rows, cols), own.frame
        )


def _found(frames: Frame, config: PerceptionConfig) -> tuple[SourcePixels, StillGrid]:
    """Return the pixels of pictures, enlarged ones as they were, and their grid.

    Cells may be too small in pictures as they were: all pixels are taken if they tell other cells.
    """
    thresholds = config.tiling.stills
    source, size = SourcePixels.of(frames, thresholds), (frames.shape[1], frames.shape[2])
    every, found = SourcePixels(size), find_still_grid(frames, thresholds)
    if not source.is_enlarged:
        return every, found
    try:
        once = find_still_grid(source.restored(frames), thresholds)
    except PerceptionError:
        return every, found
    shown = source.enlarged(once)
    pairs = ((shown.rows, found.rows), (shown.columns, found.columns))
    away = max(abs(np.log(one.pitch / other.pitch)) for one, other in pairs)
    return (source, once) if away < thresholds.other_pitch else (every, found)


def _side(found: StillGrid, thresholds: StillsThresholds) -> int:
    """Return the pixels that cells are brought to, along each axis."""
    pitch = found.rows.pitch
    if pitch == found.columns.pitch == round(pitch) <= thresholds.most_side:
        return round(pitch)
    return thresholds.side
