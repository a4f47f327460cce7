"""Pictures that were enlarged, along one axis or both."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from dsrl_agent.config.tiling import StillGridThresholds
from dsrl_agent.perception.stills.grid_from_contrast import StillGrid
from dsrl_agent.perception.stills.lines import CellLines
from dsrl_agent.perception.stills.scales.source import SourcePixels
from dsrl_agent.types import Frame

DEFAULTS = StillGridThresholds()


def noise(height: int, width: int) -> Frame:
    rng = np.random.default_rng(0)
    return np.asarray(rng.integers(0, 256, (1, height, width, 3)), np.uint8)


def resized(frames: Frame, height: int, width: int, way: Image.Resampling) -> Frame:
    return np.asarray(Image.fromarray(frames[0]).resize((width, height), way))[None]


def nearest(frames: Frame, height: int, width: int) -> Frame:
    return resized(frames, height, width, Image.Resampling.NEAREST)


def board(height: int, width: int) -> Frame:
    """Draw some rectangles of several colours on a floor."""
    rng = np.random.default_rng(1)
    frame = np.full((1, height, width, 3), (30, 60, 90), np.uint8)
    for top, left in ((3, 5), (17, 20), (30, 8), (12, 33), (35, 30)):
        frame[0, top : top + 7, left : left + 5] = rng.integers(0, 256, 3)
    return frame


@pytest.mark.parametrize(
    ("down", "right"), [(1.25, 1.25), (1.4, 1.4), (2.0, 1.5), (2.5, 3.0), (1.0, 1.5)]
)
def test_enlarged_pictures_are_shown_as_they_were(down: float, right: float) -> None:
    before = noise(60, 52)
    after = nearest(before, round(60 * down), round(52 * right))
    source = SourcePixels.of(after, DEFAULTS)
    assert source.is_enlarged
    assert_array_equal(source.restored(after), before)


def test_programs_differ_in_where_the_first_pixel_lies() -> None:
    before = noise(60, 60)
    # Rows 0, 0, 1, 2, 2, 3, ...: a pixel shows the line at its upper edge, not at its middle.
    numbers = np.arange(90) * 2 // 3
    after = before[:, numbers][:, :, numbers]
    assert_array_equal(SourcePixels.of(after, DEFAULTS).restored(after), before)


def test_pictures_that_show_each_line_once_stay_as_they_are() -> None:
    source = SourcePixels.of(noise(30, 40), DEFAULTS)
    assert not source.is_enlarged
    assert source.size == source.frame == (30, 40)
    assert_array_equal(source.restored(noise(30, 40)), noise(30, 40))
    plain = np.full((1, 30, 40, 3), 9, np.uint8)
    assert not SourcePixels.of(plain, DEFAULTS).is_enlarged
    # The edges of one square lie at multiples of 4, as they might by chance: of 16 lines that are
    # not plain beside a plain one, 2 change, and 12 would be shown again: 12 log(1 - 2/17) = -1.5.
    plain[0, 8:24, 12:28] = 200
    assert not SourcePixels.of(plain, DEFAULTS).is_enlarged


def test_what_one_axis_tells_makes_less_enough_along_the_other() -> None:
    # Columns change at 3 of 11 places only, which tells little alone.
    before = noise(40, 1).repeat(12, axis=2)
    before[0, ::2, 4:6], before[0, ::3, 8:] = 7, 30
    after = nearest(before, 60, 18)
    assert SourcePixels.of(after, DEFAULTS).restored(after).shape == (1, 40, 12, 3)
    across = np.swapaxes(after, 1, 2)
    assert SourcePixels.of(across, DEFAULTS).restored(across).shape == (1, 12, 40, 3)
    alone = nearest(before, 40, 18)
    assert not SourcePixels.of(alone, DEFAULTS).is_enlarged


@pytest.mark.parametrize("kind", ["BILINEAR", "BICUBIC", "LANCZOS"])
@pytest.mark.parametrize(("down", "right"), [(1.25, 1.25), (1.1, 2.0), (3.0, 1.0), (1.0, 1.5)])
def test_smoothly_enlarged_pictures_are_as_they_were(kind: str, down: float, right: float) -> None:
    before = board(50, 44)
    after = resized(before, round(50 * down), round(44 * right), Image.Resampling[kind])
    source = SourcePixels.of(after, DEFAULTS)
    assert source.size == (50, 44)
    # What overshot beyond black and white is not known again to the level.
    wrong = np.abs(source.restored(after).astype(int) - before)
    assert wrong.max() <= 12
    assert wrong.mean() < 0.2


def test_noise_that_was_enlarged_too_is_undone_in_the_order_of_programs() -> None:
    # Overshoots of the columns were cut off before rows were enlarged, which hides them there.
    before = np.minimum(noise(40, 36), 60)
    after = resized(before, 80, 54, Image.Resampling.BICUBIC)
    source = SourcePixels.of(after, DEFAULTS)
    assert source.size == (40, 36)
    assert np.abs(source.restored(after).astype(int) - before).mean() < 1.0


def test_pictures_of_a_known_size_are_given_back() -> None:
    before = board(50, 44)
    for way in (Image.Resampling.NEAREST, Image.Resampling.BICUBIC):
        after = resized(before, 75, 66, way)
        source = SourcePixels.of_size(after, (50, 44), DEFAULTS)
        assert source is not None
        assert_allclose(source.restored(after).astype(int), before.astype(int), atol=5)
        assert SourcePixels.of_size(after, (49, 44), DEFAULTS) is None
        assert SourcePixels.of_size(after, (50, 43), DEFAULTS) is None
    assert SourcePixels.of_size(before, (60, 44), DEFAULTS) is None


def test_the_settings_are_used() -> None:
    after = nearest(noise(40, 32), 50, 40)
    assert not SourcePixels.of(after, replace(DEFAULTS, enlarged=1e3)).is_enlarged
    assert not SourcePixels.of(after, replace(DEFAULTS, least_enlarged=1.3)).is_enlarged


def test_grids_are_told_in_pixels_of_the_pictures_given() -> None:
    after = nearest(noise(40, 32), 60, 80)
    grid = StillGrid(CellLines(8.0, 4.0, 4), CellLines(8.0, 2.0, 3), (40, 32))
    assert SourcePixels.of(after, DEFAULTS).enlarged(grid) == StillGrid(
        CellLines(12.0, 6.0, 4), CellLines(20.0, 5.0, 3), (60, 80)
    )
