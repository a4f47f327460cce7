"""Pictures that were enlarged by nearest pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

from dsrl_agent.config.tiling import StillGridThresholds
from dsrl_agent.perception.stills.enlarged import SourceLines
from dsrl_agent.perception.stills.grid_from_contrast import StillGrid
from dsrl_agent.perception.stills.lines import CellLines
from dsrl_agent.types import Frame

DEFAULTS = StillGridThresholds()


def noise(height: int, width: int) -> Frame:
    rng = np.random.default_rng(0)
    return np.asarray(rng.integers(0, 256, (1, height, width, 3)), np.uint8)


def nearest(frames: Frame, height: int, width: int) -> Frame:
    image = Image.fromarray(frames[0]).resize((width, height), Image.Resampling.NEAREST)
    return np.asarray(image)[None]


@pytest.mark.parametrize(
    ("down", "right"), [(1.25, 1.25), (1.4, 1.4), (2.0, 1.5), (2.5, 3.0), (1.0, 1.5)]
)
def test_enlarged_pictures_are_shown_as_they_were(down: float, right: float) -> None:
    before = noise(60, 52)
    after = nearest(before, round(60 * down), round(52 * right))
    source = SourceLines.of(after, DEFAULTS)
    assert source.is_enlarged
    assert_array_equal(source.shown_once(after), before)


def test_programs_differ_in_where_the_first_pixel_lies() -> None:
    before = noise(60, 60)
    # Rows 0, 0, 1, 2, 2, 3, ...: a pixel shows the line at its upper edge, not at its middle.
    numbers = np.arange(90) * 2 // 3
    after = before[:, numbers][:, :, numbers]
    assert_array_equal(SourceLines.of(after, DEFAULTS).shown_once(after), before)


def test_pictures_that_show_each_line_once_stay_as_they_are() -> None:
    source = SourceLines.of(noise(30, 40), DEFAULTS)
    assert not source.is_enlarged
    assert (len(source.rows), len(source.columns)) == source.frame == (30, 40)
    plain = np.full((1, 30, 40, 3), 9, np.uint8)
    assert not SourceLines.of(plain, DEFAULTS).is_enlarged
    # The edges of one square lie at multiples of 4, as they might by chance: of 16 lines that are
    # not plain beside a plain one, 2 change, and 12 would be shown again: 12 log(1 - 2/17) = -1.5.
    plain[0, 8:24, 12:28] = 200
    assert not SourceLines.of(plain, DEFAULTS).is_enlarged


def test_what_one_axis_tells_makes_less_enough_along_the_other() -> None:
    # Columns change at 3 of 11 places only, which tells little alone.
    before = noise(40, 1).repeat(12, axis=2)
    before[0, ::2, 4:6], before[0, ::3, 8:] = 7, 30
    after = nearest(before, 60, 18)
    assert SourceLines.of(after, DEFAULTS).shown_once(after).shape == (1, 40, 12, 3)
    across = np.swapaxes(after, 1, 2)
    assert SourceLines.of(across, DEFAULTS).shown_once(across).shape == (1, 12, 40, 3)
    alone = nearest(before, 40, 18)
    assert not SourceLines.of(alone, DEFAULTS).is_enlarged


def test_the_settings_are_used() -> None:
    after = nearest(noise(40, 32), 50, 40)
    assert not SourceLines.of(after, replace(DEFAULTS, enlarged=1e3)).is_enlarged
    assert not SourceLines.of(after, replace(DEFAULTS, least_enlarged=1.3)).is_enlarged


def test_grids_are_told_in_pixels_of_the_pictures_given() -> None:
    after = nearest(noise(40, 32), 60, 80)
    grid = StillGrid(CellLines(8.0, 4.0, 4), CellLines(8.0, 2.0, 3), (40, 32))
    assert SourceLines.of(after, DEFAULTS).enlarged(grid) == StillGrid(
        CellLines(12.0, 6.0, 4), CellLines(20.0, 5.0, 3), (60, 80)
    )
