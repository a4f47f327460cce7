"""Isolated objects and their displacement, on frames put together by hand."""

from __future__ import annotations

import numpy as np
import pytest
from blocks import BACKGROUND, BIG, GRID, SMALL, frame
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.config.sights import OffGridThresholds
from dsrl_agent.perception.off_grid.blobs import displacement_of, find_blobs
from dsrl_agent.types import Frame

DEFAULTS = OffGridThresholds()


def test_blobs_are_isolated_and_no_larger_than_a_cell() -> None:
    lone = frame((0, 4, 2), (1, 9, 20))
    touching = frame((0, 4, 2), (0, 4, 7))
    blobs = find_blobs(np.stack([lone, touching]), BACKGROUND, DEFAULTS)
    assert_array_equal(blobs.corners, [[4, 2], [9, 20]])
    assert_allclose(blobs.windows, np.stack([BIG, SMALL]), atol=1 / 255)


@pytest.mark.parametrize(("offsets", "middle", "spread"), [((1, 1), 1, 0), ((-1, 1), 0, 1)])
def test_offsets_of_blobs_from_the_grid_worked_by_hand(
    offsets: tuple[int, int], middle: float, spread: float
) -> None:
    frames = np.stack([frame((0, 9 + offset, 10)) for offset in offsets])
    found = displacement_of(find_blobs(frames, BACKGROUND, DEFAULTS), GRID)
    assert_allclose(found.middle, [middle, 0], atol=1e-6)
    assert_allclose(found.spread, [spread, 0], atol=1e-6)


def test_blobs_are_found_under_noise() -> None:
    clean = np.stack([frame((0, 4, 2), (1, 9, 20))] * 8)
    noise = np.random.default_rng(0).normal(0, 0.15 * 255, clean.shape)
    noisy = np.rint((clean + noise).clip(0, 255)).astype(np.uint8)
    blobs = find_blobs(noisy, BACKGROUND, DEFAULTS)
    found = [tuple(corner) for corner in blobs.corners.tolist()]
    # Both, to a pixel, in every frame; and nothing else.
    for top, left in ((4, 2), (9, 20)):
        assert sum(abs(t - top) <= 1 and abs(w - left) <= 1 for t, w in found) == 8
    assert len(found) == 16


def corners(thresholds: OffGridThresholds, *frames: Frame) -> list[list[int]]:
    found: list[list[int]] = find_blobs(np.stack(frames), BACKGROUND, thresholds).corners.tolist()
    return found


@pytest.mark.parametrize(("ink", "found"), [(0.2, 2), (0.3, 1)])
def test_ink_is_a_share_of_the_largest_contrast(ink: float, found: int) -> None:
    # A block of a quarter of the contrast of the other one: 51 levels above the floor against 204.
    faint = frame((0, 4, 2))
    faint[15:20, 20:25, 0] = 51 + 51
    assert len(corners(OffGridThresholds(ink=ink), faint)) == found


@pytest.mark.parametrize(("least_size", "found"), [(0.4, [[9, 20]]), (0.5, [])])
def test_blobs_are_at_least_a_share_of_a_cell(least_size: float, found: list[list[int]]) -> None:
    # Blocks of 3 pixels in cells of 7: 0.43 of a cell.
    assert corners(OffGridThresholds(least_size=least_size), frame((1, 9, 20))) == found


def test_contrast_is_blurred_only_beyond_noise_and_by_the_width_of_blur() -> None:
    # Every pixel differs by 3 levels, 0.012 of the range: no noise by default.
    seen = frame((0, 4, 2)) - np.uint8(3)
    sharp = find_blobs(seen[None], BACKGROUND, DEFAULTS)
    assert_array_equal(sharp.corners, [[4, 2]])
    # Blurred over 9 pixels the block of 5 is larger than a cell of 7 and is left out.
    assert corners(OffGridThresholds(noise=0.01, blur=9), seen) == []
    assert corners(OffGridThresholds(noise=0.02, blur=9), seen) == [[4, 2]]
