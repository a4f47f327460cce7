"""The best that can be done in a world: exact where it is small, bounded where it is large."""

from __future__ import annotations

import copy
import math
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from shapes_grid.rules import Episode, State

_EXACT_THINGS = 10  # 2^10 sets of things times the cells: some 0.3 s for 5 x 5 at the worst
_MAX_NODES = 100_000  # bad things and boxes make more states than the good things' number says
_DECIMALS = 9  # returns that agree to so many are the same


class Solution(NamedTuple):
    """What to do from here on.

    Attributes:
        actions: The plan; empty if nothing is worth a step.
        idle: What to do after it until time is up: as little as the world allows.
        value: The return of the plan and of idling after it.
        bound: No plan has a higher return.
        exact: Whether no plan has a higher return, and none of that return is shorter.
    """

    actions: tuple[int, ...]
    idle: tuple[int, ...]
    value: float
    bound: float
    exact: bool


class _Node(NamedTuple):
    """How a state is first reached, and what that gave, step costs apart."""

    steps: int
    before: State | None
    action: int
    gained: float
    lost: float
    over: bool


_Found = dict[State, _Node]


def solve(episode: Episode) -> Solution:
    """Return the best plan from where an episode stands; the episode is left as it is.

    A plan is exact in worlds with at most 10 things that are good or of use, in which nothing moves
    by itself and steps are not rewarded, unless they have more than 100,000 states. Otherwise it
    leads to the nearest thing with a positive reward by a way that touches nothing bad: a good
    plan, not always the best. Where things move it says only the next action, as if they stood
    still.
    """
    return _Search(episode).solution()


