"""Split images into cells of 12 x 12 pixels, and join cells to images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsrl_agent.types import CELL_SIDE, Floats32

if TYPE_CHECKING:
    import torch
    from torch import Tensor


def cells_of(images: Floats32) -> Floats32:
    """Return images `[B, C, 12 rows, 12 cols]` as cells `[B, rows, cols, C, 12, 12]`."""
    count, channels, height, width = images.shape
    rows, cols = height // CELL_SIDE, width // CELL_SIDE
    cells = images.reshape(count, channels, rows, CELL_SIDE, cols, CELL_SIDE)
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
    rows, cols = height // CELL_SIDE, width // CELL_SIDE
    split = cells.reshape(count, rows, cols, channels, CELL_SIDE, CELL_SIDE)
    return split.permute(0, 3, 1, 4, 2, 5).reshape(shape)
