"""Arrays that are handed out again once nothing refers to them."""

from __future__ import annotations

import copy

import numpy as np

from shapes_grid.buffers import Buffers


def test_an_array_is_reused_only_when_nothing_refers_to_it() -> None:
    buffers = Buffers((2, 3))
    first = buffers.take()
    assert first.shape == (2, 3)
    assert first.dtype == np.uint8
    address = first.ctypes.data
    assert buffers.take().ctypes.data != address
    view = first[0]
    del first
    assert buffers.take().ctypes.data != address  # a view refers to the array
    del view
    assert buffers.take().ctypes.data == address


def test_a_copy_has_arrays_of_its_own() -> None:
    buffers = Buffers((1,))
    twin = copy.deepcopy(buffers)
    assert not np.shares_memory(buffers.take(), twin.take())
