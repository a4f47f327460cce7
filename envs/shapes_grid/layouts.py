"""Where everything starts: placements drawn from a generator that is handed in, or given."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from shapes_grid import board
from shapes_grid.board import Board, Start
from shapes_grid.consistency import read_board, require_fitting
from shapes_grid.errors import SpecError
from shapes_grid.looks import Looks
from shapes_grid.recall import recall
from shapes_grid.shapes import WALL, Role
from shapes_grid.spec import Split, WorldSpec

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
        self._looks = Looks(spec) if spec.is_varied else None

    def draw(self, rng: np.random.Generator) -> Start:
        """Draw a starting world of the spec's split.

        Raises:
            SpecError: The split holds no world of this spec (there are too few worlds to divide),
                or walls shut something in in all of them.
        """
        spec = self._spec
        if spec.board is not None:
            return self._finished(board.parse(spec.board, spec.kinds), rng)
        was_shut = False
        for _ in range(_MAX_DRAWS):
            start = self._draw_rooms(rng) if spec.layout == "rooms" else self._draw_scattered(rng)
            if self._wants_test is not None and _is_test(start) != self._wants_test:
                continue
            if self._walls and spec.layout != "rooms" and not self._is_open(start):
                was_shut = True
                continue
            return self._finished(start, rng)
        if was_shut:
            raise SpecError(
                "walls",
                spec.walls or dict(spec.objects),
                f"such that they shut nothing in, but they did in {_MAX_DRAWS} worlds drawn",
            )
        raise SpecError(
            "split",
            spec.split,
            f'"all" for this spec: none of {_MAX_DRAWS} worlds drawn belongs to the split, so it '
            "has too few worlds to be divided",
        )

    def given(self, options: Mapping[str, Any] | None, rng: np.random.Generator) -> Start | None:
        """Return the start that `reset(options=...)` asks for, or `None` if it asks for none.

        Raises:
            SpecError: The options are something else than a board, a truth or nothing.
            BoardError: A board or a truth that is no world of this spec.
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
        return recall(self._spec, self._looks, given["truth"]) if "truth" in given else None

    def _finished(self, start: Start, rng: np.random.Generator) -> Start:
        """Add what chance decides besides where everything stands."""
        if self._looks is None and not self._needs_seed:
            return start
        looks = None if self._looks is None else self._looks.draw(start.cells, rng)
        seed = int(rng.integers(2**63)) if self._needs_seed else 0
        return start._replace(looks=looks, seed=seed)

    def _repeated(self, rng: np.random.Generator | None, *roles: Role) -> Board:
        """Return the codes of all things to place, of some roles or of all."""
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
        """Divide the grid by a column of wall with openings; begin in the room on its left.

        Half of the worlds are mirrored. What lies behind an opening stays free, so that a box can
        be pushed through it and walked round.
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
        for room, values in (
            (near, np.append(self._repeated(rng, "key", "switch"), -1)),
            (far, self._repeated(rng, "object", "lethal")),
        ):
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
        """Say whether walls shut nothing in: every other cell is in reach of every other."""
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


def split_of(start: Start) -> Split:
    """Say which split a starting world belongs to, from what stands where and nothing else."""
    return "test" if _is_test(start) else "train"


def _is_test(start: Start) -> bool:
    where = _START.pack(*start.cells.shape, *(start.agent or (-1, -1)))
    content = zlib.crc32(start.cells.data, zlib.crc32(where))
    if start.heading:  # facing up is as good as having no heading
        content = zlib.crc32(bytes([start.heading]), content)
    return content % 5 == 0


_START = struct.Struct("<4q")  # rows, columns and the agent's own
