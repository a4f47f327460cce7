"""Draw boards of letters on a floor of one colour, and walk or slide on them at random.

`#` is a wall, `@` the agent, `o` a coin and `k` a key. All but the wall are discs, of other
colours and sizes, as in many a world that somebody wrote in an afternoon.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dsrl_agent.perception.grid import Grid
from dsrl_agent.types import Floats, Frame, FrameTransitions

SIDE = 8
"""Height and width of a cell in pixels."""

STEPS = ((-1, 0), (0, 1), (1, 0), (0, -1))
FLOOR = (20.0, 20.0, 30.0)
_DISCS = {"@": (3.5, (240.0, 240.0, 80.0)), "o": (3.0, (250.0, 120.0, 60.0))}
_DISCS["k"] = 2.5, (80.0, 120.0, 250.0)


def tile(letter: str) -> Floats:
    """Return the tile `[8, 8, 3]` of a letter."""
    painted = np.full((SIDE, SIDE, 3), FLOOR)
    if letter == "#":
        painted[:] = 90.0
        painted[SIDE // 2] = 60.0
    if letter in _DISCS:
        radius, colour = _DISCS[letter]
        y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
        painted[y**2 + x**2 <= radius**2] = colour
    return painted


def draw(board: Sequence[Sequence[str]]) -> Frame:
    """Return the frame of a board."""
    rows = [np.concatenate([tile(letter) for letter in line], axis=1) for line in board]
    return np.concatenate(rows).astype(np.uint8)


def grid_of(shape: tuple[int, int]) -> Grid:
    """Return the grid of a board of so many rows and columns."""
    return Grid((SIDE, SIDE), (0, 0), shape, (shape[0] * SIDE, shape[1] * SIDE))


def boards(
    things: str,
    shape: tuple[int, int] = (7, 8),
    episodes: int = 8,
    steps: int = 20,
    *,
    slides: bool = False,
) -> tuple[FrameTransitions, list[list[list[str]]]]:
    """Play at random in rooms with things in them that stay, and return the boards after steps.

    With `slides`, a step goes on until something is in the way.
    """
    rng = np.random.default_rng(0)
    before, actions, after, shown = list[Frame](), list[int](), list[Frame](), []
    for _ in range(episodes):
        rows, cols = shape
        board = [["#" if r in (0, rows - 1) or c in (0, cols - 1) else "." for c in range(cols)]
                 for r in range(rows)]  # fmt: skip
        inner = [(r, c) for r in range(1, rows - 1) for c in range(1, cols - 1)]
        places = [inner[index] for index in rng.permutation(len(inner))]
        for thing in things:
            row, col = places.pop()
            board[row][col] = thing
        row, col = places.pop()
        board[row][col] = "@"
        for _ in range(steps):
            before.append(draw(board))
            actions.append(int(rng.integers(4)))
            down, right = STEPS[actions[-1]]
            while board[row + down][col + right] == ".":
                board[row][col] = "."
                row, col = row + down, col + right
                board[row][col] = "@"
                if not slides:
                    break
            after.append(draw(board))
            shown.append([list(line) for line in board])
    return FrameTransitions(np.stack(before), np.array(actions), np.stack(after)), shown
