"""Tracks taken apart into inks."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_boxes import BLUE, GREEN, GREY, RED, SAMPLES, floats
from numpy.testing import assert_allclose, assert_array_equal
from two_halves import halved_tracks

from dsrl_agent.back_end.compositor.canvas import Canvas
from dsrl_agent.config.scenes import CoverageThresholds, PartsThresholds
from dsrl_agent.perception.things.evidence.inks import Inked, inks_of
from dsrl_agent.perception.things.evidence.tracks import Tracks
from dsrl_agent.types import Floats32

CANVAS = Canvas((12, 12), SAMPLES)


def _inked(tracks: Tracks, noise: float = 0.0) -> Inked:
    return inks_of(tracks, noise, CoverageThresholds(), PartsThresholds())


def _row(pixels: Floats32) -> Tracks:
    """Return one track of 3 equal rows of pixels `[N, 3]` on a grey floor."""
    seen = np.repeat(pixels[None, None], 3, axis=1)
    grounds = np.full_like(seen, GREY)
    none = np.zeros(1, np.bool_)
    weights = np.ones(seen.shape[:3], np.float32)
    return Tracks(seen - grounds, grounds, weights, np.ones(1, np.int64), none, False, none)


def test_a_box_of_two_halves_has_two_inks_and_is_covered_as_a_whole() -> None:
    inked = _inked(halved_tracks(CANVAS, (6, 4), [(RED, GREEN), (BLUE, BLUE)]))
    assert_array_equal(inked.counts, [2, 1])
    assert_allclose(inked.inks[0, :2], [RED, GREEN], atol=1e-5)
    assert_allclose(inked.inks[1, 0], BLUE, atol=1e-5)
    assert_array_equal(inked.pictures.sum(axis=(2, 3)).round(3), [[12, 12, 0], [24, 0, 0]])
    whole = np.zeros((12, 12))
    whole[3:9, 4:8] = 1
    assert_allclose(inked.covered.pictures, [whole, whole], atol=1e-4)


def test_mixtures_lie_between_inks_and_the_floor() -> None:
    red, green, grey = floats(RED), floats(GREEN), floats([GREY] * 3)
    rim, within = 0.25 * red + 0.75 * grey, 0.4 * red + 0.6 * green
    corner = 0.3 * red + 0.2 * green + 0.5 * grey
    tracks = _row(floats([grey, rim, red, red, within, green, green, corner]))
    tracks.contrasts[0, ::2, -1] = 0  # colours of 3 pixels are inks
    inked = _inked(tracks)
    covers = inked.pictures[0, :, 1]
    order = [0, 1] if np.allclose(inked.inks[0, 0], RED, atol=1e-4) else [1, 0]
    assert_allclose(covers[order[0]], [0, 0.25, 1, 1, 0.4, 0, 0, 0.3], atol=1e-3)
    assert_allclose(covers[order[1]], [0, 0, 0, 0, 0.6, 1, 1, 0.2], atol=1e-3)
    assert not covers[2].any()


def test_a_rim_of_half_covered_pixels_is_no_ink() -> None:
    # 9 pixels half covered, 6 wholly: the inner colour explains both.
    red, grey = floats(RED), floats([GREY] * 3)
    half = (red + grey) / 2
    inked = _inked(_row(floats([half, half, half, red, red, grey])))
    assert_array_equal(inked.counts, [1])
    assert_allclose(inked.inks[0, 0], RED, atol=1e-4)
    assert_allclose(inked.pictures[0, 0, 0], [0.5, 0.5, 0.5, 1, 1, 0], atol=1e-4)


@pytest.mark.parametrize("noise", [0.02, 0.05])
def test_noise_makes_no_inks(noise: float) -> None:
    tracks = halved_tracks(CANVAS, (6, 4), [(RED, GREEN)] * 20)
    rng = np.random.default_rng(0)
    noisy = tracks.contrasts + rng.normal(0, noise, tracks.contrasts.shape).astype(np.float32)
    inked = _inked(tracks._replace(contrasts=noisy), noise)
    assert_array_equal(inked.counts, 2)
    assert_allclose(
        inked.covered.variances, noise**2 / np.square(inked.inks[:, 0] - GREY).sum(1), rtol=1e-5
    )


def test_pixels_without_weight_have_no_ink() -> None:
    tracks = halved_tracks(CANVAS, (6, 4), [(RED, GREEN)])
    tracks.weights[:, :, 6:] = 0  # the right half
    inked = _inked(tracks)
    assert_array_equal(inked.counts, [1])
    assert inked.covered.pictures.sum() == pytest.approx(12, abs=1e-3)


def test_a_track_of_nothing_has_no_ink() -> None:
    inked = _inked(_row(np.full((6, 3), GREY, np.float32)))
    assert_array_equal(inked.counts, [0])
    assert not inked.covered.pictures.any()
