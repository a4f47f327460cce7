"""Reuse large arrays that nothing else refers to."""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

_KEPT = 3  # a loop holds the last observation while the next is made; one more is spare


class Buffers:
    """Hands out arrays `uint8` of one shape, and reuses an array that nothing else refers to.

    Providing the memory of a new large array takes longer than filling it. An array counts as free
    when this object has the only reference to it. Views, tensors that share its memory and lists
    that hold it count as references.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._shape = shape
        self._arrays: list[NDArray[np.uint8]] = [np.empty(shape, np.uint8)]
        # The reference count of a free array, as seen here; it differs between Python versions.
        self._free = next(sys.getrefcount(array) for array in self._arrays)

    def __reduce__(self) -> tuple[type[Buffers], tuple[tuple[int, ...]]]:
        return Buffers, (self._shape,)

    def take(self) -> NDArray[np.uint8]:
        """Return an array that nothing else refers to; its content is arbitrary."""
        for array in self._arrays:
            if sys.getrefcount(array) <= self._free:
                return array
        self._arrays = [*self._arrays[1 - _KEPT :], np.empty(self._shape, np.uint8)]
        return self._arrays[-1]
