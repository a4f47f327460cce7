"""Make worlds and ground truths from boards of letters."""

from __future__ import annotations

from typing import Any

import numpy as np

from shapes_grid import ShapesGridEnv


def env_on(board: str, **fields: Any) -> ShapesGridEnv:
    """Return an environment of the size of a board; `reset` takes the board in its options."""
    lines = board.split()
    return ShapesGridEnv(rows=len(lines), cols=len(lines[0]), **fields)


def truth_of(board: str) -> dict[str, Any]:
    """Return the ground truth of a board of `.`, circles `o`, crosses `x` and the agent `+`."""
    letters = np.array([list(line) for line in board.split()])
    agent = tuple(int(i) for i in np.argwhere(letters == "+")[0]) if "+" in board else None
    cells = np.where(letters == "o", 1, np.where(letters == "x", 2, 0))
    return {"cells": cells, "agent": agent, "kinds": ("circle", "cross"), "rewards": (-1.0, 1.0)}
