"""How objects look in worlds in which two of one shape may differ, packed into one number each.

A look says the outline, size, colour and offset of what stands in a cell. Everything but objects
always has the look of its kind.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shapes_grid.board import Board
from shapes_grid.shapes import SHAPES
from shapes_grid.spec import WorldSpec

WHITE = (235, 235, 235)
_SIZES = 8  # different sizes between the smallest and the largest

Ints = NDArray[np.int32]


class Parts(NamedTuple):
    """The parts of looks, arrays of one shape.

    Attributes:
        outline: Index into `spec.kinds`.
        size: Index into `Looks.sizes`.
        colour: Index into `Looks.colours`.
        down: Pixels below the cell's centre.
        right: Pixels to its right.
    """

    outline: Ints
    size: Ints
    colour: Ints
    down: Ints
    right: Ints


class Looks:
    """What objects of a spec may look like.

    Attributes:
        count: How many looks there are; they count from 1.
        sizes: The sizes that occur; the first is the usual one, 1.
        colours: `uint8 [N, 3]`: each kind's own colour, then the palette's.
    """

    def __init__(self, spec: WorldSpec) -> None:
        low, high = spec.sizes
        drawn = np.linspace(low, high, _SIZES) if high > low else np.array([low])
        own = [WHITE if spec.colours == "white" else SHAPES[kind].colour for kind in spec.kinds]
        self.sizes: NDArray[np.float64] = np.array([1.0, *drawn])
        self.colours: NDArray[np.uint8] = np.array([*own, *spec.palette], np.uint8)
        self._spec = spec
        self._varies = np.array([spec.is_object(kind) for kind in spec.kinds])
        self._outlines = np.flatnonzero(self._varies).astype(np.int32)
        side = 2 * spec.jitter + 1
        kinds = max(1, len(spec.kinds))  # a world may hold nothing
        self._radices = (kinds, len(self.sizes), len(self.colours), side, side)
        self.count = int(np.prod(self._radices))

    def draw(self, cells: Board, rng: np.random.Generator) -> Ints:
        """Draw a look for every cell `[rows, cols]`; 0 where it is empty."""
        spec, kinds = self._spec, len(self._spec.kinds)
        looks = np.zeros(cells.shape, np.int32)
        where = np.nonzero(cells)
        own = cells[where].astype(np.int32) - 1
        count, zero = len(own), np.zeros_like(own)
        plain = drawn = Parts(own, zero, own, zero, zero)
        if spec.outlines == "random" and len(self._outlines):
            outline = self._outlines[rng.integers(len(self._outlines), size=count)]
            drawn = drawn._replace(outline=outline)
        if spec.colours == "random":
            colour = kinds + rng.integers(len(spec.palette), size=count, dtype=np.int32)
            drawn = drawn._replace(colour=colour)
        if spec.sizes != (1.0, 1.0):
            size = 1 + rng.integers(len(self.sizes) - 1, size=count, dtype=np.int32)
            drawn = drawn._replace(size=size)
        if spec.jitter:
            down, right = rng.integers(-spec.jitter, spec.jitter + 1, (2, count), np.int32)
            drawn = drawn._replace(down=down, right=right)
        varies = self._varies[own]
        parts = (np.where(varies, a, b) for a, b in zip(drawn, plain, strict=True))
        looks[where] = self._pack(Parts(*parts))
        return looks

    def of_kinds(self, codes: Ints) -> Ints:
        """Return the looks of kinds drawn as themselves; codes are `1 + kind`."""
        own = np.maximum(codes - 1, 0)
        zero = np.zeros_like(own)
        return np.where(codes > 0, self._pack(Parts(own, zero, own, zero, zero)), 0)

    def parts(self, looks: Ints) -> Parts:
        """Unpack looks of cells that are not empty."""
        jitter = self._spec.jitter
        values = [part.astype(np.int32) for part in np.unravel_index(looks - 1, self._radices)]
        return Parts(values[0], values[1], values[2], values[3] - jitter, values[4] - jitter)

    def _pack(self, parts: Parts) -> Ints:
        jitter = self._spec.jitter
        index = (*parts[:3], parts.down + jitter, parts.right + jitter)
        return np.asarray(1 + np.ravel_multi_index(index, self._radices), np.int32)
