"""Divide a frame into the cells that a person points at."""

from __future__ import annotations

from bisect import bisect_right
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.page.overlay import middle_of
from dsrl_agent.perception.grid import Grid
from dsrl_agent.types import Facts, Frame, Shape

Place = tuple[int, int]
"""Row and column in a lattice."""


class CellLattice(NamedTuple):
    """The cells of a frame: the edges of rows and columns in pixels, ascending."""

    rows: tuple[int, ...]
    cols: tuple[int, ...]

    def require(self, place: Place) -> Place:
        """Return a place, if it is one.

        Raises:
            ConfigError: It lies outside.
        """
        row, col = place
        if not (0 <= row < len(self.rows) - 1 and 0 <= col < len(self.cols) - 1):
            raise ConfigError(
                f"The cell [{row}, {col}] lies outside the board of {len(self.rows) - 1} x "
                f"{len(self.cols) - 1} cells; choose one on it."
            )
        return place

    def box(self, place: Place) -> tuple[slice, slice]:
        """Return the pixels of a cell, as slices of a frame's rows and columns."""
        row, col = place
        return slice(*self.rows[row : row + 2]), slice(*self.cols[col : col + 2])

    def places(self) -> list[Place]:
        """Return all cells, row by row."""
        return list(np.ndindex(len(self.rows) - 1, len(self.cols) - 1))

    def place_at(self, x: float, y: float) -> Place | None:
        """Return the cell that holds a point in pixels, column first; `None` outside."""
        row, col = bisect_right(self.rows, y) - 1, bisect_right(self.cols, x) - 1
        inside = 0 <= row < len(self.rows) - 1 and 0 <= col < len(self.cols) - 1
        return (row, col) if inside else None

    def middle(self, place: Place) -> tuple[float, float]:
        """Return the middle of a cell in pixels, row first."""
        rows, cols = self.box(place)
        return (rows.start + rows.stop) / 2, (cols.start + cols.stop) / 2


def lattice_of(grid: Grid) -> CellLattice:
    """Return the cells of a grid."""
    (rows, cols) = grid.shape
    edges: tuple[list[int], list[int]] = ([], [])
    for axis, count in enumerate((rows, cols)):
        for number in range(count):
            box = grid.cell(*((number, 0) if axis == 0 else (0, number)))[axis]
            edges[axis].append(box.start)
        edges[axis].append(box.stop)
    return CellLattice(tuple(edges[0]), tuple(edges[1]))


def coarse_lattice(grid: Grid, least: int) -> CellLattice:
    """Return cells of several of a grid's cells, such that none is smaller than `least` pixels."""
    fine = lattice_of(grid)
    edges = []
    for axis, every in enumerate((fine.rows, fine.cols)):
        step = ceil(least / grid.pitch[axis])
        edges.append(tuple(dict.fromkeys((*every[:-1:step], every[-1]))))
    return CellLattice(edges[0], edges[1])


def even_lattice(frame: Frame, shape: Shape) -> CellLattice:
    """Return equal cells of so many rows and columns over a whole frame."""
    edges = (
        tuple(round(size * number / count) for number in range(count + 1))
        for size, count in zip(frame.shape[:2], shape, strict=True)
    )
    return CellLattice(*edges)


def stands_in(lattice: CellLattice, facts: Facts, grid: Grid | None) -> dict[Place, int]:
    """Return for each cell with facts the index of the first of them.

    Without a grid, rows and columns of facts are those of the lattice.
    """
    found: dict[Place, int] = {}
    for index, fact in enumerate(facts):
        place: Place | None = (fact.row, fact.col)
        if grid is not None:
            place = lattice.place_at(*middle_of(grid, fact.row, fact.col))
        if place is not None:
            found.setdefault(place, index)
    return found


def copied_pixels(picture: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Return a picture `uint8 [h, w, 3]` at another size, by nearest pixels."""
    lines = (np.arange(size) * picture.shape[i] // size for i, size in enumerate((height, width)))
    return picture[np.ix_(*lines)]
