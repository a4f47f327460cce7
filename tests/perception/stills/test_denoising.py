"""Noise taken out of pictures of things."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dsrl_agent.perception.stills.denoising import denoised
from dsrl_agent.perception.things.evidence.tracks import Tracks
from dsrl_agent.types import Floats32

NOISE = 0.3


def clean(count: int) -> Floats32:
    """Return contrasts of two shapes in turn, `[T, 10, 10, 3]`."""
    shown = np.zeros((count, 10, 10, 3), np.float32)
    shown[::2, 2:8, 2:8] = (0.6, 0.1, -0.2)
    shown[1::2, 4:6, 1:9] = (-0.1, 0.4, 0.5)
    return shown


def tracks(contrasts: Floats32) -> Tracks:
    count = len(contrasts)
    weights = np.ones(contrasts.shape[:3], np.float32)
    weights[:, 0] = 0  # the uppermost row is seen by no track
    no, ones = np.zeros(count, np.bool_), np.ones(count, int)
    return Tracks(contrasts, np.zeros_like(contrasts), weights, ones, no, reach=False, whole=~no)


def noisy(count: int) -> Tracks:
    chance = np.random.default_rng(0).normal(0, NOISE, (count, 10, 10, 3))
    return tracks((clean(count) + chance).astype(np.float32))


def test_what_pictures_have_in_common_is_kept_and_noise_is_not() -> None:
    found = denoised(noisy(120), NOISE, 0.2)
    left = found.contrasts[:, 1:] - clean(120)[:, 1:]
    # 2 of 120 dimensions keep noise: 2 * (120 + 270 - 2) / (120 * 270) = 0.024 of its variance.
    assert np.square(left).mean() < 0.04 * NOISE**2
    assert set(found.counts.tolist()) == {42}


def test_pixels_that_no_track_shows_stay() -> None:
    before = noisy(120)
    assert_array_equal(denoised(before, NOISE, 0.2).contrasts[:, 0], before.contrasts[:, 0])


@pytest.mark.parametrize("noise", [0.02, 0.0])
def test_clear_pictures_stay_as_they_are(noise: float) -> None:
    before = tracks(clean(20))
    after = denoised(before, noise, 0.2)
    assert_array_equal(after.contrasts, before.contrasts)
    assert_array_equal(after.counts, before.counts)


def test_there_may_be_no_track() -> None:
    assert len(denoised(tracks(clean(0)), NOISE, 0.2).counts) == 0
