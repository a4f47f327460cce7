"""ASCII boards: a world's contents written as lines of text, one letter a cell.

`.` is an empty cell, `+` the agent and the other letters stand in `shapes_grid.shapes.SHAPES`:

    o.x
    .+.
    x.o
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shapes_grid.errors import BoardError
from shapes_grid.shapes import AGENT_SHAPE, SHAPES

EMPTY = "."
_SHAPE_OF = {shape.letter: name for name, shape in SHAPES.items()}

Board = NDArray[np.int8]


def parse(text: str, kinds: Sequence[str]) -> tuple[Board, tuple[int, int] | None]:
    """Read a board.

    Args:
        text: The board; blank lines around it and indentation are ignored.
        kinds: The shapes of the world: a cell holding `kinds[i]` becomes `i + 1`.

    Returns:
        The cells, `int8 [rows, cols]` with 0 for empty, and the agent's (row, column) or `None`.

    Raises:
        BoardError: Lines of different lengths, a letter without meaning, a shape that is not among
            `kinds`, or more than one agent.
    """
    lines = [line.strip() for line in text.strip().splitlines()]
    if not lines or not lines[0]:
        raise BoardError("The board is empty; draw at least one cell, such as '+'.")
    cells = np.zeros((len(lines), len(lines[0])), np.int8)
    agent: tuple[int, int] | None = None
    for row, line in enumerate(lines):
        if len(line) != len(lines[0]):
            raise BoardError(
                f"Line {row} of the board, {line!r}, has {len(line)} cells, but the first line has "
                f"{len(lines[0])}; every line needs the same number."
            )
        for col, letter in enumerate(line):
            if letter == EMPTY:
                continue
            shape = _SHAPE_OF.get(letter)
            if shape is None:
                raise BoardError(
                    f"{letter!r} at row {row}, column {col} of the board means nothing; known are "
                    f"'{EMPTY}' and {', '.join(repr(known) for known in _SHAPE_OF)}."
                )
            if shape == AGENT_SHAPE:
                if agent is not None:
                    raise BoardError(f"The board has agents at {agent} and {(row, col)}; draw one.")
                agent = (row, col)
            elif shape in kinds:
                cells[row, col] = kinds.index(shape) + 1
            else:
                raise BoardError(
                    f"The {shape} at row {row}, column {col} is not a shape of this world "
                    f"({', '.join(kinds) or 'it has none'}); name it in objects or rewards."
                )
    return cells, agent


def to_text(cells: Board, agent: Sequence[int] | None, kinds: Sequence[str]) -> str:
    """Write a board: the inverse of `parse`."""
    letters = [EMPTY, *(SHAPES[kind].letter for kind in kinds)]
    grid = [[letters[cell] for cell in row] for row in cells]
    if agent is not None:
        grid[int(agent[0])][int(agent[1])] = SHAPES[AGENT_SHAPE].letter
    return "\n".join("".join(row) for row in grid)
