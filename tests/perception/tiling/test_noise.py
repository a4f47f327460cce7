from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsrl_agent.config.tiling import NoiseThresholds
from dsrl_agent.perception.tiling.hashing import colour_codes
from dsrl_agent.perception.tiling.noise import _levels, denoised, nearly_whole_factor, noise_of
from dsrl_agent.types import Frame

SETTINGS = NoiseThresholds()


def scene(count: int = 60) -> Frame:
    """Draw stripes of three colours on which a square moves."""
    frames = np.zeros((count, 24, 24, 3), np.uint8)
    frames[:] = (120, 130, 140)
    frames[:, :, ::3] = (150, 160, 170)
    for index, frame in enumerate(frames):
        left = index * 5 % 20
        frame[4:8, left : left + 4] = (40, 200, 90)
    return frames


def noisy(frames: Frame, sigma: float) -> Frame:
    noise = np.random.default_rng(7).normal(0, sigma, frames.shape)
    return np.clip(np.rint(frames + noise), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("sigma", [1.0, 2.0, 5.0, 20.0])
def test_noise_is_measured(sigma: float) -> None:
    assert noise_of(noisy(scene(), sigma), SETTINGS) == pytest.approx(sigma, rel=0.25, abs=0.3)


def test_noise_of_clipped_colours_is_measured_over_time() -> None:
    frames = np.zeros((60, 24, 24, 3), np.uint8)
    frames[:, 12:] = 255
    assert noise_of(noisy(frames, 8.0), SETTINGS) == pytest.approx(8.0, rel=0.3)


def test_frames_that_move_without_noise_have_none() -> None:
    assert noise_of(scene(), SETTINGS) == 0.0
    assert noise_of(noisy(scene(3), 5.0), SETTINGS) == 0.0  # too few to tell


@settings(max_examples=8, deadline=None, derandomize=True)
@given(st.sampled_from([1.0, 2.0, 4.0]))
def test_equal_colours_get_equal_numbers_again(sigma: float) -> None:
    clean = colour_codes(scene())
    codes = denoised(noisy(scene(), sigma), sigma, SETTINGS)
    pairs = np.stack([clean.ravel(), codes.ravel()])
    distinct, times = np.unique(pairs, axis=1, return_counts=True)
    assert len(np.unique(distinct[1][times > 5])) == len(np.unique(clean)) == 3
    assert times[times > 5].sum() >= clean.size - 5


def test_a_few_wrong_colours_leave_the_blocks() -> None:
    codes = np.kron(np.arange(30).reshape(1, 5, 6), np.ones((4, 4), np.int64)).astype(np.uint32)
    assert nearly_whole_factor(codes, SETTINGS) == 4
    codes[0, 1, 1] = 99
    # Four changes of 284 within blocks are 1.4 %.
    assert nearly_whole_factor(codes, SETTINGS) == 4
    codes[0, 5, 5] = codes[0, 9, 9] = 99
    assert nearly_whole_factor(codes, SETTINGS) == 1


def test_values_of_a_pixel_within_the_noise_are_one_level_of_it() -> None:
    # 100 and 102 are within 5 standard deviations of 1, and the rest is not; one pixel has levels
    # of its own, and the other one only.
    values = np.array([[100, 9], [140, 9], [102, 9], [138, 11], [101, 10]], np.uint8)
    frames = np.repeat(values[:, None, :, None], 3, axis=3)  # [5, 1, 2, 3]
    levels = _levels(frames, 1.0, NoiseThresholds())
    assert levels.number.tolist() == [[0, 0], [1, 0], [0, 0], [1, 0], [0, 0]]
    assert levels.frames[:3].tolist() == [[3, 5], [2, 0], [0, 0]]
    assert levels.means[:2, :, 0].tolist() == pytest.approx(np.array([[101, 9.6], [139, 0]]))
