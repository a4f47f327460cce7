"""Isolated ink in still pictures, and the pitch of its middles."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.config.tiling import StillGridThresholds
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.stills.crowded.isolated import (
    isolated_boxes,
    regularity,
    told_apart,
)
from dsrl_agent.types import UNKNOWN, Fact, Frame, Ints

DEFAULTS = StillGridThresholds()


def _drawn(noise: float = 0.0) -> Frame:
    frames = np.full((4, 20, 24, 3), 90, np.uint8)
    frames[0, 3:7, 4:9] = 200
    frames[0, 10:14, 20:24] = 200  # cut off by the frame
    frames[1, 8, 8] = 200  # of one pixel
    frames[2, 8:12, 3:6] = 10
    frames[2, 12:15, 6:9] = 10  # touches by a corner
    own = np.random.default_rng(0).normal(0, noise, frames.shape)
    return np.asarray(np.clip(frames + own, 0, 255), np.uint8)


def test_boxes_are_around_ink_that_touches_nothing() -> None:
    assert isolated_boxes(_drawn(), DEFAULTS).tolist() == [[3, 7, 4, 9], [8, 15, 3, 9]]


def test_noise_is_no_ink() -> None:
    boxes = isolated_boxes(_drawn(noise=20.0), DEFAULTS)
    assert len(boxes) == 2  # a pixel more or less where noise is smoothed
    assert np.abs(boxes - [[3, 7, 4, 9], [8, 15, 3, 9]]).max() <= 1


def test_pictures_without_ink_have_no_boxes() -> None:
    assert isolated_boxes(np.full((5, 8, 8, 3), 60, np.uint8), DEFAULTS).shape == (0, 4)


def _at(middles: list[tuple[int, int]], size: int = 4) -> Ints:
    half = size // 2
    return np.array([(y - half, y + half, x - half, x + half) for y, x in middles])


def test_middles_on_lines_are_regular_along_both_axes() -> None:
    boxes = _at([(10, 10), (20, 10), (30, 40)])
    assert regularity(boxes, 10, DEFAULTS) == pytest.approx(6.0)  # 3 + 3
    # One row in two is half a pitch of 20 away: (1 - 1 + 1) / 3 along rows, 1 / 3 along columns.
    assert regularity(boxes, 20, DEFAULTS) == pytest.approx(3 / 9 + 3 / 9)


def test_ink_larger_than_a_cell_tells_nothing() -> None:
    boxes = _at([(10, 10), (20, 10)], size=8)
    assert regularity(boxes, 5, DEFAULTS) == 0.0  # 8 pixels are more than 1.5 cells of 5
    assert regularity(boxes, 10, DEFAULTS) == pytest.approx(4.0)


def test_things_that_look_the_same_and_have_different_types_are_told_apart() -> None:
    # 2 x 3 cells of 10 pixels. Four squares of 4 pixels, one of them beside a dot; a wider one.
    frame = np.full((20, 30, 3), 90, np.uint8)
    for top, left in ((3, 3), (4, 13), (12, 22), (13, 2)):
        frame[top : top + 4, left : left + 4] = 200
    frame[18:20, 7:9] = frame[3:7, 22:27] = 200  # the dot is cut off by the frame: no box
    grid = Grid((10, 10), (0, 0), (2, 3), (20, 30))
    first, second, third, fourth = Fact(1, 0, 0), Fact(1, 0, 1), Fact(1, 1, 2), Fact(1, 1, 0)
    wider = Fact(2, 0, 2)
    right = (first, second, third, fourth, wider)
    assert told_apart(frame, right, grid, DEFAULTS) == ()
    other = third._replace(type=3)
    wrong = (other, first, second, fourth, wider)
    assert told_apart(frame, wrong, grid, DEFAULTS) == (first, second, fourth, other)
    unknown = (first, second, third._replace(type=UNKNOWN), fourth)
    assert told_apart(frame, unknown, grid, DEFAULTS) == ()
    # Two in one cell of a coarser grid may be a thing of two parts.
    coarse = Grid((20, 20), (0, 0), (1, 1), (20, 30))
    assert told_apart(frame, (Fact(1, 0, 0), Fact(2, 0, 1)), coarse, DEFAULTS) == ()
