"""Cells that a person points at."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.errors import ConfigError
from dsrl_agent.explain.page.live.lattice import (
    CellLattice,
    coarse_lattice,
    copied_pixels,
    even_lattice,
    lattice_of,
    stands_in,
)
from dsrl_agent.perception.grid import DividedGrid, Grid
from dsrl_agent.types import Fact

GRID = Grid((4, 6), (1, 2), (2, 3), (10, 22))


def test_the_lattice_of_a_grid_is_its_cells() -> None:
    lattice = lattice_of(GRID)
    assert lattice == CellLattice((1, 5, 9), (2, 8, 14, 20))
    assert lattice.box((1, 2)) == GRID.cell(1, 2)
    assert lattice.places() == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    assert lattice.middle((1, 0)) == (7.0, 5.0)


def test_points_lie_in_cells_or_outside() -> None:
    lattice = lattice_of(GRID)
    assert [lattice.place_at(*at) for at in ((2, 1), (7.9, 4.9), (8, 5), (19.9, 8.9))] == [
        (0, 0),
        (0, 0),
        (1, 1),
        (1, 2),
    ]
    assert [lattice.place_at(*at) for at in ((1, 1), (2, 0), (20, 1), (2, 9))] == [None] * 4


def test_cells_outside_are_refused() -> None:
    assert lattice_of(GRID).require((1, 2)) == (1, 2)
    for place in ((2, 0), (0, 3), (-1, 0)):
        with pytest.raises(ConfigError, match="outside the board of 2 x 3 cells"):
            lattice_of(GRID).require(place)


def test_cells_of_no_whole_number_of_pixels_fill_the_frame() -> None:
    assert lattice_of(DividedGrid.of((3, 2), (10, 5))) == CellLattice((0, 3, 7, 10), (0, 2, 5))
    assert even_lattice(np.zeros((10, 5, 3), np.uint8), (3, 2)) == CellLattice(
        (0, 3, 7, 10), (0, 2, 5)
    )


def test_small_cells_are_taken_together() -> None:
    fine = Grid((2, 6), (0, 0), (7, 2), (14, 12))
    assert coarse_lattice(fine, 6) == CellLattice((0, 6, 12, 14), (0, 6, 12))
    assert coarse_lattice(GRID, 4) == lattice_of(GRID)


def test_facts_stand_where_their_middles_are() -> None:
    facts = (Fact(1, 0, 0), Fact(1, 1, 2), Fact(2, 1, 2), Fact(3, 5, 5))
    assert stands_in(lattice_of(GRID), facts, GRID) == {(0, 0): 0, (1, 2): 1}
    assert stands_in(lattice_of(GRID), facts[:2], None) == {(0, 0): 0, (1, 2): 1}


def test_pictures_are_copied_by_nearest_pixels() -> None:
    picture = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    assert copied_pixels(picture, 2, 2).tolist() == picture.tolist()
    assert copied_pixels(picture, 4, 2)[:, 0, 0].tolist() == [0, 0, 6, 6]
    assert copied_pixels(picture, 1, 1).tolist() == [[[0, 1, 2]]]
