"""Read and write ASCII boards: a world's contents as lines of text, one letter a cell.

`.` is an empty cell and `+` the agent; `shapes_grid.shapes.SHAPES` has the other letters:

    o.x
    .+.
    x.o

An agent that faces a direction is one of `^ > v <`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shapes_grid.errors import BoardError
from shapes_grid.shapes import AGENT_SHAPE, AGENT_SHAPES, FACING_SHAPES, SHAPES

EMPTY = "."
_SHAPE_OF = {shape.letter: name for name, shape in SHAPES.items()}

Board = NDArray[np.int8]


class Start(NamedTuple):
    """The complete state from which an episode begins or continues."""

    cells: Board  # `int8 [rows, cols]`: 0 for empty, `i + 1` for a thing of kind i
    agent: tuple[int, int] | None  # the agent's (row, column), or `None` in worlds without an agent
    heading: int = 0  # quarter turns to the right from facing up
    keys: int = 0  # number of keys that the agent carries
    steps: int = 0  # number of steps already taken
    seed: int = 0  # seed of all later randomness of the episode
    # `int32 [rows, cols]`: appearance codes, in worlds in which objects of one shape differ (see
    # `shapes_grid.appearances`)
    appearances: NDArray[np.int32] | None = None


def parse(text: str, kinds: Sequence[str]) -> Start:
    """Read a board; blank lines around it and indentation are ignored, and `+` faces up.

    A cell that holds `kinds[i]` becomes `i + 1`; `kinds` are the shapes of the world.

    Raises:
        BoardError: Lines of different lengths, a letter without meaning, a shape that is not among
            `kinds`, or more than one agent.
    """
    lines = [line.strip() for line in text.strip().splitlines()]
    if not lines or not lines[0]:
        raise BoardError("The board is empty; draw at least one cell, such as '+'.")
    cells = np.zeros((len(lines), len(lines[0])), np.int8)
    agent, heading = None, 0
    for row, line in enumerate(lines):
        if len(line) != len(lines[0]):
            raise BoardError(
                f"Line {row} of the board, {line!r}, has {len(line)} cells, but the first line has "
                f"{len(lines[0])}; every line needs the same number."
            )
        for col, letter in enumerate(line):
            if letter == EMPTY:
                continue
            shape = _shape_of(letter, row, col)
            if shape in AGENT_SHAPES:
                if agent is not None:
                    raise BoardError(f"The board has agents at {agent} and {(row, col)}; draw one.")
                agent = (row, col)
                heading = FACING_SHAPES.index(shape) if shape in FACING_SHAPES else 0
            elif shape in kinds:
                cells[row, col] = kinds.index(shape) + 1
            else:
                raise BoardError(
                    f"The {shape} at row {row}, column {col} is not a shape of this world "
                    f"({', '.join(kinds) or 'it has none'}); name it in objects or rewards."
                )
    return Start(cells, agent, heading)


def _shape_of(letter: str, row: int, col: int) -> str:
    shape = _SHAPE_OF.get(letter)
    if shape is None:
        raise BoardError(
            f"{letter!r} at row {row}, column {col} of the board means nothing; known are "
            f"'{EMPTY}' and {', '.join(repr(known) for known in _SHAPE_OF)}."
        )
    return shape


def to_text(
    cells: Board, agent: Sequence[int] | None, kinds: Sequence[str], heading: int | None = None
) -> str:
    """Write a board: the inverse of `parse`. Without a heading the agent is a `+`."""
    letters = [EMPTY, *(SHAPES[kind].letter for kind in kinds)]
    grid = [[letters[cell] for cell in row] for row in cells]
    if agent is not None:
        shape = AGENT_SHAPE if heading is None else FACING_SHAPES[heading]
        grid[int(agent[0])][int(agent[1])] = SHAPES[shape].letter
    return "\n".join("".join(row) for row in grid)
