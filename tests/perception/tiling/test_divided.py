"""Grids that divide frames into cells of no whole number of pixels."""

from __future__ import annotations

import numpy as np
import pytest
from tile_worlds import resized, walk

from dsrl_agent.config.tiling import DividedThresholds, TilingThresholds
from dsrl_agent.perception.grid import DividedGrid, Grid
from dsrl_agent.perception.tiling.divided import bits_per_pixel, find_divided
from dsrl_agent.perception.tiling.tiling import find_tiling
from dsrl_agent.types import Frame


@pytest.fixture(scope="module")
def frames() -> Frame:
    return walk(steps=60).footage.frames


@pytest.mark.parametrize("size", [(80, 100), (84, 84), (62, 77)])
@pytest.mark.parametrize("lit", [False, True])
def test_resized_frames_are_divided_by_their_cells(size: tuple[int, int], lit: bool) -> None:
    shown = resized(walk(light=lit, steps=60).footage.frames, size)
    found = find_divided(shown, 4, DividedThresholds())
    assert found is not None
    assert found.grid == DividedGrid.of((6, 6), size)
    assert found.bits < found.bits_alone


def test_whole_pixels_come_first(frames: Frame) -> None:
    tiling = find_tiling(frames, TilingThresholds())
    assert tiling.grid is not None
    assert type(tiling.grid) is not DividedGrid
    tiling = find_tiling(resized(frames, (80, 100)), TilingThresholds())
    assert tiling.grid == DividedGrid.of((6, 6), (80, 100))
    assert not tiling.complaint
    assert tiling.share < 1 < tiling.sharpness


def test_noise_and_even_frames_have_no_such_grid() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (20, 50, 60, 3), dtype=np.uint8)
    assert find_divided(noise, 4, DividedThresholds()) is None
    assert find_divided(np.zeros((3, 50, 60, 3), np.uint8), 4, DividedThresholds()) is None
    assert find_divided(np.zeros((1, 3, 3, 3), np.uint8), 4, DividedThresholds()) is None


def test_bits_of_a_pixel_tell_right_cells_from_wrong_ones(frames: Frame) -> None:
    shown = resized(frames, (84, 84))
    wrong = Grid((12, 12), (1, 1), (6, 6), (84, 84))
    right = DividedGrid.of((6, 6), (84, 84))
    settings = DividedThresholds()
    assert bits_per_pixel(shown, right, settings) < bits_per_pixel(shown, wrong, settings)
