"""Images of cells: split and joined."""

from __future__ import annotations

import numpy as np
import torch
from numpy.testing import assert_array_equal

from dsrl_agent.back_end.cells import cells_of, join_cells, split_cells


def images() -> torch.Tensor:
    return torch.rand((2, 3, 24, 36), generator=torch.Generator().manual_seed(0))


def test_a_cell_is_its_part_of_the_image() -> None:
    whole = images()
    cells = cells_of(whole.numpy())
    assert cells.shape == (2, 2, 3, 3, 12, 12)
    assert_array_equal(cells[1, 0, 2], whole[1, :, :12, 24:])
    assert_array_equal(cells[0, 1, 0], whole[0, :, 12:, :12])


def test_tensors_are_split_as_arrays_are_and_joined_again() -> None:
    whole = images()
    split = split_cells(whole)
    assert_array_equal(split, np.ascontiguousarray(cells_of(whole.numpy())).reshape(12, 3, 12, 12))
    assert torch.equal(join_cells(split, whole.shape), whole)
