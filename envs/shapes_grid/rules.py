"""Step one world by the complete rules, in plain Python.

For a single world plain Python is many times faster than NumPy; the solver searches with it too.
`shapes_grid.batch` steps many plain worlds at once by the same rules.
"""

from __future__ import annotations

from itertools import product
from typing import Any, NamedTuple

import numpy as np

from shapes_grid.appearances import AppearanceCodes, Appearances
from shapes_grid.board import Board, Start
from shapes_grid.shapes import PRESSED, Role
from shapes_grid.spec import WorldSpec

DIRECTIONS = ((-1, 0), (0, 1), (1, 0), (0, -1))
"""(row, column) of a step up, right, down and left: the headings in their order."""
COMPASS_DIRECTIONS = (3, 1, 0, 2)
"""The direction of each compass action: left, right, up, down."""


class State(NamedTuple):
    """The state of a world, hashable; `positives` follows from `cells`."""

    cells: bytes
    place: int
    heading: int
    keys: int
    positives: int


class Rules:
    """Tables that the rules need, computed from a spec.

    A place is a cell's index, counted row by row. A code is a cell's content: 0 for nothing,
    `i + 1` for kind i.
    """

    def __init__(self, spec: WorldSpec) -> None:
        kinds = spec.kinds
        self.spec = spec
        self.is_plain, self.needs_seed = spec.is_plain, spec.needs_seed
        # the reward and the effect of touching each code; no effect for an empty cell
        self.worth = [0.0, *(spec.rewards.get(kind, 0.0) for kind in kinds)]
        self.roles: list[Role | None] = [None, *(spec.role(kind) for kind in kinds)]
        # for each place, the place reached by a step into each direction; at the edge the same
        self.following = [
            tuple(_step(spec, row, col, *direction) for direction in DIRECTIONS)
            for row, col in product(range(spec.rows), range(spec.cols))
        ]
        # the code and the appearance code of a pressed switch
        self.pressed = 1 + kinds.index(PRESSED) if PRESSED in kinds else 0
        pressed = np.array([self.pressed], np.int32)
        self.pressed_appearance = int(Appearances(spec).of_kinds(pressed)[0])
        self.gates = {code for code, role in enumerate(self.roles) if role == "gate"}
        # the probability that a thing of a code walks in a step, for codes that walk
        self.movers = {1 + kinds.index(kind): share for kind, share in spec.movers.items() if share}
        rewards = tuple(self.worth[1:])
        # the entries that are the same in every truth of these rules
        self.constants = {"kinds": kinds, "rewards": rewards, "step_cost": spec.step_cost}


