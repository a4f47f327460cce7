"""Lines of pixels that are sums of fewer lines."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dsrl_agent.config.tiling import StillGridThresholds
from dsrl_agent.perception.stills.scales.interpolated import FILTERS, InterpolatedLines
from dsrl_agent.types import Frame

DEFAULTS = StillGridThresholds()


def lines(levels: list[float]) -> Frame:
    return np.asarray(np.rint(levels), np.uint8)[:, None, None, None].repeat(3, axis=3)


def test_the_weights_of_filters() -> None:
    away = np.array([0.0, 0.5, 1.0, 1.5])
    assert_allclose(FILTERS["bilinear"][0](away), [1.0, 0.5, 0.0, 0.0])
    assert_allclose(FILTERS["bicubic"][0](away), [1.0, 0.5625, 0.0, -0.0625])
    assert_allclose(FILTERS["bicubic, sharper"][0](away), [1.0, 0.59375, 0.0, -0.09375])
    # sinc(x) sinc(x / 3): at 0.5, 2 / pi times 3 / pi; at 1.5, -2 / (3 pi) times 2 / pi.
    lanczos = [1.0, 6 / np.pi**2, 0.0, -4 / (3 * np.pi**2)]
    assert_allclose(FILTERS["lanczos"][0](away), lanczos, atol=1e-12)


def test_lines_between_two_levels_are_halves_and_quarters() -> None:
    # Twice as large, pixel 2i + 1 lies a quarter of the way from line i to the next one.
    before = [0.0, 200.0, 200.0, 40.0, 40.0, 40.0, 120.0, 120.0]
    after = [before[0]]
    for one, other in pairwise(before):
        after += [0.75 * one + 0.25 * other, 0.25 * one + 0.75 * other]
    after.append(before[-1])
    found = InterpolatedLines.searched(lines(after), DEFAULTS)
    assert found == InterpolatedLines(16, 8, "bilinear")
    restored = found.restored(lines(after).reshape(16, 3))
    assert_allclose(restored, np.array(before)[:, None].repeat(3, axis=1), atol=0.01)


def test_what_was_cut_off_above_white_is_not_taken_for_white() -> None:
    # Bicubic lines overshoot beside an edge: 255 + 255 / 16 at half a pixel, which shows 255.
    own = InterpolatedLines(64, 32, "bicubic")
    before = np.where(np.arange(32) % 10 < 5, 255.0, 0.0)[:, None]
    sums = own._sums(slice(None)).weights @ before
    assert sums.max() > 260
    assert sums.min() < -5
    after = np.rint(sums.clip(0, 255)).astype(np.uint8)
    assert own.misfit(after) < DEFAULTS.interpolated < own.misfit(after, cuts=1)
    assert_allclose(own.restored(after), before, atol=5.0)


def test_edges_at_the_same_place_in_each_cell_are_no_sums() -> None:
    # 17 lines for 18 leave one equation a cell, which such edges solve by chance.
    levels = np.full(54, 40.0)
    for begin in (3, 21, 39):
        levels[begin : begin + 12] = 200.0
    after = lines(levels.tolist())
    assert InterpolatedLines(54, 51, "bilinear").misfit(after.reshape(54, 3)) < 3.0
    assert InterpolatedLines.searched(after, replace(DEFAULTS, interpolated=3.0)) is None


def test_large_pictures_are_searched_by_a_part_of_them() -> None:
    rng = np.random.default_rng(0)
    before = rng.integers(60, 200, (200, 4)).astype(np.float64)
    own = InterpolatedLines(300, 200, "lanczos")
    sums = own._sums(slice(None)).weights @ before
    after = np.rint(sums.clip(0, 255)).astype(np.uint8)[:, None, :, None].repeat(3, axis=3)
    few = replace(DEFAULTS, interpolated_lines=64, interpolated_columns=2)
    assert InterpolatedLines.searched(after, few) == own


@pytest.mark.parametrize(
    "changed",
    [
        replace(DEFAULTS, interpolated=0.01),
        replace(DEFAULTS, least_interpolated=2.1),
        replace(DEFAULTS, most_interpolated=1.9),
        replace(DEFAULTS, interpolated_roughly=0.01),
        replace(DEFAULTS, interpolated_sample=0.01),
    ],
)
def test_the_settings_are_used(changed: StillGridThresholds) -> None:
    rng = np.random.default_rng(0)
    own = InterpolatedLines(40, 20, "bicubic")
    sums = own._sums(slice(None)).weights @ rng.integers(0, 256, (20, 6))
    after = np.rint(sums.clip(0, 255)).astype(np.uint8).reshape(40, 1, 2, 3)
    assert InterpolatedLines.searched(after, DEFAULTS) == own
    assert InterpolatedLines.searched(after, changed) is None
