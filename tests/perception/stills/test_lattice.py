"""Cells of things that reach into each other."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.config.tiling import StillGridThresholds
from dsrl_agent.errors import PerceptionError
from dsrl_agent.perception.stills.grid_from_contrast import find_still_grid
from dsrl_agent.perception.stills.lattice import find_lattice
from dsrl_agent.perception.stills.lines import CellLines
from dsrl_agent.types import Floats, Frame

DEFAULTS = StillGridThresholds()


def profile(pitch: int, origin: int, cells: int, width: int, size: int) -> Floats:
    """Return the sum of hills of a width about the middles of cells."""
    middles = np.arange(size) + 0.5
    centres = origin + (np.arange(cells) + 0.5) * pitch
    away = np.abs(middles[:, None] - centres) / (width / 2)
    return np.asarray(np.sqrt(np.clip(1 - np.square(away), 0, None)).sum(axis=1))


def test_hills_that_reach_into_each_other_are_taken_apart() -> None:
    rows, columns = profile(9, 3, 5, 13, 56), profile(9, 1, 4, 13, 44)
    assert find_lattice([rows, columns], DEFAULTS) == [CellLines(9.0, 3.0, 5), CellLines(9, 1, 4)]


def test_long_profiles_are_not_searched() -> None:
    rows = profile(9, 3, 5, 13, 56)
    assert find_lattice([rows, rows], StillGridThresholds(most_profile=50)) is None


@pytest.mark.parametrize("pitch", [8, 11])
def test_the_grid_of_discs_larger_than_their_cells(pitch: int) -> None:
    rng, size = np.random.default_rng(0), 4 * pitch + 8
    frames = np.full((12, size, size, 3), 30, np.uint8)
    rows, cols = np.mgrid[:size, :size] + 0.5
    for frame in frames:
        for place in rng.permutation(16)[:7]:
            row, col = (4 + (number + 0.5) * pitch for number in divmod(int(place), 4))
            frame[np.hypot(rows - row, cols - col) < 0.7 * pitch] = 220
    grid = find_still_grid(frames, DEFAULTS)
    assert grid.rows == grid.columns == CellLines(float(pitch), 4.0, 4)


def test_a_picture_of_one_large_object_tells_no_cells() -> None:
    frame: Frame = np.full((1, 60, 60, 3), 30, np.uint8)
    frame[0, 25:32, 20:27] = 200
    with pytest.raises(PerceptionError, match="one row and one column"):
        find_still_grid(frame, StillGridThresholds(least_pitch=8.0))
