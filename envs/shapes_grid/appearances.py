"""Encode how objects look, in worlds in which two objects of one shape may differ.

An appearance code is one number for the outline, size, colours and offset of the thing in a cell.
Only objects vary; everything else has the appearance of its kind.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shapes_grid.board import Board
from shapes_grid.errors import SpecError
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
    second: NDArray[np.int32]  # index into `spec.palette` of the second part's colour, if any
    third: NDArray[np.int32]  # index into `spec.palette` of the third part's colour, if any


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
        more = [len(spec.palette) if spec.parts > part else 1 for part in (1, 2)]
        self._radices = (kinds, len(self.sizes), len(self.colours), side, side, *more)
        self.count = math.prod(self._radices)  # codes run from 1 to this; 0 is an empty cell
        if self.count > np.iinfo(np.int32).max:
            rule = f"such that objects have at most 2**31 - 1 appearances, but have {self.count}"
            raise SpecError("palette", spec.palette, rule)
        more_colours = [_more_colours(kind, spec) for kind in spec.kinds]
        self._more = np.array(more_colours, np.int32).reshape(-1, 2)  # `[kinds, 2]`: usual ones

    def draw(self, cells: Board, rng: np.random.Generator) -> AppearanceCodes:
        """Draw an appearance for every cell `[rows, cols]`; 0 for empty cells."""
        spec, kinds = self._spec, len(self._spec.kinds)
        codes = np.zeros(cells.shape, np.int32)
        where = np.nonzero(cells)
        own = cells[where].astype(np.int32) - 1
        count = len(own)
        plain = drawn = self._usual(own)
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
        if spec.colours == "random" and spec.parts > 1:
            drawn = drawn._replace(**self._draw_more(drawn.colour - kinds, rng))
        varies = self._varies[own]
        parts = (np.where(varies, a, b) for a, b in zip(drawn, plain, strict=True))
        codes[where] = self._pack(AppearanceParts(*parts))
        return codes

    def of_kinds(self, cells: NDArray[np.int32]) -> AppearanceCodes:
        """Return the usual appearances of kinds; `cells` are `1 + kind`, 0 for empty."""
        usual = self._usual(np.maximum(cells - 1, 0))
        return np.where(cells > 0, self._pack(usual), 0)

    def recoloured(self, code: int, colour: int) -> int:
        """Return the appearance code of an object whose first part has a colour of the palette."""
        parts = self.parts(np.array([code], np.int32))
        own = len(self.colours) - len(self._spec.palette)
        return int(self._pack(parts._replace(colour=np.array([own + colour], np.int32)))[0])

    def parts(self, codes: AppearanceCodes) -> AppearanceParts:
        """Unpack the appearance codes of cells that are not empty."""
        jitter = self._spec.jitter
        digits = np.unravel_index(codes - 1, self._radices[: 5 + 2 * (self._spec.parts > 1)])
        values = [part.astype(np.int32) for part in digits]
        none = [np.zeros_like(values[0])] * (7 - len(values))
        drawn = AppearanceParts(*values, *none)
        return drawn._replace(down=drawn.down - jitter, right=drawn.right - jitter)

    def colours_of(self, parts: AppearanceParts) -> NDArray[np.uint8]:
        """Return the colours of the parts of each object, `[..., spec.parts, 3]`."""
        if self._spec.parts == 1:  # most worlds, in which this is called in every step
            return self.colours[parts.colour][..., None, :]
        own = len(self.colours) - len(self._spec.palette)
        every = np.stack([parts.colour, own + parts.second, own + parts.third], -1)
        return self.colours[every[..., : self._spec.parts]]

    def usual_colours(self, kind: str) -> NDArray[np.uint8]:
        """Return the colours of the parts of a thing of a kind, `[spec.parts_of(kind), 3]`."""
        own = np.array(self._spec.kinds.index(kind), np.int32)
        return self.colours_of(self._usual(own))[: self._spec.parts_of(kind)]

    def _usual(self, own: NDArray[np.int32]) -> AppearanceParts:
        """Return the usual appearances of kinds, given as indices into `spec.kinds`."""
        zero = np.zeros_like(own)
        second, third = (self._more[own, part] if len(self._more) else zero for part in (0, 1))
        return AppearanceParts(own, zero, own, zero, zero, second, third)

    def _draw_more(
        self, first: NDArray[np.int32], rng: np.random.Generator
    ) -> dict[str, NDArray[np.int32]]:
        """Draw the second and third part's colours of the palette, no two of an object alike."""
        colours, parts = len(self._spec.palette), self._spec.parts
        second = 1 + rng.integers(colours - 1, size=len(first), dtype=np.int32)
        drawn = {"second": (first + second) % colours}
        if parts > 2:
            third = 1 + rng.integers(colours - 2, size=len(first), dtype=np.int32)
            drawn["third"] = (first + third + (third >= second)) % colours
        return {name: part.astype(np.int32) for name, part in drawn.items()}

    def _pack(self, parts: AppearanceParts) -> AppearanceCodes:
        jitter = self._spec.jitter
        moved = parts._replace(down=parts.down + jitter, right=parts.right + jitter)
        return np.asarray(1 + np.ravel_multi_index(moved, self._radices), np.int32)


def _more_colours(kind: str, spec: WorldSpec) -> tuple[int, int]:
    """Return the palette's indices of the usual colours of a kind's second and third part.

    They follow from the shape's place in `SHAPES`, so they are the same in every world of a
    palette. No two parts of a thing have the same colour.
    """
    if spec.parts_of(kind) == 1:
        return 0, 0
    first = list(SHAPES).index(kind)
    turned = [(first + step) % len(spec.palette) for step in range(len(spec.palette))]
    found: dict[tuple[int, int, int], int] = {}
    for index in turned:
        if spec.palette[index] != SHAPES[kind].colour:
            found.setdefault(spec.palette[index], index)
    second, third = [*found.values(), 0][:2]
    return second, third if spec.parts > 2 else 0
