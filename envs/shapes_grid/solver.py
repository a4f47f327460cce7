"""Plan the best actions in a world: exactly in small worlds, with a bound in large ones."""

from __future__ import annotations

import copy
import math
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from shapes_grid.rules import COMPASS_DIRECTIONS, Episode, State
from shapes_grid.tours import best_tour

_EXACT_THINGS = 10  # 2^10 sets of things times the cells: at most about 0.3 s for 5 x 5 cells
_MAX_IDLE = 1_000  # steps without a plan, planned at once
_MAX_NODES = 100_000  # bad things and boxes multiply the states
_DECIMALS = 9  # returns that agree to this many decimals are equal


_PLAIN = {None, "object", "wall"}  # roles in a world in which the shortest tour is the best plan


class Solution(NamedTuple):
    """A plan and bounds on its return.

    Attributes:
        actions: The plan; empty if no step pays.
        idle: Actions after the plan until the step limit, at most 1,000, which touch as little as
            possible.
        value: The return of the plan and the idle actions.
        bound: No plan has a higher return.
        exact: Whether no plan has a higher return, and no plan of equal return is shorter.
    """

    actions: tuple[int, ...]
    idle: tuple[int, ...]
    value: float
    bound: float
    exact: bool


class _Node(NamedTuple):
    """The shortest way to a state found, and its gains and losses without step costs."""

    steps: int
    before: State | None
    action: int
    gained: float
    lost: float
    over: bool


_Found = dict[State, _Node]


def solve(episode: Episode) -> Solution:
    """Return the best plan from an episode's current state; the episode is not changed.

    A plan is exact in worlds with at most 10 good or useful things and at most 100,000 states, in
    which nothing moves by itself and steps are not rewarded. It is exact as well with at most 12
    good things that can all be collected in time, if there are only walls and bad things besides
    and steps cost nothing. Otherwise the plan leads to the
    nearest thing with a positive reward and touches nothing bad: a good plan, not always the best.
    In worlds with movers the plan is only the next action, planned as if the movers stood still.
    """
    return _Search(episode).solution()


