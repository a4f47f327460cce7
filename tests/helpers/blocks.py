"""Coloured blocks off the grid: their templates, and frames put together by hand."""

from __future__ import annotations

import numpy as np

from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.off_grid.matching_pursuit import Background, MatchingPursuit
from dsrl_agent.types import Floats32, Frame

GRID = Grid((7, 7), (2, 3), (3, 4), (25, 33))
FLOOR = 51  # a fifth of the range


def block(side: int, colour: tuple[int, int, int]) -> Floats32:
    """A block in the middle of a window of a cell's size, as contrast with the floor."""
    window = np.zeros((7, 7, 3), np.float32)
    start = (7 - side) // 2
    window[start : start + side, start : start + side] = (np.array(colour) - FLOOR) / 255
    return window


BIG, SMALL = block(5, (255, 51, 51)), block(3, (51, 255, 51))
BACKGROUND = Background(GRID, np.full((7, 7, 3), FLOOR / 255, np.float32))
PURSUIT = MatchingPursuit(BACKGROUND, np.stack([BIG, SMALL]))


def frame(*put: tuple[int, int, int]) -> Frame:
    """A frame with templates (number, top, left of its window), later ones over earlier ones."""
    picture = np.full((25, 33, 3), FLOOR / 255, np.float32)
    for number, top, left in put:
        window = picture[top : top + 7, left : left + 7]
        own = PURSUIT.templates[number][: window.shape[0], : window.shape[1]]
        window[:] = np.where(own.any(axis=2, keepdims=True), FLOOR / 255 + own, window)
    return np.rint(picture * 255).astype(np.uint8)
