"""Whole factors for large frames, with their grids intact."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.config import DoorThresholds
from dsrl_agent.runtime.door.reduction import reduction_of
from dsrl_agent.types import Frame

SETTINGS = DoorThresholds()


def boards(
    pitch: int, shape: tuple[int, int], seed: int, *, corner: tuple[int, int] = (0, 0)
) -> Frame:
    """Return 12 frames of random boards of three smoothly drawn kinds of cells."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:pitch, :pitch] / pitch - 0.5
    disc = np.clip((0.4 - np.hypot(y, x)) * pitch + 0.5, 0, 1)
    bar = np.clip((0.25 - np.abs(x + y)) * pitch + 0.5, 0, 1) * (np.abs(y) < 0.45)
    kinds = np.stack([np.full((pitch, pitch), 0.1), 0.1 + 0.8 * disc, 0.1 + 0.5 * bar])
    drawn = kinds[rng.choice(3, (12, *shape), p=[0.6, 0.2, 0.2])]
    frames = drawn.swapaxes(2, 3).reshape(12, shape[0] * pitch, shape[1] * pitch)
    frames = np.pad(frames, ((0, 0), (corner[0], 0), (corner[1], 0)))
    colours: Frame = np.rint(frames[..., None] * [255, 200, 100]).astype(np.uint8)
    return colours


@pytest.mark.parametrize("pitch", [24, 32])
@pytest.mark.parametrize("corner", [(0, 0), (5, 11)])
def test_smooth_cells_keep_8_pixels_and_squares_never_straddle_them(
    pitch: int, corner: tuple[int, int]
) -> None:
    found = reduction_of(boards(pitch, (7, 9), 3, corner=corner), SETTINGS)
    assert found.factor == pitch // 8
    assert found.corner == (corner[0] % found.factor, corner[1] % found.factor)
    assert found.sign == f"a grid of cells of {pitch} x {pitch} pixels"


def test_art_of_large_pixels_is_brought_down_to_its_own() -> None:
    rng = np.random.default_rng(0)
    art = rng.integers(0, 256, (4, 50, 60, 3), np.uint8)
    large = art.repeat(4, axis=1).repeat(4, axis=2)
    found = reduction_of(large, SETTINGS)
    assert (found.factor, found.corner) == (4, (0, 0))
    shifted = reduction_of(large[:, 3:, 1:], SETTINGS)
    assert (shifted.factor, shifted.corner) == (4, (1, 3))


def test_cells_of_one_colour_keep_8_pixels() -> None:
    rng = np.random.default_rng(0)
    board = rng.integers(0, 3, (4, 10, 10, 1)).astype(np.uint8) * np.uint8(100)
    large = board.repeat(32, axis=1).repeat(32, axis=2).repeat(3, axis=3)
    assert reduction_of(large, SETTINGS).factor == 4


def test_frames_without_a_grid_are_halved_until_they_are_small_enough() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (3, 400, 700, 3), np.uint8)
    assert reduction_of(noise, SETTINGS)[:2] == (4, (0, 0))
    assert reduction_of(noise[:, :200, :200], SETTINGS)[:2] == (1, (0, 0))


def test_cells_that_would_look_alike_are_not_brought_down_as_far() -> None:
    stripes = np.zeros((2, 32, 32, 3), np.uint8)
    stripes[0, :, ::4], stripes[0, :, 1::4] = 240, 240
    stripes[1, :, 2::4], stripes[1, :, 3::4] = 240, 240  # equal means over 4 pixels
    rng = np.random.default_rng(1)
    cells = np.concatenate([stripes, boards(32, (1, 1), 0)[:1]])
    frames = cells[rng.integers(0, 3, (12, 6, 7))].swapaxes(2, 3).reshape(12, 192, 224, 3)
    assert reduction_of(frames, SETTINGS).factor <= 2
