"""A shaken picture held still, on frames whose shaking is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dsrl_agent.perception.motion.stabilisation import poses, shifted, steadied
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
    found = steadied(motion)
    assert found.swing == (1, 1)
    assert_array_equal(found.kept, np.arange(STEPS))
    assert_array_equal(found.motion.before, still[:-1])
    assert_array_equal(found.motion.after, still[1:])


def test_steady_frames_are_returned_unchanged() -> None:
    motion, _ = episode(np.zeros((STEPS + 1, 2), np.int64))
    found = steadied(motion)
    assert found.motion is motion
    assert found.swing == (0, 0)


def test_noisy_steady_frames_are_not_shifted() -> None:
    motion, _ = episode(np.zeros((STEPS + 1, 2), np.int64))
    rng = np.random.default_rng(0)
    noisy = [
        np.clip(frames + rng.normal(0, 60, frames.shape), 0, 255).astype(np.uint8)
        for frames in (motion.before, motion.after)
    ]
    assert steadied(FrameTransitions(noisy[0], motion.actions, noisy[1])).swing == (0, 0)


def test_an_episode_shorter_than_the_shake_is_left_out() -> None:
    long, _ = episode(shaking())
    short, _ = episode(np.array([[0, 0], [1, 0], [1, 1]]))
    pairs: Any = zip(long, short, strict=True)
    both = FrameTransitions(*(np.concatenate(parts) for parts in pairs))
    assert_array_equal(steadied(both).kept, np.arange(STEPS))


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
    assert poses((1, 0)) == [(0, 0), (-1, 0), (1, 0)]
    assert len(poses((1, 2))) == 15
