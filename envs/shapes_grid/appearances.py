"""Encode how objects look, in worlds in which two objects of one shape may differ.

An appearance code is one number for the outline, size, colour and offset of the thing in a cell.
Only objects vary; everything else has the appearance of its kind.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shapes_grid.board import Board
from shapes_grid.shapes import SHAPES
from shapes_grid.spec import WorldSpec

WHITE = (235, 235, 235)
_SIZES = 8  # number of sizes from the smallest to the largest

AppearanceCodes = NDArray[np.int32]


class AppearanceParts(NamedTuple):
    """The parts of appearances, arrays of one shape."""

    outline: NDArray[np.int32]  # index into `spec.kinds`
    size: NDArray[np.int32]  # index into `Appearances.sizes`
    colour: NDArray[np.int32]  # index into `Appearances.colours`
    down: NDArray[np.int32]  # pixels below the cell's centre
    right: NDArray[np.int32]  # pixels to the right of the cell's centre


class Appearances:
    """The appearances that objects of a spec may have."""

    def __init__(self, spec: WorldSpec) -> None:
        low, high = spec.sizes
        drawn = np.linspace(low, high, _SIZES) if high > low else np.array([low])
        own = [WHITE if spec.colours == "white" else SHAPES[kind].colour for kind in spec.kinds]
        self.sizes: NDArray[np.float64] = np.array([1.0, *drawn])  # the first is the usual one
        # `[N, 3]`: each kind's own colour, then the palette's
        self.colours: NDArray[np.uint8] = np.array([*own, *spec.palette], np.uint8)
        self._spec = spec
        self._varies = np.array([spec.is_object(kind) for kind in spec.kinds])
        self._outlines = np.flatnonzero(self._varies).astype(np.int32)
        side = 2 * spec.jitter + 1
        kinds = max(1, len(spec.kinds))  # a world may hold nothing
        self._radices = (kinds, len(self.sizes), len(self.colours), side, side)
        self.count = int(np.prod(self._radices))  # codes run from 1 to this; 0 is an empty cell

    def draw(self, cells: Board, rng: np.random.Generator) -> AppearanceCodes:
        """Draw an appearance for every cell `[rows, cols]`; 0 for empty cells."""
        spec, kinds = self._spec, len(self._spec.kinds)
        codes = np.zeros(cells.shape, np.int32)
        where = np.nonzero(cells)
        own = cells[where].astype(np.int32) - 1
        count, zero = len(own), np.zeros_like(own)
        plain = drawn = AppearanceParts(outline=own, size=zero, colour=own, down=zero, right=zero)
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
        codes[where] = self._pack(AppearanceParts(*parts))
        return codes

    def of_kinds(self, cells: NDArray[np.int32]) -> AppearanceCodes:
        """Return the usual appearances of kinds; `cells` are `1 + kind`, 0 for empty."""
        own = np.maximum(cells - 1, 0)
        zero = np.zeros_like(own)
        usual = AppearanceParts(outline=own, size=zero, colour=own, down=zero, right=zero)
        return np.where(cells > 0, self._pack(usual), 0)

    def parts(self, codes: AppearanceCodes) -> AppearanceParts:
        """Unpack the appearance codes of cells that are not empty."""
        jitter = self._spec.jitter
        values = [part.astype(np.int32) for part in np.unravel_index(codes - 1, self._radices)]
        drawn = AppearanceParts(*values)
        return drawn._replace(down=drawn.down - jitter, right=drawn.right - jitter)

    def _pack(self, parts: AppearanceParts) -> AppearanceCodes:
        jitter = self._spec.jitter
        index = (*parts[:3], parts.down + jitter, parts.right + jitter)
        return np.asarray(1 + np.ravel_multi_index(index, self._radices), np.int32)
