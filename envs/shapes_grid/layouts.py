"""Draw starting worlds from a random generator, or read them from `reset` options."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from shapes_grid import board
from shapes_grid.appearances import Appearances
from shapes_grid.board import Board, Start
from shapes_grid.consistency import read_board, require_fitting
from shapes_grid.errors import SpecError
from shapes_grid.recall import recall
from shapes_grid.shapes import WALL, Role
from shapes_grid.spec import WorldSpec

_MAX_DRAWS = 1000


class Layouts:
    """Draws starting worlds of a spec."""

    def __init__(self, spec: WorldSpec) -> None:
        self._spec = spec
        self._codes = {kind: code for code, kind in enumerate(spec.kinds, 1)}
        self._places = np.array([row * spec.cols + col for row, col in spec.object_cells], np.intp)
        self._empty: Board = np.zeros((spec.rows, spec.cols), np.int8)
        for row, col in spec.walls:
            self._empty[row, col] = self._codes[WALL]
        self._walls = [code for kind, code in self._codes.items() if spec.role(kind) == "wall"]
        fixed = all(low == high for low, high in map(spec.count_range, self._codes))
        self._fixed_values = self._repeated(None) if fixed else None
        self._wants_test = None if spec.split == "all" else spec.split == "test"
        self._needs_seed = spec.needs_seed
        self._appearances = Appearances(spec) if spec.is_varied else None

    def draw(self, rng: np.random.Generator) -> Start:
        """Draw a starting world of the spec's split.

        Raises:
            SpecError: The split holds no world of this spec (too few worlds to divide), or walls
                enclose something in every world drawn.
        """
        spec = self._spec
        if spec.board is not None:
            return self._finished(board.parse(spec.board, spec.kinds), rng)
        was_shut = False
        for _ in range(_MAX_DRAWS):
            start = self._draw_rooms(rng) if spec.layout == "rooms" else self._draw_scattered(rng)
            if self._wants_test is not None and in_test_split(start) != self._wants_test:
                continue
            if self._walls and spec.layout != "rooms" and not self._is_open(start):
                was_shut = True
                continue
            return self._finished(start, rng)
        if was_shut:
            rule = f"such that they shut nothing in, but they did in {_MAX_DRAWS} worlds drawn"
            raise SpecError("walls", spec.walls or dict(spec.objects), rule)
        rule = (
            f'"all" for this spec: none of {_MAX_DRAWS} worlds drawn belongs to the split, so it '
            "has too few worlds to be divided"
        )
        raise SpecError("split", spec.split, rule)

    def given(self, options: Mapping[str, Any] | None, rng: np.random.Generator) -> Start | None:
        """Return the start given by `reset(options=...)`, or `None`.

        Raises:
            SpecError: The options are neither a board, nor a truth, nor empty.
            BoardError: The board or truth is no world of this spec.
        """
        if options is None:
            return None
        if not isinstance(options, Mapping) or options.keys() - {"board", "truth"}:
            raise SpecError("options", options, 'None, {"board": text} or {"truth": a truth}')
        given = {name: value for name, value in options.items() if value is not None}
        if len(given) > 1:
            raise SpecError("options", options, "a board or a truth, not both")
        if "board" in given:
            start = read_board(self._spec, given["board"], "options.board")
            require_fitting(self._spec, start, "board")
            return self._finished(start, rng)
        return recall(self._spec, self._appearances, given["truth"]) if "truth" in given else None

    def _finished(self, start: Start, rng: np.random.Generator) -> Start:
        """Add appearances and the seed, where the spec needs them."""
        if self._appearances is None and not self._needs_seed:
            return start
        codes = None if self._appearances is None else self._appearances.draw(start.cells, rng)
        seed = int(rng.integers(2**63)) if self._needs_seed else 0
        return start._replace(appearances=codes, seed=seed)

    def _repeated(self, rng: np.random.Generator | None, *roles: Role) -> Board:
        """Return the codes of all things to place, of the given roles or of all."""
        spec = self._spec
        codes: list[int] = []
        for kind, code in self._codes.items():
            low, high = spec.count_range(kind)
            if not roles or spec.role(kind) in roles:
                count = low if low == high or rng is None else int(rng.integers(low, high + 1))
                codes += [code] * count
        return np.array(codes, np.int8)

    def _draw_scattered(self, rng: np.random.Generator) -> Start:
        spec = self._spec
        values = self._repeated(rng) if self._fixed_values is None else self._fixed_values
        chosen = self._places[rng.permutation(len(self._places))[: len(values)]]
        cells = self._empty.copy()
        flat = cells.reshape(-1)
        flat[chosen] = values
        if not spec.agent:
            return Start(cells, None)
        if spec.start is not None:
            agent = spec.start
        else:
            free = (flat == 0).nonzero()[0]
            agent = divmod(int(free[rng.integers(len(free))]), spec.cols)
        return Start(cells, agent, self._draw_heading(rng))

    def _draw_heading(self, rng: np.random.Generator) -> int:
        return int(rng.integers(4)) if self._spec.controls == "heading" else 0

    def _draw_rooms(self, rng: np.random.Generator) -> Start:
        """Divide the grid by a column of wall with openings; place the agent left of it.

        Half of the worlds are mirrored. The cells behind an opening stay free, so that a box can
        be pushed through the opening and walked around.
        """
        spec = self._spec
        cells = self._empty.copy()
        wall = int(rng.integers(2, spec.cols - 2))
        cells[:, wall] = self._codes[WALL]
        doorways = self._repeated(rng, "door", "gate", "box")
        rows = rng.permutation(spec.rows)[: len(doorways)]
        cells[rows, wall] = doorways
        columns = np.arange(spec.cols)
        near = np.broadcast_to(columns < wall, cells.shape).copy()
        far = np.broadcast_to(columns > wall, cells.shape).copy()
        far[rows, wall + 1 : wall + 3] = False
        agent = (-1, -1)
        of_near = np.append(self._repeated(rng, "key", "switch"), -1)
        for room, values in ((near, of_near), (far, self._repeated(rng, "object", "lethal"))):
            places = rng.permutation(np.flatnonzero(room))[: len(values)]
            for place, value in zip(places, values, strict=True):
                row, col = divmod(int(place), spec.cols)
                if value < 0:
                    agent = row, col
                else:
                    cells[row, col] = value
        if rng.integers(2):
            cells, agent = cells[:, ::-1].copy(), (agent[0], spec.cols - 1 - agent[1])
        return Start(cells, agent, self._draw_heading(rng))

    def _is_open(self, start: Start) -> bool:
        """Return whether walls shut nothing in: all other cells are connected."""
        passable = ~np.isin(start.cells, self._walls)
        reached = np.zeros_like(passable)
        reached.reshape(-1)[int(passable.argmax())] = True
        while True:
            wider = reached.copy()
            wider[1:] |= reached[:-1]
            wider[:-1] |= reached[1:]
            wider[:, 1:] |= reached[:, :-1]
            wider[:, :-1] |= reached[:, 1:]
            wider &= passable
            if np.array_equal(wider, reached):
                return bool((reached == passable).all())
            reached = wider


def in_test_split(start: Start) -> bool:
    """Return whether a starting world belongs to the test split, by a hash of cells and agent."""
    where = _START.pack(*start.cells.shape, *(start.agent or (-1, -1)))
    content = zlib.crc32(start.cells.data, zlib.crc32(where))
    if start.heading:  # facing up hashes like having no heading
        content = zlib.crc32(bytes([start.heading]), content)
    return content % 5 == 0


_START = struct.Struct("<4q")  # rows, columns, the agent's row and column
