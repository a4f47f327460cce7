"""Noise and shake: small frames by hand."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_array_equal

from shapes_grid import WorldSpec
from shapes_grid.drawing.camera import Camera, make_camera
from shapes_grid.drawing.canvas import BACKGROUND, Frame

STEPS = np.array([0], np.int64)


def frames_of(spec: WorldSpec) -> Frame:
    frames = np.zeros((1, *spec.frame_shape), np.uint8)
    frames[0, 20, 30] = 200
    return frames


def test_a_world_without_noise_and_shake_has_no_camera() -> None:
    assert make_camera(WorldSpec()) is None
    assert isinstance(make_camera(WorldSpec(noise=0.1)), Camera)
    assert isinstance(make_camera(WorldSpec(shake=1)), Camera)


def test_a_shaken_frame_is_the_frame_shifted_over_the_background() -> None:
    spec = WorldSpec(shake=2)
    frames, shifts = frames_of(spec), set()
    for seed in range(200):
        shaken = Camera(spec).capture(frames, np.array([seed]), STEPS)[0]
        row, col = (int(place) for place in np.argwhere((shaken == 200).all(2))[0])
        shifts.add((row - 20, col - 30))
        down, right = row - 20, col - 30
        if down > 0:
            assert_array_equal(shaken[0, 10], BACKGROUND)
        if right < 0:
            assert_array_equal(shaken[10, -1], BACKGROUND)
    assert shifts == {(down, right) for down in range(-2, 3) for right in range(-2, 3)}


def test_the_seed_and_the_step_determine_the_noise() -> None:
    spec = WorldSpec(noise=0.1)
    camera, frames = Camera(spec), frames_of(spec)
    one = camera.capture(frames, np.array([1]), STEPS)
    assert_array_equal(Camera(spec).capture(frames, np.array([1]), STEPS), one)
    assert (camera.capture(frames, np.array([2]), STEPS) != one).any()
    assert (camera.capture(frames, np.array([1]), STEPS + 1) != one).any()
    assert frames.max() == 200  # the frames themselves stay as they are
    # Noise of standard deviation 25.5, cut at 0: half of the pixels of a black frame stay black.
    assert 0.45 < (one == 0).mean() < 0.55
