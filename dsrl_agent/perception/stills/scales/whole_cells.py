"""Resample pictures such that their cells have a whole number of pixels."""

from __future__ import annotations

import numpy as np

from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.stills.grid_from_contrast import StillGrid
from dsrl_agent.perception.stills.lines import CellLines
from dsrl_agent.types import Floats32, Frame

_CUT = 0.5  # pixels


def whole_cells(frames: Frame, grid: StillGrid, side: int) -> tuple[Frame, Grid]:
    """Return frames `[N, H, W, C]` whose cells are `side` pixels high and wide, and their grid.

    Each new pixel is the mean of the old ones that it covers, and none covers two cells. What does
    not fill a new pixel at the frame's edges is left out.
    """
    weights, origin = [], []
    for lines, size in zip((grid.rows, grid.columns), grid.frame, strict=True):
        own, start = _weights(lines, size, side)
        weights.append(own)
        origin.append(start)
    down, across = weights
    tall = np.tensordot(frames.astype(np.float32), down, axes=(1, 1))  # [N, W, C, H']
    small = np.tensordot(tall, across, axes=(1, 1))  # [N, C, H', W']
    pictures = np.rint(small.transpose(0, 2, 3, 1)).astype(np.uint8)
    shape = (grid.rows.cells, grid.columns.cells)
    top, left = origin
    return pictures, Grid((side, side), (top, left), shape, (len(down), len(across)))


def _weights(lines: CellLines, size: int, side: int) -> tuple[Floats32, int]:
    """Return the weights `[new, old]` of old pixels, and the first new pixel of the first cell."""
    step = lines.pitch / side
    # A cell that the frame cuts off by less than half a pixel is one: pictures have whole sizes.
    before, after = (
        max(int(np.floor(room / step)), side * int(np.floor((room + _CUT) / lines.pitch)), 0)
        for room in (lines.origin, size - lines.origin)
    )
    count = before + max(side * lines.cells, after)
    edges = (lines.origin + step * (np.arange(count + 1) - before)).clip(0.0, size)
    pixels = np.arange(size)
    overlap = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    overlap = overlap.clip(0.0, None)
    # A cell may stick out of the frame by a fraction of a pixel: it goes on there as at the edge.
    beyond = overlap.sum(axis=1) == 0.0
    nearest = np.floor(edges[:-1][beyond]).astype(np.int64).clip(0, size - 1)
    overlap[beyond, nearest] = 1.0
    return np.asarray(overlap / overlap.sum(axis=1, keepdims=True), np.float32), before
