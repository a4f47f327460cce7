"""Where everything starts: placements drawn from a generator that is handed in."""

from __future__ import annotations

import zlib

import numpy as np

from shapes_grid import board
from shapes_grid.board import Board
from shapes_grid.errors import SpecError
from shapes_grid.spec import Split, WorldSpec

_MAX_DRAWS = 1000


def draw_layout(spec: WorldSpec, rng: np.random.Generator) -> tuple[Board, tuple[int, int]]:
    """Draw a starting world of the spec's split.

    Returns:
        The cells `int8 [rows, cols]` and the agent's (row, column), (-1, -1) if there is none.

    Raises:
        SpecError: The split holds no world of this spec (there are too few worlds to divide).
    """
    if spec.layout == "board":
        return fixed_layout(spec)
    for _ in range(_MAX_DRAWS):
        cells, agent = _draw_any(spec, rng)
        if spec.split == "all" or split_of(cells, agent) == spec.split:
            return cells, agent
    raise SpecError(
        "split",
        spec.split,
        f'"all" for this spec: none of {_MAX_DRAWS} worlds drawn belongs to the split, so it has '
        "too few worlds to be divided",
    )


def split_of(cells: Board, agent: tuple[int, int]) -> Split:
    """Say which split a starting world belongs to, from what stands where and nothing else."""
    content = np.array([*cells.shape, *agent], "<i8").tobytes() + cells.tobytes()
    return "test" if zlib.crc32(content) % 5 == 0 else "train"


def fixed_layout(spec: WorldSpec) -> tuple[Board, tuple[int, int]]:
    """Read the spec's own board."""
    assert spec.board is not None
    cells, agent = board.parse(spec.board, spec.kinds)
    return cells, agent or (-1, -1)


def _draw_any(spec: WorldSpec, rng: np.random.Generator) -> tuple[Board, tuple[int, int]]:
    kinds = spec.kinds
    values = np.repeat(
        np.arange(1, len(kinds) + 1, dtype=np.int8),
        [spec.objects.get(kind, 0) for kind in kinds],
    )
    places = np.asarray(spec.object_cells)
    chosen = places[rng.permutation(len(places))[: len(values)]]
    cells = np.zeros((spec.rows, spec.cols), np.int8)
    cells[chosen[:, 0], chosen[:, 1]] = values
    if not spec.agent:
        return cells, (-1, -1)
    free = np.flatnonzero(cells.ravel() == 0)
    row, col = divmod(int(free[rng.integers(len(free))]), spec.cols)
    return cells, (row, col)
