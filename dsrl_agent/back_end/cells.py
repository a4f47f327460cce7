"""Split images into cells of 12 x 12 pixels, and join cells to images."""

from __future__ import annotations

import torch
from torch import Tensor

from dsrl_agent.types import CELL_SIDE, Floats32


def cells_of(images: Floats32) -> Floats32:
    """Return images `[B, C, 12 rows, 12 cols]` as cells `[B, rows, cols, C, 12, 12]`."""
    count, channels, height, width = images.shape
    cells = images.reshape(
        count, channels, height // CELL_SIDE, CELL_SIDE, width // CELL_SIDE, CELL_SIDE
    )
    return cells.transpose(0, 2, 4, 1, 3, 5)


def split_cells(images: Tensor) -> Tensor:
    """Return images `[B, C, 12 rows, 12 cols]` as cells `[B rows cols, C, 12, 12]`."""
    count, channels, height, width = images.shape
    rows, cols = height // CELL_SIDE, width // CELL_SIDE
    split = images.reshape(count, channels, rows, CELL_SIDE, cols, CELL_SIDE)
    return split.permute(0, 2, 4, 1, 3, 5).flatten(0, 2)


def join_cells(cells: Tensor, shape: torch.Size) -> Tensor:
    """Return the images of shape `[B, C, 12 rows, 12 cols]` that `split_cells` split."""
    count, channels, height, width = shape
    split = cells.reshape(
        count, height // CELL_SIDE, width // CELL_SIDE, channels, *cells.shape[2:]
    )
    return split.permute(0, 3, 1, 4, 2, 5).reshape(shape)
