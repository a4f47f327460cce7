"""Camera shake taken out of frames whose shaking is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dsrl_agent.config.sights import CameraThresholds
from dsrl_agent.perception.motion.stabilisation import camera_shifts, shifted, stabilise
from dsrl_agent.types import Frame, FrameTransitions, Ints

STEPS = 40


def scene() -> Frame:
    """A dark floor with three unlike blocks, none of them near an edge."""
    frame = np.full((30, 34, 3), 20, np.uint8)
    frame[8:12, 9:14] = (200, 80, 0)
    frame[20:23, 12:20] = (90, 180, 230)
    frame[12:17, 24:27] = 240
    return frame


def episode(camera: Ints, walker: bool = True) -> tuple[FrameTransitions, Frame]:
    """Frames of the scene, in which something walks on, from a camera's places `[N + 1, 2]`."""
    still = np.repeat(scene()[None], len(camera), axis=0)
    for number, frame in enumerate(still):
        if walker:
            frame[25:28, 4 + 7 * (number % 3) : 8 + 7 * (number % 3)] = 255
    taken = np.stack([shifted(f, by) for f, by in zip(still, camera, strict=True)])
    return FrameTransitions(taken[:-1], np.zeros(len(camera) - 1, np.int64), taken[1:]), still


def shaking(seed: int = 0) -> Ints:
    return np.random.default_rng(seed).integers(-1, 2, (STEPS + 1, 2))


def test_camera_shake_is_removed() -> None:
    motion, still = episode(shaking())
    found = stabilise(motion, CameraThresholds())
    assert found.swing == (1, 1)
    assert_array_equal(found.kept, np.arange(STEPS))
    assert_array_equal(found.transitions.before, still[:-1])
    assert_array_equal(found.transitions.after, still[1:])


def test_camera_shake_is_removed_from_large_frames() -> None:
    still = np.repeat(scene().repeat(10, axis=0)[None], 7, axis=0)  # 300 rows, 34 columns
    camera = np.array([(0, 0), (1, -1), (-1, 1), (1, 1), (0, -1), (-1, 0), (1, 1)])
    taken = np.stack([shifted(frame, by) for frame, by in zip(still, camera, strict=True)])
    motion = FrameTransitions(taken[:-1], np.zeros(6, np.int64), taken[1:])
    found = stabilise(motion, CameraThresholds())
    assert found.swing == (1, 1)
    assert_array_equal(found.transitions.before[:, 20:-20], still[:-1, 20:-20])


def test_all_parts_of_a_large_frame_tell_the_shift() -> None:
    # Every second pixel of 140 rows is looked at; those of the first part show nothing.
    frame = np.zeros((140, 140, 3), np.uint8)
    frame[20:120:2, 20:120:2] = np.random.default_rng(0).integers(1, 256, (50, 50, 3))
    camera = np.array([(0, 0), (2, -2), (0, 0), (2, -2)])
    taken = np.stack([shifted(frame, by) for by in camera])
    motion = FrameTransitions(taken[:-1], np.zeros(3, np.int64), taken[1:])
    assert stabilise(motion, CameraThresholds()).swing == (1, 1)


def test_steady_frames_are_returned_unchanged() -> None:
    motion, _ = episode(np.zeros((STEPS + 1, 2), np.int64))
    found = stabilise(motion, CameraThresholds())
    assert found.transitions is motion
    assert found.swing == (0, 0)


def test_noisy_steady_frames_are_not_shifted() -> None:
    motion, _ = episode(np.zeros((STEPS + 1, 2), np.int64))
    rng = np.random.default_rng(0)
    noisy = [
        np.clip(frames + rng.normal(0, 60, frames.shape), 0, 255).astype(np.uint8)
        for frames in (motion.before, motion.after)
    ]
    assert stabilise(
        FrameTransitions(noisy[0], motion.actions, noisy[1]), CameraThresholds()
    ).swing == (0, 0)


def test_an_episode_shorter_than_the_shake_is_left_out() -> None:
    long, _ = episode(shaking())
    short, _ = episode(np.array([[0, 0], [1, 0], [1, 1]]))
    pairs: Any = zip(long, short, strict=True)
    both = FrameTransitions(*(np.concatenate(parts) for parts in pairs))
    assert_array_equal(stabilise(both, CameraThresholds()).kept, np.arange(STEPS))


@pytest.mark.parametrize("by", [(2, -1), (-1, 2), (0, 1), (-2, 0)])
def test_pixels_shifted_in_have_the_background_colour(by: tuple[int, int]) -> None:
    frame = scene()
    frame[0], frame[-1], frame[:, 0], frame[:, -1] = 255, 254, 253, 252
    moved = shifted(frame, np.array(by))
    back = shifted(moved, -np.array(by))
    inner = slice(2, -2)
    assert_array_equal(back[inner, inner], frame[inner, inner])
    rows = slice(0, by[0]) if by[0] > 0 else slice(30 + by[0], 30)
    assert (moved[rows] == 20).all()


def test_an_unshifted_camera_is_tried_first() -> None:
    assert camera_shifts((1, 0)) == [(0, 0), (-1, 0), (1, 0)]
    assert len(camera_shifts((1, 2))) == 15


# Thresholds.


def test_a_camera_shakes_if_more_than_a_share_of_the_sample_is_shifted() -> None:
    # The camera goes to and fro in the first half: 20 of 40 transitions are shifted.
    camera = np.zeros((STEPS + 1, 2), np.int64)
    camera[1:20:2] = 1
    motion, _ = episode(camera)
    for moved, swing in ((0.4, (1, 1)), (0.6, (0, 0))):
        assert stabilise(motion, CameraThresholds(moved=moved, sample=STEPS)).swing == swing


def test_a_sample_of_transitions_tells_whether_the_camera_shakes() -> None:
    camera = np.zeros((STEPS + 1, 2), np.int64)
    camera[1::2] = (0, 1)  # every transition is shifted
    camera[STEPS // 2 :] = 0  # but those of the second half
    motion, _ = episode(camera)
    # A sample of 1 is the first transition alone; one of 40 has half of them shifted.
    assert stabilise(motion, CameraThresholds(sample=1)).swing == (0, 1)
    assert stabilise(motion, CameraThresholds(sample=STEPS)).swing == (0, 0)


def test_shifts_are_searched_as_far_as_reach_says() -> None:
    camera = np.zeros((STEPS + 1, 2), np.int64)
    camera[1::2] = (0, 4)
    motion, still = episode(camera, walker=False)
    found = stabilise(motion, CameraThresholds(reach=4))
    assert found.swing == (0, 2)
    # The rest is the middle of the swing: 2 pixels to the right of the first frame.
    assert_array_equal(found.transitions.before[0], shifted(still[0], np.array([0, 2])))
    nearer = stabilise(motion, CameraThresholds(reach=1))
    assert nearer.swing[1] <= 1
