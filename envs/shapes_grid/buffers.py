"""Arrays to hand out that nobody else holds."""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray

_KEPT = 3  # a loop holds the last observation while the next is made; one to spare


class Buffers:
    """Hands out arrays `uint8` of one shape, and takes one back once nobody refers to it.

    Large arrays are new memory each time they are made, and the machine takes longer to provide it
    than to fill it. An array counts as free when this object's is the only reference to it: a view
    of it, a tensor that shares it or a list it stands in each refer to it too.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._shape = shape
        self._arrays: list[NDArray[np.uint8]] = [np.empty(shape, np.uint8)]
        # How many references the count itself sees in an array that is free differs by version.
        self._free = next(sys.getrefcount(array) for array in self._arrays)

    def __reduce__(self) -> tuple[type[Buffers], tuple[tuple[int, ...]]]:
        return Buffers, (self._shape,)

    def take(self) -> NDArray[np.uint8]:
        """Return an array that nobody else refers to; its content is arbitrary."""
        for array in self._arrays:
            if sys.getrefcount(array) <= self._free:
                return array
        self._arrays = [*self._arrays[1 - _KEPT :], np.empty(self._shape, np.uint8)]
        return self._arrays[-1]
