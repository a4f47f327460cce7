"""The ceiling: an actor that is given the true facts and plans.

It reads `info["truth"]`: `cells` (`[rows, cols]`, 0 for empty, `i + 1` for kind i), `agent`
(row, column), `rewards` of the kinds, `moves` of the actions, `step_cost` and `steps_left`.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.errors import ConfigError
from dsrl_agent.types import Frame

_EXACT_OBJECTS = 10  # 2^10 sets of objects times the cells: some 0.2 s for 5 x 5 at the worst
_DECIMALS = 9  # returns that agree to so many are the same

Place = tuple[int, int]


class _Node(NamedTuple):
    place: int
    taken: int  # a bit for every object already touched


class _Way(NamedTuple):
    steps: int
    before: _Node | None
    action: int


_Found = dict[_Node, _Way]


class Oracle:
    """Plays the best plan: the highest return, and of those plans the shortest.

    The plan is exact for worlds of up to 10 objects that are worth something, unless steps are
    rewarded (a negative `step_cost`). In larger ones it goes to the nearest positive object by a
    way that touches no negative one, as long as there is such a way: a good plan, not always the
    best.
    """

    def __init__(self) -> None:
        self._plan: deque[int] = deque()
        self._settled: NDArray[Any] | None = None  # the cells that were worth no step any more

    def begin(self) -> None:
        """Forget the last episode's plan."""
        self._plan.clear()
        self._settled = None

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        """Return the plan's next action.

        Raises:
            ConfigError: The environment tells no truth.
        """
        truth = info.get("truth")
        if truth is None:
            raise ConfigError(
                'The oracle needs info["truth"], but this environment does not give it; leave '
                "the oracle out."
            )
        settled = self._settled is not None and np.array_equal(truth["cells"], self._settled)
        if not self._plan and not settled:
            self._plan.extend(plan(truth))
            self._settled = None if self._plan else truth["cells"]
        # Nothing left that is worth a step: stand as still as the world allows.
        return self._plan.popleft() if self._plan else _idle(truth)


def plan(truth: dict[str, Any]) -> list[int]:
    """Return the actions to take from a world's true state; none if standing still is best."""
    if truth["agent"] is None:
        return []
    world = _World(truth)
    if not world.good:
        return []
    found = world.search(budget=0.0)
    if not world.exact:
        reached = [node for node in found if node.taken]
        return world.path(found, reached[0]) if reached else []
    best = world.best(found)
    clean = -math.inf if best is None else world.value(best, found)
    # A plan that touches something bad and is no worse than the clean one pays no more for it.
    budget = world.all_good - clean + 10**-_DECIMALS
    if budget >= world.least_bad:
        found = world.search(budget)
        best = world.best(found)
    return [] if best is None else world.path(found, best)


class _World:
    """A world's true state, searched breadth first over (place, objects taken).

    Attributes:
        good: The bits of the positive objects.
        exact: Whether there are few enough objects for an exact search.
        all_good: What the positive objects give together.
        least_bad: What touching a negative object costs at the least, infinite without any.
    """

    def __init__(self, truth: dict[str, Any]) -> None:
        cells, (row, col) = truth["cells"], truth["agent"]
        worth = np.array([0.0, *truth["rewards"]])[cells]  # [rows, cols]
        objects = np.flatnonzero(worth)
        self.steps_left: int = truth["steps_left"]
        self.step_cost: float = truth["step_cost"]
        self.start = _Node(row * cells.shape[1] + col, 0)
        self.worth: list[float] = worth.ravel()[objects].tolist()
        self.bit = {int(place): 1 << i for i, place in enumerate(objects)}
        self.following = [
            _following(cells.shape, place, truth["moves"]) for place in range(cells.size)
        ]
        self.good = sum(1 << i for i, worth in enumerate(self.worth) if worth > 0)
        self.exact = len(self.worth) <= _EXACT_OBJECTS
        self.all_good = sum(w for w in self.worth if w > 0)
        self.least_bad = min((-w for w in self.worth if w < 0), default=math.inf)

    def search(self, budget: float) -> _Found:
        """Return the nodes in reach, nearest first.

        Args:
            budget: What the negative objects touched on the way may cost together.
        """
        cost = {0: 0.0}  # of the negative objects among those taken
        found = {self.start: _Way(0, None, -1)}
        queue = deque([self.start])
        while queue:
            node = queue.popleft()
            steps = found[node].steps
            over = node.taken & self.good == self.good or steps == self.steps_left
            if over or (node.taken and not self.exact):  # an inexact plan ends at any object
                continue
            for action, place in enumerate(self.following[node.place]):
                bit = self.bit.get(place, 0)
                taken = node.taken | bit
                if taken not in cost:
                    cost[taken] = cost[node.taken] - min(0.0, self.worth[bit.bit_length() - 1])
                following = _Node(place, taken)
                if cost[taken] <= budget and following not in found:
                    found[following] = _Way(steps + 1, node, action)
                    queue.append(following)
        return found

    def best(self, found: _Found) -> _Node | None:
        """Return the node with the highest return, and of those the nearest one."""
        nodes = iter(found)
        # Whoever moved can go to and fro at no cost; before that every move may touch something.
        if self._boxed_in():
            next(nodes)
        return max(nodes, key=lambda node: round(self.value(node, found), _DECIMALS), default=None)

    def value(self, node: _Node, found: _Found) -> float:
        """Return the return of a plan that ends in a node and then stands still."""
        gained = sum(worth for i, worth in enumerate(self.worth) if node.taken >> i & 1)
        over = node.taken & self.good == self.good
        return gained - self.step_cost * (found[node].steps if over else self.steps_left)

    def path(self, found: _Found, node: _Node) -> list[int]:
        """Return the actions that lead to a node."""
        actions: list[int] = []
        while True:
            _, before, action = found[node]
            if before is None:
                return actions[::-1]
            actions.append(action)
            node = before

    def _boxed_in(self) -> bool:
        return all(place in self.bit for place in self.following[self.start.place])


def _following(shape: Place, place: int, moves: tuple[Place, ...]) -> list[int]:
    """Return where each action leads from a place; places are counted row by row."""
    row, col = divmod(place, shape[1])
    return [
        min(max(row + d_row, 0), shape[0] - 1) * shape[1] + min(max(col + d_col, 0), shape[1] - 1)
        for d_row, d_col in moves
    ]


def _idle(truth: dict[str, Any]) -> int:
    """Return an action that touches nothing bad: into the edge, or onto an empty cell."""
    if truth["agent"] is None:
        return 0
    cells, (row, col) = truth["cells"], truth["agent"]
    worth = np.array([0.0, *truth["rewards"]])[cells].ravel()
    places = _following(cells.shape, row * cells.shape[1] + col, truth["moves"])
    return int(worth[places].argmax())