class _Search:
    """A search over states, breadth first."""

    def __init__(self, episode: Episode) -> None:
        rules = copy.copy(episode.rules)
        self._has_movers = bool(rules.movers)
        rules.movers = {}
        self._rules = rules
        self._cost = rules.spec.step_cost
        self._actions = range(len(rules.spec.actions))
        self._episode = Episode(rules)
        self._episode.begin(episode.start())
        self._left = 0 if episode.terminated else rules.spec.limit - episode.steps
        self._forget_worthless()
        self._start = self._episode.state()
        self._worth = [rules.worth[code] for code in self._start.cells]
        self._boxes_in = episode.place >= 0 and all(self._gains(self._start))

    def solution(self) -> Solution:
        """Plan exactly where the world is small enough, else to the next gain."""
        if self._start.place < 0 or self._left <= 0:
            value = 0.0 - self._cost * max(0, self._left)
            return Solution((), (0,) * max(0, self._left), value, value, True)
        found, best = self._best_exact() if self._is_small() else (None, None)
        exact = found is not None
        if found is None:
            found = self._search(budget=0.0, first=True)
            best = next((state for state, node in found.items() if node.gained > 0), None)
        if best is None:
            best = self._start
        actions, value = self._path(found, best), self._value(found[best])
        idle: list[int] = []
        if not found[best].over:
            idle, gained = self._idle(best, self._left - found[best].steps)
            value += gained  # standing still may not be possible
        if self._has_movers:  # the next step may change it all
            actions, idle = actions[:1], idle[:1]
        bound = value if exact else self._bound(value)
        return Solution(tuple(actions), tuple(idle), value, bound, exact)

    def _forget_worthless(self) -> None:
        """Take away what can be touched without any effect, to have fewer states."""
        rules, cells = self._rules, self._episode.cells
        if "box" in rules.roles:
            return  # it blocks boxes
        for place, code in enumerate(cells):
            if rules.roles[code] == "object" and not rules.worth[code]:
                cells[place] = 0

    def _is_small(self) -> bool:
        useful = {"key", "door", "switch", "box"}
        roles, cells = self._rules.roles, self._start.cells
        things = sum(
            worth > 0 or roles[code] in useful
            for code, worth in zip(cells, self._worth, strict=True)
        )
        return things <= _EXACT_THINGS and not self._has_movers and self._cost >= 0

    def _best_exact(self) -> tuple[_Found | None, State | None]:
        found = self._search(budget=0.0)
        if len(found) >= _MAX_NODES:
            return None, None
        best = self._best(found)
        clean = -math.inf if best is None else self._value(found[best])
        # A plan that touches something bad and is no worse than the clean one pays no more for it.
        budget = sum(worth for worth in self._worth if worth > 0) - clean + 10**-_DECIMALS
        if budget >= min((-worth for worth in self._worth if worth < 0), default=math.inf):
            found = self._search(budget)
            best = self._best(found)
        return (None, None) if len(found) >= _MAX_NODES else (found, best)

    def _search(self, budget: float, *, first: bool = False) -> _Found:
        """Return the states in reach, nearest first.

        Args:
            budget: What the bad things touched on the way may cost together.
            first: Whether to stop at the first gain.
        """
        episode = self._episode
        found: _Found = {self._start: _Node(0, None, -1, 0.0, 0.0, over=False)}
        queue = deque([self._start])
        while queue and len(found) < _MAX_NODES:
            state = queue.popleft()
            steps, _, _, gained, lost, over = found[state]
            if over or steps == self._left:
                continue
            for action in self._actions:
                worth = self._take(state, action)
                following = episode.state()
                if following in found or (worth < 0 and lost - worth > budget):
                    continue
                node = _Node(
                    steps + 1,
                    state,
                    action,
                    gained + worth,
                    lost - min(0.0, worth),
                    episode.terminated,
                )
                found[following] = node
                if first and worth > 0:
                    return found
                queue.append(following)
        return found

    def _take(self, state: State, action: int) -> float:
        """Take an action from a state; return what it gives, the step's cost apart."""
        self._episode.restore(state)
        worth = self._episode.step(action) + self._cost
        # What a cost takes away and adds again leaves a rounding error.
        return round(worth, _DECIMALS) if self._cost else worth

    def _best(self, found: _Found) -> State | None:
        """Return the state with the highest return, and of those the nearest one."""
        states: Iterator[State] = iter(found)
        # Whoever moved can go to and fro at no cost; before that every move may touch something.
        if self._boxes_in:
            next(states)
        return max(
            states, key=lambda state: round(self._value(found[state]), _DECIMALS), default=None
        )

    def _value(self, node: _Node) -> float:
        """Return the return of a plan that ends in a node and then stands still."""
        return node.gained - self._cost * (node.steps if node.over else self._left)

    def _path(self, found: _Found, state: State) -> list[int]:
        actions: list[int] = []
        while True:
            node = found[state]
            if node.before is None:
                return actions[::-1]
            actions.append(node.action)
            state = node.before

    def _gains(self, state: State) -> list[float]:
        """Return what each action would give, infinitely little where it would end the episode."""
        gains = []
        for action in self._actions:
            worth = self._take(state, action)
            gains.append(-math.inf if self._episode.terminated else worth)
        return gains

    def _idle(self, state: State, steps: int) -> tuple[list[int], float]:
        """Return actions that touch as little as the world allows, and what they give.

        Step costs are left out: the value of whoever stands still has them already.
        """
        episode, idle, gained = self._episode, [], 0.0
        for step in range(steps):
            gains = self._gains(state)
            action = gains.index(max(gains))
            idle.append(action)
            gained += self._take(state, action)
            if episode.terminated:
                return idle, gained + self._cost * (steps - step - 1)
            state = episode.state()
        return idle, gained

    def _bound(self, value: float) -> float:
        """Return a return that no plan exceeds.

        To take k of the good things takes at least as many steps as the k-th nearest is away when
        only walls are in the way, and at least k - 1 more than the nearest is away.
        """
        # What walks may come nearer by itself.
        distances = [1.0] * len(self._worth) if self._has_movers else self._distances()
        good = sorted(
            (distances[place], worth)
            for place, worth in enumerate(self._worth)
            if worth > 0 and distances[place] <= self._left
        )
        worths = sorted((worth for _, worth in good), reverse=True)
        unpaid = min(0.0, self._cost) * self._left  # what steps give where they are rewarded
        bound = -unpaid
        for count, (distance, _) in enumerate(good, 1):
            steps = max(distance, good[0][0] + count - 1)
            if steps <= self._left:
                gained = sum(worths[:count])
                bound = max(bound, gained - max(0.0, self._cost) * steps - unpaid)
        return max(bound, value)

    def _distances(self) -> list[float]:
        distances = [math.inf] * len(self._worth)
        distances[self._start.place] = 0
        queue = deque([self._start.place])
        roles, cells = self._rules.roles, self._start.cells
        while queue:
            place = queue.popleft()
            for following in self._rules.following[place]:
                if distances[following] == math.inf and roles[cells[following]] != "wall":
                    distances[following] = distances[place] + 1
                    queue.append(following)
        return distances