class _Search:
    """A breadth-first search over states."""

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
        """Plan exactly in small worlds, otherwise to the next gain."""
        if self._start.place < 0 or self._left <= 0:
            value = 0.0 - self._cost * max(0, self._left)
            return Solution((), (0,) * max(0, self._left), value, value, True)
        plan = self._tour()
        if plan is not None:
            return self._played(plan)
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
            value += gained  # idling may touch things
        if self._has_movers:  # movers may change everything in the next step
            actions, idle = actions[:1], idle[:1]
        bound = value if exact else self._bound(value)
        return Solution(tuple(actions), tuple(idle), value, bound, exact)

    def _forget_worthless(self) -> None:
        """Remove things that can be touched without any effect, for fewer states."""
        rules, cells = self._rules, self._episode.cells
        if "box" in rules.roles:
            return  # worthless things block boxes
        for place, code in enumerate(cells):
            if rules.roles[code] == "object" and not rules.worth[code]:
                cells[place] = 0

    def _is_small(self) -> bool:
        roles, contents = self._rules.roles, zip(self._start.cells, self._worth, strict=True)
        useful = {"key", "door", "switch", "box"}
        things = sum(worth > 0 or roles[code] in useful for code, worth in contents)
        return things <= _EXACT_THINGS and not self._has_movers and self._cost >= 0

    def _tour(self) -> list[int] | None:
        """Return the best plan in a world of walls, good and bad things; None if it is not sure."""
        rules, cells = self._rules, self._start.cells
        codes = set(cells)
        if self._cost or self._has_movers or rules.spec.controls == "heading":
            return None
        if {rules.roles[code] for code in codes} - _PLAIN:
            return None
        free = [rules.roles[code] != "wall" for code in cells]
        following = [[to[way] for way in COMPASS_DIRECTIONS] for to in rules.following]
        plan = best_tour(self._start.place, self._worth, following, free)
        return plan if plan and len(plan) <= self._left else None

    def _played(self, plan: list[int]) -> Solution:
        """Return a plan that is known to be the best, with its value and what follows."""
        state, value, idle = self._start, 0.0, list[int]()
        for action in plan:
            value += self._take(state, action)
            state = self._episode.state()
        if not self._episode.terminated:
            idle, gained = self._idle(state, self._left - len(plan))
            value += gained
        return Solution(tuple(plan), tuple(idle), value, value, True)

    def _best_exact(self) -> tuple[_Found | None, State | None]:
        found = self._search(budget=0.0)
        if len(found) >= _MAX_NODES:
            return None, None
        best = self._best(found)
        clean = -math.inf if best is None else self._value(found[best])
        # A plan as good as the clean one cannot pay more than this for touching bad things.
        budget = sum(worth for worth in self._worth if worth > 0) - clean + 10**-_DECIMALS
        if budget >= min((-worth for worth in self._worth if worth < 0), default=math.inf):
            found = self._search(budget)
            best = self._best(found)
        return (None, None) if len(found) >= _MAX_NODES else (found, best)

    def _search(self, budget: float, *, first: bool = False) -> _Found:
        """Return the reachable states, nearest first; with `first`, stop at the first gain.

        The budget is the largest total loss from bad things touched on the way.
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
                cost, ends = lost - min(0.0, worth), episode.terminated
                found[following] = _Node(steps + 1, state, action, gained + worth, cost, ends)
                if first and worth > 0:
                    return found
                queue.append(following)
        return found

    def _take(self, state: State, action: int) -> float:
        """Take an action from a state; return its reward without the step cost."""
        self._episode.restore(state)
        worth = self._episode.step(action) + self._cost
        # Subtracting and adding the cost leaves a rounding error.
        return round(worth, _DECIMALS) if self._cost else worth

    def _best(self, found: _Found) -> State | None:
        """Return the nearest of the states with the highest return."""
        states: Iterator[State] = iter(found)
        # After one move the agent can go back and forth freely; before it every move may touch.
        if self._boxes_in:
            next(states)
        worth = {state: round(self._value(found[state]), _DECIMALS) for state in states}
        return max(worth, key=worth.__getitem__, default=None)

    def _value(self, node: _Node) -> float:
        """Return the return of a plan that ends in a node and stands still afterwards."""
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
        """Return each action's reward, minus infinity for actions that end the episode."""
        worths = ((self._take(state, action), self._episode.terminated) for action in self._actions)
        return [-math.inf if ends else worth for worth, ends in worths]

    def _idle(self, state: State, steps: int) -> tuple[list[int], float]:
        """Return actions that touch as little as possible, and the total reward of so many steps.

        At most 1,000 actions are returned; further steps are taken to be as the last of them. Step
        costs are left out, because `_value` includes them.
        """
        episode, idle, gained, last = self._episode, [], 0.0, 0.0
        for step in range(min(steps, _MAX_IDLE)):
            gains = self._gains(state)
            action = gains.index(max(gains))
            idle.append(action)
            last = self._take(state, action)
            gained += last
            if episode.terminated:
                return idle, gained + self._cost * (steps - step - 1)
            state = episode.state()
        return idle, gained + last * max(0, steps - _MAX_IDLE)

    def _bound(self, value: float) -> float:
        """Return an upper bound on the return of all plans.

        Taking k good things needs at least the distance of the k-th nearest around walls alone, and
        at least k - 1 steps more than the distance of the nearest.
        """
        # Movers may come nearer by themselves.
        distances = [1.0] * len(self._worth) if self._has_movers else self._distances()
        met = zip(distances, self._worth, strict=True)
        good = sorted((away, worth) for away, worth in met if worth > 0 and away <= self._left)
        worths = sorted((worth for _, worth in good), reverse=True)
        unpaid = min(0.0, self._cost) * self._left  # the total of rewarded steps
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
