"""Remember the types that places had by their pixels, so that equal pixels are read once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.sight import Sight
from dsrl_agent.types import Frame, Ints


class PlaceMemory:
    """The types of places by their pixels, for a sight that reads each place by itself.

    Places that look as in the frame before keep their types. Others are looked up; a frame with a
    place of unknown pixels is read as a whole. At most `most` looks are remembered: when they are
    that many, they are forgotten.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.watched = 1  # the most frames that are watched together
        self._known: dict[tuple[int, bytes], int] = {}  # types by place and pixels
        self._grid: Grid | None = None  # of all that is remembered
        # By the number of frames B read together: the pixels of the places of the last ones,
        # [B, P, bytes], and their types [B, P].
        self._last: dict[int, tuple[NDArray[np.uint8], Ints]] = {}

    def types_by(self, sight: Sight, frames: Frame) -> Ints:
        """Return the types `[B, rows, cols]` that a sight sees in frames at rest.

        No more frames are looked up than are watched together: others hardly recur.
        """
        if not 0 < len(frames) <= self.watched or not sight.insight.by_place:
            return sight.types(frames)
        return self.types(frames, sight.grid.fitted(*frames.shape[1:3]), sight.types)

    def forget(self) -> None:
        """Forget everything: what is seen has changed its types."""
        self._known.clear()
        self._grid = None

    def types(self, frames: Frame, grid: Grid, read: Callable[[Frame], Ints]) -> Ints:
        """Return the types `[B, rows, cols]` in frames `uint8 [B, H, W, 3]`.

        `grid` has the frames' size. `read` returns the types in frames without memory. Frames are
        best given in the order of the frames before, such as one of each of several environments.
        """
        if not _is_inside(grid):
            return read(frames)
        places = _cut(frames, grid)
        if grid != self._grid:
            self.forget()
            self._grid = grid
            self._last.clear()
        last = self._last.get(len(frames))
        if last is None:
            changed = np.ones(places.shape[:2], np.bool_)
            types: Ints = np.zeros(places.shape[:2], np.int64)
        else:
            changed, types = (places != last[0]).any(axis=2), last[1].copy()
        which = list(zip(*(part.tolist() for part in np.nonzero(changed)), strict=True))
        unknown = self._look_up(places, which, types)
        if unknown:
            types[unknown] = read(frames[unknown]).reshape(len(unknown), -1)
            self._remember(places, [each for each in which if each[0] in set(unknown)], types)
        self._last[len(frames)] = places, types
        return types.reshape(len(frames), *grid.shape).copy()

    def _look_up(
        self, places: NDArray[np.uint8], changed: list[tuple[int, int]], types: Ints
    ) -> list[int]:
        """Put the remembered types of changed places `(frame, place)` into `types`.

        Returns the frames that have a place of unknown pixels.
        """
        unknown: dict[int, None] = {}
        for n, place in changed:
            number = self._known.get((place, places[n, place].tobytes()))
            if number is None:
                unknown[n] = None
            else:
                types[n, place] = number
        return list(unknown)

    def _remember(
        self, places: NDArray[np.uint8], changed: list[tuple[int, int]], types: Ints
    ) -> None:
        if len(self._known) + len(changed) > self._most:
            self._known.clear()
        for n, place in changed:
            self._known[place, places[n, place].tobytes()] = int(types[n, place])


def _cut(frames: Frame, grid: Grid) -> NDArray[np.uint8]:
    """Return the pixels of every place of a grid, `[B, P, bytes]`."""
    return grid.cut_all(frames).reshape(len(frames), grid.shape[0] * grid.shape[1], -1)


def _is_inside(grid: Grid) -> bool:
    """Return whether all places of a grid lie wholly in the frame."""
    return all(
        0 <= grid.origin[axis] <= grid.frame[axis] - grid.pitch[axis] * grid.shape[axis]
        for axis in (0, 1)
    )
