"""Remember the types that places had by their pixels, so that equal pixels are read once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.perception.grid import Grid
from dsrl_agent.types import Frame, Ints


class PlaceMemory:
    """The types of places by their pixels, for a sight that reads each place by itself.

    Places that look as in the frame before keep their types. Others are looked up; a frame with a
    place of unknown pixels is read as a whole. At most `most` looks are remembered: when they are
    that many, they are forgotten.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[tuple[int, bytes], int] = {}  # types by place and pixels
        self._grid: Grid | None = None  # of all that is remembered
        self._places = np.empty((0, 0), np.uint8)  # [P, bytes]: pixels of the last frame's places
        self._types = np.empty(0, np.int64)  # [P]: their types

    def forget(self) -> None:
        """Forget everything: what is seen has changed its types."""
        self._known.clear()
        self._grid = None

    def types(self, frame: Frame, grid: Grid, read: Callable[[Frame], Ints]) -> Ints:
        """Return the types `[1, rows, cols]` in a frame `uint8 [1, H, W, 3]`.

        `grid` has the frame's size. `read` returns the types in the frame without memory.
        """
        if not _is_inside(grid):
            return read(frame)
        places = grid.cut(frame[0]).reshape(grid.shape[0] * grid.shape[1], -1)
        if grid != self._grid:
            self.forget()
            self._grid, self._places = grid, np.empty((0, places.shape[1]), np.uint8)
        if len(self._places):
            changed = np.flatnonzero((places != self._places).any(axis=1))
        else:
            changed = np.arange(len(places))
        types = self._looked_up(places, changed)
        if types is None:
            types = read(frame).ravel()
            self._remember(places, changed, types)
        self._places, self._types = places, types
        return types.reshape(1, *grid.shape).copy()

    def _looked_up(self, places: NDArray[np.uint8], changed: Ints) -> Ints | None:
        """Return the types `[P]`, or None if a changed place has unknown pixels."""
        seen = (self._known.get((place, places[place].tobytes())) for place in changed.tolist())
        found = [types for types in seen if types is not None]
        if len(found) < len(changed):
            return None
        types = np.zeros(len(places), np.int64)
        if len(changed) < len(places):
            types[:] = self._types
        types[changed] = found
        return types

    def _remember(self, places: NDArray[np.uint8], changed: Ints, types: Ints) -> None:
        if len(self._known) + len(changed) > self._most:
            self._known.clear()
        for place in changed.tolist():
            self._known[place, places[place].tobytes()] = int(types[place])


def _is_inside(grid: Grid) -> bool:
    """Return whether all places of a grid lie wholly in the frame."""
    return all(
        0 <= grid.origin[axis] <= grid.frame[axis] - grid.pitch[axis] * grid.shape[axis]
        for axis in (0, 1)
    )
