"""The ink of one thing, told from that of the things around it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dsrl_agent.back_end.compositor.windows import Windows
from dsrl_agent.config.things import StandingThresholds
from dsrl_agent.perception.things.evidence.ink import cut_off, shown_alone
from dsrl_agent.types import Floats32

WINDOWS = Windows((6, 6), (3, 3), (1, 1), (12, 12), 3)  # its windows are 12 x 12 pixels
Box = tuple[int, int, int, int]  # top, left, height, width


def _weights(*boxes: Box, noise: float = 0.0, frames: int = 1) -> Floats32:
    """Return which pixels of one window with boxes of ink count."""
    rng, spread = np.random.default_rng(0), noise / frames**0.5
    contrasts = rng.normal(0, spread, (1, 12, 12, 3)).astype(np.float32)
    for top, left, height, width in boxes:
        contrasts[0, top : top + height, left : left + width] += np.float32(0.5)
    deviations = np.array([spread])
    return np.asarray(shown_alone(contrasts, deviations, WINDOWS, StandingThresholds())[0])


def test_a_thing_in_an_empty_window_is_shown_by_all_pixels() -> None:
    assert_array_equal(_weights((4, 4, 4, 4)), 1)


def test_others_ink_and_the_pixels_around_do_not_count() -> None:
    weights = _weights((4, 4, 4, 4), (4, 10, 4, 2))
    expected = np.ones((12, 12))
    expected[3:9, 9:12] = 0
    assert_array_equal(weights, expected)


@pytest.mark.parametrize(
    "boxes",
    [
        ((4, 4, 4, 4), (4, 8, 4, 4)),  # two that touch, one of them at the edge
        ((4, 4, 4, 4), (8, 8, 4, 4)),  # they touch by a corner
        ((0, 4, 8, 4),),  # it may go on beyond
        ((3, 3, 2, 2), (7, 7, 2, 2)),  # two in one place
        ((4, 9, 4, 2),),  # it stands in the next place
        (),
    ],
)
def test_no_pixel_counts_if_there_is_not_one_whole_thing(boxes: tuple[Box, ...]) -> None:
    assert_array_equal(_weights(*boxes), 0)


def test_a_thing_off_the_middle_is_whole() -> None:
    assert_array_equal(_weights((1, 1, 5, 5)), 1)


def test_others_close_by_leave_the_thing_its_own_pixels() -> None:
    weights = _weights((4, 4, 4, 4), (4, 9, 4, 3))
    assert (weights[4:8, 4:8] == 1).all()
    assert (weights[4:8, 8:] == 0).all()


def test_noise_is_no_ink() -> None:
    # 0.1 in 16 frames; with ink of 0.04, five deviations of noise smoothed are 0.11.
    assert_array_equal(_weights((4, 4, 4, 4), noise=0.1, frames=16), 1)


def test_things_weaker_than_noise_are_not_seen() -> None:
    assert_array_equal(_weights((4, 4, 4, 4), noise=0.5), 0)


@pytest.mark.parametrize(
    ("box", "cut"),
    [
        ((4, 4, 4, 4), False),
        ((4, 4, 6, 4), True),  # ends at the edge, as if it went on
        ((4, 4, 5, 4), False),  # one pixel before it
        ((8, 9, 2, 2), False),  # touches the edge, but stands in another place
    ],
)
def test_a_thing_at_the_frames_edge_may_be_cut_off(box: Box, cut: bool) -> None:
    top, left, height, width = box
    contrasts = np.zeros((1, 12, 12, 3), np.float32)
    contrasts[0, top : top + height, left : left + width] = np.float32(0.5)
    inside = np.ones((1, 12, 12), np.float32)
    inside[0, 10:] = 0  # the frame ends below row 9
    settings, none = StandingThresholds(), np.zeros(1)
    assert cut_off(contrasts, none, inside, WINDOWS, settings).tolist() == [cut]
    assert not cut_off(contrasts, none, np.ones_like(inside), WINDOWS, settings).any()


def test_of_no_windows_nothing_is_shown() -> None:
    standing = StandingThresholds()
    shown = shown_alone(np.zeros((0, 9, 9, 3), np.float32), np.zeros(0), WINDOWS, standing)
    assert shown.shape == (0, 9, 9)
