"""Edit the state of a running episode: remove, put, move and recolour things.

Edits change nothing by themselves. Each returns options for `env.reset`, with which the episode
goes on from the edited state:

    env.reset(options=env.unwrapped.editor().remove(2, 3))
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from shapes_grid.appearances import Appearances
from shapes_grid.checks import require_int
from shapes_grid.drawing.canvas import Frame
from shapes_grid.drawing.legend import picture_of
from shapes_grid.errors import SpecError
from shapes_grid.shapes import PRESSED
from shapes_grid.spec import WorldSpec

Truth = dict[str, Any]
Cell = tuple[int, int]
"""Row and column."""


class CellGeometry(NamedTuple):
    """Where the cells are in an observation, in pixels."""

    top: int
    left: int
    side: int  # of a cell
    rows: int
    cols: int


class Editor:
    """Edits an episode's state; `truth` is what `info["truth"]` says of it.

    Attributes:
        geometry: Where the cells are in an observation.
        kinds: The shapes that `put` takes.
        colours: The colours (red, green, blue) that `recolour` takes by index; none in worlds in
            which the shape decides the colour.
    """

    def __init__(self, spec: WorldSpec, truth: Truth) -> None:
        self._spec, self._truth = spec, truth
        self._appearances = Appearances(spec) if spec.is_varied else None
        top, _, _, left = spec.border
        self.geometry = CellGeometry(top, left, spec.cell, spec.rows, spec.cols)
        self.kinds = tuple(kind for kind in spec.kinds if kind != PRESSED)
        self.colours = tuple(spec.palette) if spec.colours == "random" else ()

    def picture(self, kind: str) -> Frame:
        """Return a picture of a shape in its usual look, `uint8 [h, w, 3]`."""
        return picture_of(kind, self._spec)

    def state(self) -> Truth:
        """Return the options for a reset with which the episode goes on as it is."""
        copied = {
            name: value.copy() if isinstance(value, np.ndarray) else value
            for name, value in self._truth.items()
        }
        return {"truth": copied}

    def remove(self, row: int, col: int) -> Truth:
        """Take the thing in a cell away.

        Raises:
            SpecError: There is nothing to take away in the cell.
        """
        self._require_thing((row, col))
        options = self.state()
        self._write(options["truth"], (row, col), 0, 0)
        return options

    def put(self, kind: str, row: int, col: int) -> Truth:
        """Put a thing of a shape into a cell, in place of what is there.

        In worlds in which things of one shape differ, it looks as another one of its shape does.

        Raises:
            SpecError: There is no such shape, or the agent stands in the cell.
        """
        if kind not in self.kinds:
            raise SpecError("kind", kind, f"one of {', '.join(self.kinds)}")
        self._require_free_of_agent((row, col))
        options, code = self.state(), self._spec.kinds.index(kind) + 1
        self._write(options["truth"], (row, col), code, self._look_of(code))
        return options

    def move(self, row: int, col: int, to_row: int, to_col: int) -> Truth:
        """Move the thing in a cell, or the agent, to another cell; what is there is taken away.

        Raises:
            SpecError: There is nothing in the cell, or the agent stands in the other one.
        """
        options, target = self.state(), self._require_cell((to_row, to_col))
        truth = options["truth"]
        if self._require_cell((row, col)) == truth["agent"]:
            if truth["cells"][target]:
                raise SpecError("to_row, to_col", target, "an empty cell, as the agent goes there")
            truth["agent"] = target
            return options
        self._require_thing((row, col))
        if target != (row, col):
            self._require_free_of_agent(target)
            look = 0 if self._appearances is None else int(truth["looks"][row, col])
            self._write(truth, target, int(truth["cells"][row, col]), look)
            self._write(truth, (row, col), 0, 0)
        return options

    def recolour(self, row: int, col: int, colour: int) -> Truth:
        """Give the object in a cell another colour, by its index in `colours`.

        Raises:
            SpecError: There is no object in the cell, or the world has no such colour.
        """
        require_int("colour", colour, 0)
        if colour >= len(self.colours) or self._appearances is None:
            raise SpecError("colour", colour, f"an index into the {len(self.colours)} colours")
        self._require_thing((row, col))
        options = self.state()
        truth = options["truth"]
        if not self._spec.is_object(self._spec.kinds[truth["cells"][row, col] - 1]):
            raise SpecError(
                "row, col", (row, col), "a cell with an object: other things keep theirs"
            )
        code = self._appearances.recoloured(int(truth["looks"][row, col]), colour)
        truth["looks"][row, col] = code
        return options

    def _write(self, truth: Truth, cell: Cell, code: int, look: int) -> None:
        truth["cells"][cell] = code
        if self._appearances is not None:
            truth["looks"][cell] = look

    def _look_of(self, code: int) -> int:
        """Return the look of a thing of a kind: that of the first there is, or the usual one."""
        if self._appearances is None:
            return 0
        looks = self._truth["looks"][self._truth["cells"] == code]
        if len(looks):
            return int(looks[0])
        return int(self._appearances.of_kinds(np.array([code], np.int32))[0])

    def _require_cell(self, cell: Cell) -> Cell:
        row, col = (require_int(name, of, 0) for name, of in zip(("row", "col"), cell, strict=True))
        if row >= self._spec.rows or col >= self._spec.cols:
            raise SpecError("row, col", cell, f"within {self._spec.rows} x {self._spec.cols} cells")
        return row, col

    def _require_thing(self, cell: Cell) -> None:
        if not self._truth["cells"][self._require_cell(cell)]:
            agent = ", not the agent" if cell == self._truth["agent"] else ""
            raise SpecError("row, col", cell, f"a cell that holds a thing{agent}")

    def _require_free_of_agent(self, cell: Cell) -> None:
        if self._require_cell(cell) == self._truth["agent"]:
            raise SpecError("row, col", cell, "a cell where the agent does not stand")
