"""Cells of things that reach into each other."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.config.tiling import StillGridThresholds
from dsrl_agent.errors import PerceptionError
from dsrl_agent.perception.stills.crowded.lattice import EachPicture, find_lattice
from dsrl_agent.perception.stills.grid_from_contrast import find_still_grid
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


def test_cells_may_begin_after_a_border_wider_than_a_cell() -> None:
    rows, columns = profile(7, 11, 4, 10, 56), profile(7, 16, 3, 10, 44)
    assert find_lattice([rows, columns], DEFAULTS) == [CellLines(7.0, 11.0, 4), CellLines(7, 16, 3)]


def _single_pictures(boxes: list[tuple[int, int, int, int]]) -> tuple[Floats, EachPicture]:
    """Return the mean profile of rows in which things of one size reach into each other."""
    rng = np.random.default_rng(0)
    middles, centres = np.arange(40) + 0.5, 6 + 8 * (np.arange(4) + 0.5)
    hill = np.clip(1 - np.square((middles[:, None] - centres) / 6.5), 0, None)
    own = [hill @ rng.uniform(0, 1, 4) for _ in range(12)]
    return hill @ [1.0, 0.7, 0.7, 1.0], EachPicture([own, own], np.array(boxes).reshape(-1, 4))


def test_single_pictures_tell_crowded_cells_from_one_large_thing() -> None:
    mean, each = _single_pictures([])
    assert find_lattice([mean, mean], DEFAULTS) is None
    assert find_lattice([mean, mean], DEFAULTS, each) == [CellLines(8.0, 6.0, 4)] * 2


def test_isolated_things_tell_the_pitch() -> None:
    mean, each = _single_pictures([])
    indifferent = StillGridThresholds(each=0.0, as_good=0.0, contested=40)
    assert find_lattice([mean, mean], indifferent, each) == [CellLines(8.0, 6.0, 4)] * 2
    # Things of 9 pixels, 10 pixels apart: the evidence of many outweighs that of the profiles.
    boxes = [(10 * k, 10 * k + 9, 10 * n, 10 * n + 9) for k in range(20) for n in range(20)]
    lines = find_lattice([mean, mean], indifferent, each._replace(boxes=np.array(boxes)))
    assert lines is not None
    assert [axis.pitch for axis in lines] == [10.0, 10.0]


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
