"""Boards that have something else beside them in the frame."""

from __future__ import annotations

import numpy as np
import pytest
from plain_worlds import SIDE, boards

from dsrl_agent.config.tiling import BoardThresholds, TilingThresholds
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.tiling.board import board_of, without_bands
from dsrl_agent.perception.tiling.tiling import find_tiling
from dsrl_agent.types import Frame

BAND = 14  # pixels of a score: no whole number of cells


def with_band(side: str) -> Frame:
    """Return frames of 7 x 8 cells beside which a band shows other pixels each time."""
    frames = boards("ok")[0].after[::3]
    axis = 1 if side in ("top", "bottom") else 2
    size = list(frames.shape)
    size[axis] = BAND
    score = np.random.default_rng(0).integers(256, size=size, dtype=np.uint8)
    score[np.random.default_rng(1).random(score.shape[:3]) < 0.5] = 0
    parts = [score, frames] if side in ("top", "left") else [frames, score]
    return np.concatenate(parts, axis=axis)


@pytest.mark.parametrize(
    ("side", "origin"),
    [("top", (BAND, 0)), ("bottom", (0, 0)), ("left", (0, BAND)), ("right", (0, 0))],
)
def test_the_grid_is_that_of_the_board_beside_a_score(side: str, origin: tuple[int, int]) -> None:
    frames = with_band(side)
    found = find_tiling(frames, TilingThresholds()).grid
    assert found == Grid((SIDE, SIDE), origin, (7, 8), frames.shape[1:3])


def test_a_band_is_left_out_along_each_side() -> None:
    parts = list(without_bands((40, 80), BoardThresholds(band=0.25)))
    whole = slice(0, 40), slice(0, 80)
    assert parts == [
        (slice(10, 40), whole[1]), (slice(0, 30), whole[1]),
        (whole[0], slice(20, 80)), (whole[0], slice(0, 60)),
    ]  # fmt: skip


def test_a_board_goes_as_far_as_its_tiles() -> None:
    # Cells of one pixel: 1 and 2 are tiles of the middle; the uppermost row shows something else.
    picture = np.array([[7, 8, 9], [1, 2, 1], [2, 1, 2], [1, 1, 2]], np.uint8)
    frames = np.repeat(picture[None, ..., None], 3, axis=3)
    middle = Grid((1, 1), (2, 0), (1, 3), (4, 3))
    assert board_of(frames, middle, BoardThresholds()) == Grid((1, 1), (1, 0), (3, 3), (4, 3))
    frames[:, 0] = 1
    assert board_of(frames, middle, BoardThresholds()) is None  # it goes to the frame's edges