class Episode:
    """An episode of one world.

    The state is kept in the arrays given, or in new ones.

    Attributes:
        board: The code in each cell, `int8 [rows, cols]`.
        appearances: The appearance code of each object, `int32 [rows, cols]`, or `None`.
        cells: A view of `board` by place, without NumPy's overhead.
        place: The agent's place, -1 without one.
        heading: The direction that the agent faces, an index into `DIRECTIONS`.
        keys: Number of keys that the agent carries.
        steps: Number of steps taken.
        positives: Number of things left with a positive reward.
        seed: Seed of the episode's randomness.
        terminated: Whether the episode has ended.
        changed: The places whose picture the last step changed.
    """

    def __init__(
        self, rules: Rules, cells: Board | None = None, appearances: AppearanceCodes | None = None
    ) -> None:
        spec = rules.spec
        if cells is None:
            cells = np.zeros((spec.rows, spec.cols), np.int8)
            appearances = np.zeros((spec.rows, spec.cols), np.int32) if spec.is_varied else None
        self.rules = rules
        self.board = cells
        self.appearances = appearances
        self.cells: memoryview[int] = memoryview(cells.reshape(-1))  # type: ignore[arg-type]
        self.place = -1
        self.heading = self.keys = self.steps = self.positives = self.seed = 0
        self.terminated = False
        self.changed: list[int] = []
        self._turns = spec.controls == "heading"
        self._limit = spec.limit
        self._cost = spec.step_cost

    def __reduce__(self) -> tuple[Any, ...]:
        # A memoryview cannot be copied, so a copy is a new episode that begins at this state.
        return _resumed, (self.rules, self.start(), self.terminated)

    @property
    def truncated(self) -> bool:
        """True if the step limit is reached and the episode has not terminated."""
        return not self.terminated and self.steps >= self._limit

    def begin(self, start: Start) -> None:
        """Begin an episode, or continue one."""
        self.board[...] = start.cells
        if self.appearances is not None and start.appearances is not None:
            self.appearances[...] = start.appearances
        cols = self.rules.spec.cols
        self.place = -1 if start.agent is None else start.agent[0] * cols + start.agent[1]
        self.heading, self.keys, self.steps, self.seed = start[2:6]
        self.terminated = False
        worth = self.rules.worth
        self.positives = sum(worth[code] > 0 for code in self.cells)

    def start(self) -> Start:
        """Return a copy of the state, from which `begin` continues."""
        row_col = None if self.place < 0 else divmod(self.place, self.rules.spec.cols)
        appearances = None if self.appearances is None else self.appearances.copy()
        rest = self.heading, self.keys, self.steps, self.seed, appearances
        return Start(self.board.copy(), row_col, *rest)

    def truth(self) -> dict[str, Any]:
        """Describe the world exactly, in copies of its state."""
        row_col = None if self.place < 0 else divmod(self.place, self.rules.spec.cols)
        truth = self.rules.constants.copy()
        truth["cells"] = self.board.copy()
        truth["agent"] = row_col
        truth["steps_left"] = self._limit - self.steps
        if not self.rules.is_plain:
            truth |= {"heading": self.heading, "keys": self.keys}
            if self.appearances is not None:
                truth["looks"] = self.appearances.copy()
        if self.rules.needs_seed:
            truth["seed"] = self.seed
        return truth

    def step(self, action: int) -> float:
        """Take an action, then let movers walk; return the reward."""
        self.steps += 1
        place = self.place
        if place < 0:
            self.changed = []
            return 0.0 - self._cost  # not -0.0
        self.changed = [place]
        if not self._turns:
            direction = COMPASS_DIRECTIONS[action]
        elif action == 2:
            direction = self.heading
        else:
            self.heading = (self.heading + (3, 1)[action]) % 4
            direction = -1
        reward = 0.0
        if direction >= 0:
            rules = self.rules
            target = rules.following[place][direction]
            if target != place:
                code = self.cells[target]
                if not code:
                    self.place = target
                    self.changed.append(target)
                elif self._make_way(code, target, direction):
                    reward = rules.worth[code]
                    self.positives -= reward > 0
                    self.terminated = self.terminated or (reward > 0 and not self.positives)
                    self.place = target
                    self.changed.append(target)
        if self.rules.movers and not self.terminated:
            self._walk()
        return reward - self._cost

    def state(self) -> State:
        """Return the state."""
        return State(bytes(self.cells), self.place, self.heading, self.keys, self.positives)

    def restore(self, state: State) -> None:
        """Go back to a state in which the episode had not ended; `steps` stays as it is."""
        self.cells[:] = memoryview(state.cells).cast("b")
        _, self.place, self.heading, self.keys, self.positives = state
        self.terminated = False

    def _make_way(self, code: int, target: int, direction: int) -> bool:
        """Apply the effect of touching a thing; return whether the agent can take its place."""
        role = self.rules.roles[code]
        if role in ("object", "lethal"):
            self.cells[target] = 0
            self.terminated = role == "lethal"
        elif role == "key":
            self.cells[target] = 0
            self.keys += 1
        elif role == "door" and self.keys:
            self.cells[target] = 0
            self.keys -= 1
        elif role == "switch":
            self.cells[target] = self.rules.pressed
            if self.appearances is not None:
                self.appearances.reshape(-1)[target] = self.rules.pressed_appearance
            self._open_gates()
        elif role == "box":
            beyond = self.rules.following[target][direction]
            if beyond == target or self.cells[beyond]:
                return False
            self._carry(target, beyond)
        else:
            return role == "pressed"
        return True

    def _open_gates(self) -> None:
        gates = self.rules.gates
        opened = [place for place, code in enumerate(self.cells) if code in gates]
        for place in opened:
            self.cells[place] = 0
        self.changed += opened

    def _walk(self) -> None:
        """Let movers walk by chance, in the order of their places."""
        movers = self.rules.movers
        for place in [place for place, code in enumerate(self.cells) if code in movers]:
            chance = _hash(self.seed, self.steps, place)
            if (chance >> 2) / 2**62 < movers[self.cells[place]]:
                target = self.rules.following[place][chance & 3]
                if not self.cells[target] and target != self.place:
                    self._carry(place, target)
                    self.changed.append(place)

    def _carry(self, place: int, target: int) -> None:
        self.cells[target] = self.cells[place]
        self.cells[place] = 0
        if self.appearances is not None:
            appearances = self.appearances.reshape(-1)
            appearances[target] = appearances[place]
        self.changed.append(target)


def _resumed(rules: Rules, start: Start, terminated: bool) -> Episode:
    episode = Episode(rules)
    episode.begin(start)
    episode.terminated = terminated
    return episode


def _step(spec: WorldSpec, row: int, col: int, d_row: int, d_col: int) -> int:
    to_row = min(max(row + d_row, 0), spec.rows - 1)
    to_col = min(max(col + d_col, 0), spec.cols - 1)
    return to_row * spec.cols + to_col


def _hash(seed: int, step: int, place: int) -> int:
    """Return 64 well-mixed bits (the finaliser of SplitMix64, Steele et al. 2014)."""
    mask = 2**64 - 1
    mixed = (seed + 0x9E3779B97F4A7C15 * (step * 65536 + place + 1)) & mask
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & mask
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & mask
    return mixed ^ (mixed >> 31)
