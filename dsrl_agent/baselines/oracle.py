"""The ceiling: an actor that is given the true facts and plans.

It reads `info["truth"]`: `cells` (`[rows, cols]`, 0 for empty, `i + 1` for kind i), `agent`
(row, column), `rewards` of the kinds, `moves` of the actions, `step_cost` and `steps_left`.
"""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

from dsrl_agent.errors import ConfigError
from dsrl_agent.types import Frame

_EXACT_OBJECTS = 10  # 2^10 sets of objects times the cells: some 0.1 s a world at the worst

Place = tuple[int, int]


class _Node(NamedTuple):
    place: Place
    taken: int  # a bit for every object already touched


class Oracle:
    """Plays the best plan: the highest return, and of those plans the shortest.

    The plan is exact for worlds of up to 10 objects. In larger ones it goes to the nearest positive
    object by a way that touches no negative one, as long as there is such a way: a good plan, not
    always the best.
    """

    def __init__(self) -> None:
        self._plan: deque[int] = deque()

    def begin(self) -> None:
        """Forget the last episode's plan."""
        self._plan.clear()

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        """Return the plan's next action.

        Raises:
            ConfigError: The environment tells no truth.
        """
        if not self._plan:
            truth = info.get("truth")
            if truth is None:
                raise ConfigError(
                    'The oracle needs info["truth"], but this environment does not give it; leave '
                    "the oracle out."
                )
            self._plan.extend(plan(truth))
        # Nothing left that is worth a step: stand as still as the world allows.
        return self._plan.popleft() if self._plan else _idle(info["truth"])


def plan(truth: dict[str, Any]) -> list[int]:
    """Return the actions to take from a world's true state."""
    if truth["agent"] is None:
        return []
    world = _World(truth)
    everything = [i for i, worth in enumerate(world.worth) if worth > 0]
    # Taking all that is good and nothing bad cannot be bettered, and is found quickly.
    found = world.search(avoid_bad=True)
    goal = sum(1 << i for i in everything)
    clean = [node for node in found if node.taken & goal == goal]
    if clean or not everything:
        return world.path(found, clean[0]) if clean else []
    if len(world.worth) <= _EXACT_OBJECTS:
        found = world.search(avoid_bad=False)
        best = max(found, key=lambda node: (world.value(node, found[node][0]), -found[node][0]))
        return world.path(found, best)
    reached = [node for node in found if node.taken]
    return world.path(found, reached[0]) if reached else []


class _World:
    """A world's true state, searched breadth first over (place, objects taken)."""

    def __init__(self, truth: dict[str, Any]) -> None:
        cells = truth["cells"]
        self.rows, self.cols = cells.shape
        self.moves: tuple[Place, ...] = truth["moves"]
        self.steps_left: int = truth["steps_left"]
        self.step_cost: float = truth["step_cost"]
        self.start = _Node(tuple(truth["agent"]), 0)
        self.index: dict[Place, int] = {}
        self.worth: list[float] = []
        for row in range(self.rows):
            for col in range(self.cols):
                if cells[row, col]:
                    self.index[row, col] = len(self.worth)
                    self.worth.append(truth["rewards"][cells[row, col] - 1])
        self.good = sum(1 << i for i, worth in enumerate(self.worth) if worth > 0)
        self.exact = len(self.worth) <= _EXACT_OBJECTS

    def search(self, *, avoid_bad: bool) -> dict[_Node, tuple[int, _Node | None, int]]:
        """Return every node in reach, nearest first: (steps, the node before, the action)."""
        found: dict[_Node, tuple[int, _Node | None, int]] = {self.start: (0, None, -1)}
        queue = deque([self.start])
        while queue:
            node = queue.popleft()
            steps = found[node][0]
            # Without an exact search the nearest good object ends it: then it begins anew.
            done = node.taken & self.good == self.good or (not self.exact and node.taken)
            if steps == self.steps_left or (done and node != self.start):
                if avoid_bad:
                    return found
                continue
            for action, (d_row, d_col) in enumerate(self.moves):
                row = min(max(node.place[0] + d_row, 0), self.rows - 1)
                col = min(max(node.place[1] + d_col, 0), self.cols - 1)
                number = self.index.get((row, col))
                taken = node.taken
                if number is not None and not taken >> number & 1:
                    if avoid_bad and self.worth[number] < 0:
                        continue
                    taken |= 1 << number
                following = _Node((row, col), taken)
                if following not in found:
                    found[following] = (steps + 1, node, action)
                    queue.append(following)
        return found

    def value(self, node: _Node, steps: int) -> float:
        """Return the return of a plan that ends in a node and then stands still."""
        gained = sum(worth for i, worth in enumerate(self.worth) if node.taken >> i & 1)
        over = self.good and node.taken & self.good == self.good
        return gained - self.step_cost * (steps if over else self.steps_left)

    def path(self, found: dict[_Node, tuple[int, _Node | None, int]], node: _Node) -> list[int]:
        """Return the actions that lead to a node."""
        actions: list[int] = []
        while True:
            _, before, action = found[node]
            if before is None:
                return actions[::-1]
            actions.append(action)
            node = before


def _idle(truth: dict[str, Any]) -> int:
    """Return an action that touches nothing bad: into the edge, or onto an empty cell."""
    if truth["agent"] is None:
        return 0
    cells, (row, col) = truth["cells"], truth["agent"]
    costs = []
    for d_row, d_col in truth["moves"]:
        new_row = min(max(row + d_row, 0), cells.shape[0] - 1)
        new_col = min(max(col + d_col, 0), cells.shape[1] - 1)
        kind = cells[new_row, new_col]
        costs.append(-truth["rewards"][kind - 1] if kind else 0.0)
    return costs.index(min(costs))
