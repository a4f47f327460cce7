"""Tracks taken apart into colours and coverage."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_boxes import RED, floats
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.config.scenes import CoverageThresholds
from dsrl_agent.perception.things.evidence.coverage import Covered, coverage_of
from dsrl_agent.perception.things.evidence.tracks import Tracks
from dsrl_agent.types import Floats32

GROUND = floats([0.2, 0.3, 0.4])
THRESHOLDS = CoverageThresholds()


def _tracks(covers: Floats32, colour: Floats32, weights: Floats32 | None = None) -> Tracks:
    """Return tracks of things `[T, 12, 12]` of one colour, of 1, 2, 3... frames."""
    count = len(covers)
    grounds = np.broadcast_to(GROUND, (*covers.shape, 3)).astype(np.float32)
    contrasts = covers[..., None] * (colour - grounds)
    shown = np.ones(covers.shape, np.float32) if weights is None else weights
    counts = np.arange(1, count + 1)
    none = np.zeros(count, np.bool_)
    return Tracks(contrasts, grounds, shown, counts, agent=none, reach=False, whole=none)


def _block(top: int, left: int, height: int, width: int) -> Floats32:
    cover = np.zeros((12, 12), np.float32)
    cover[top : top + height, left : left + width] = 1
    return cover


def _covered(covers: Floats32, weights: Floats32 | None = None) -> Covered:
    return coverage_of(_tracks(covers, floats(RED), weights), 0.1, THRESHOLDS)


@pytest.mark.parametrize("colour", [RED, (0.0, 0.0, 0.0), (0.3, 0.35, 0.5)])
def test_coverage_is_how_far_a_pixel_went_to_the_colour(
    colour: tuple[float, float, float],
) -> None:
    cover = _block(4, 4, 4, 4)
    cover[3, 4:8] = 0.5
    cover[8, 4:8] = 0.25
    covered = coverage_of(_tracks(cover[None], floats(colour)), 0.0, THRESHOLDS)
    assert_allclose(covered.colours, [colour], atol=1e-5)
    assert_allclose(covered.pictures, [cover], atol=1e-4)


def test_noise_of_coverage_falls_with_frames_and_with_contrast() -> None:
    covers = np.stack([_block(4, 4, 4, 4)] * 2)
    away = float(np.square(floats(RED) - GROUND).sum())
    assert_allclose(_covered(covers).variances, [0.01 / away, 0.01 / 2 / away], rtol=1e-5)


def test_pixels_without_weight_are_no_part_of_a_thing() -> None:
    weights = np.zeros((1, 12, 12), np.float32)
    weights[:, 2:10, 2:10] = 1
    cover = np.maximum(_block(4, 4, 4, 4), _block(0, 0, 12, 1))
    covered = _covered(cover[None], weights)
    assert_allclose(covered.pictures, [_block(4, 4, 4, 4)], atol=1e-5)


def test_coverage_spills_little_in_noise() -> None:
    tracks = _tracks(_block(4, 4, 4, 4)[None], floats(RED))
    noise = np.random.default_rng(0).normal(0, 0.3, tracks.contrasts.shape).astype(np.float32)
    covered = coverage_of(tracks._replace(contrasts=tracks.contrasts + noise), 0.3, THRESHOLDS)
    assert covered.pictures.min() == pytest.approx(-0.2)
    assert covered.pictures.max() == pytest.approx(1.2)


@pytest.mark.parametrize(
    ("block", "middle"),
    [
        ((4, 4, 4, 4), (0, 0)),
        ((5, 2, 4, 4), (1, -2)),
        ((4, 4, 5, 4), (0, 0)),  # half a pixel further down
        ((3, 0, 3, 10), (-2, -1)),
    ],
)
def test_the_middle_is_that_of_the_bounding_box(
    block: tuple[int, int, int, int], middle: tuple[int, int]
) -> None:
    assert_array_equal(_covered(_block(*block)[None]).middles, [middle])


def test_the_middle_of_a_part_is_that_of_whole_things() -> None:
    covers = np.stack([_block(5, 3, 4, 4)] * 3 + [_block(5, 3, 4, 1)])
    weights = np.ones((4, 12, 12), np.float32)
    weights[3, :, 4:] = 0
    assert_array_equal(_covered(covers, weights).middles, [[1, -1]] * 4)


def test_an_empty_picture_has_its_middle_in_the_middle() -> None:
    assert_array_equal(_covered(np.zeros((1, 12, 12), np.float32)).middles, [[0, 0]])
