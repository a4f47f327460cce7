"""Plan on learned rules: the highest return, then the fewest steps.

Between contacts the agent walks over free cells, so the search goes from contact to contact. From
each scene a breadth-first search finds all contacts within reach, and the rules give the effect of
each. A* (Hart, Nilsson & Raphael 1968) chooses their order; its optimistic bound is the reward of
all good things that are left. With many good things the nearest is fetched first.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dsrl_agent.front_end.agency import ActionEffects
from dsrl_agent.front_end.knowledge import ExpectedTouch
from dsrl_agent.front_end.rule import Context
from dsrl_agent.front_end.rules.board import Board, steps
from dsrl_agent.front_end.rules.contact import Aim, aim, applied, context_of
from dsrl_agent.front_end.rules.model import ContactModel, Prediction
from dsrl_agent.types import FREE, Fact

_SAME = 1e-9  # rounding: values that differ by less are equal

# The (place, type of the agent) and the action by which a walk came to each (place, type).
_Came = dict[tuple[int, int], tuple[tuple[int, int], int] | None]


def touch_of(step: int, board: Board, target: int, expected: Prediction) -> ExpectedTouch:
    """Return the contact with a place of a scene as part of a plan, made by a step from 1."""
    fact = Fact(board.at(target), *divmod(target, board.shape[1]))
    return ExpectedTouch(step, fact, expected.reward, expected.known)


class Plan(NamedTuple):
    """A plan of the agent."""

    actions: tuple[int, ...] = ()  # the actions, in order
    boards: tuple[Board, ...] = ()  # the scene expected after each
    touches: tuple[ExpectedTouch, ...] = ()  # the contacts among them
    # the return expected beyond that of plain steps, minus the price of the steps
    value: float = 0.0


class _Reach(NamedTuple):
    """A contact within reach: the actions of the walk, the last of which makes the contact."""

    actions: tuple[int, ...]
    board: Board  # just before it
    where: Aim
    context: Context
    expected: Prediction


class _Node(NamedTuple):
    board: Board
    parent: _Node | None = None
    reach: _Reach | None = None  # the contact that led here
    steps: int = 0
    reward: float = 0.0


class Planner:
    """Plans on the present beliefs.

    `actions` holds all actions, in the order in which equal ones are preferred, and `refused` the
    (place, action) pairs that were seen not to work in this episode.
    """

    def __init__(
        self,
        model: ContactModel,
        effects: ActionEffects,
        actions: Sequence[int],
        refused: frozenset[tuple[int, int]] = frozenset(),
    ) -> None:
        self._model = model
        self._effects = effects
        self._actions = actions
        self._refused = refused
        self._step_reward = model.step_reward
        self._worth: dict[int, float] = {FREE: 0.0}

    def best(self, board: Board) -> Plan:
        """Return the best plan; an empty one if nothing is worth its steps."""
        hopes = self._hopes(board)
        if not hopes:
            return Plan()
        if len(hopes) > self._model.thresholds.exact_goods:
            for reach in self._within_reach(board, only_good=True):
                return self._plan(self._follow(_Node(board), reach))
        return self._search(board)

    def experiment(self, board: Board) -> Plan:
        """Return the quickest plan to a contact that may teach something, at no loss on the way."""
        queue = [(0, 0, _Node(board))]
        counter, seen = itertools.count(1), {board}
        while queue and len(seen) < self._model.thresholds.scenes:
            _, _, node = heapq.heappop(queue)
            for reach in self._within_reach(node.board):
                found = self._follow(node, reach)
                if self._model.is_curious(reach.context):
                    return self._plan(found)
                costs = reach.expected.reward < self._step_reward or reach.expected.ends
                if not costs and found.board not in seen:
                    seen.add(found.board)
                    heapq.heappush(queue, (found.steps, next(counter), found))
        return Plan()

    def after(self, board: Board, action: int) -> tuple[Board, Prediction | None]:
        """Return the scene expected after an action, and the expectation of its contact."""
        where = aim(board, action, self._effects)
        if where is None:
            effect = self._effects.get((board.body, action))
            return (board if effect is None else board._replace(body=effect.type)), None
        if (board.place, action) in self._refused:
            return board, None
        expected = self._model.predict(context_of(board, action, where))
        return applied(board, where, expected.effect), expected

    def _hopes(self, board: Board) -> list[float]:
        """Return the highest reward that each good thing in the scene may give."""
        for label in set(board.cells) - self._worth.keys():
            self._worth[label] = self._best_worth(label)
        return [worth for label in board.cells if (worth := self._worth[label]) > 0.0]

    def _best_worth(self, label: int) -> float:
        """Return the highest reward of a type beyond that of a plain step, at least 0."""
        model = self._model
        if not model.rules(label):
            return model.optimism
        best = 0.0
        for enters in (True, False):
            belief = model.belief(label, enters)
            if model.is_questioned(label, enters):
                best = max(best, model.optimism)
            elif belief is not None:
                best = max(best, belief.reward - self._step_reward)
        return best

    def _search(self, board: Board) -> Plan:
        best, best_value = _Node(board), 0.0
        counter = itertools.count(1)
        queue = [(-sum(self._hopes(board)), 0, best)]
        least: dict[Board, float] = {}
        expanded, price = 0, self._model.thresholds.step_price
        while queue and expanded < self._model.thresholds.scenes:
            bound, _, node = heapq.heappop(queue)
            if -bound <= best_value + _SAME:
                break
            if least.get(node.board, -1e9) > node.reward - price * node.steps + _SAME:
                continue
            expanded += 1
            for reach in self._within_reach(node.board):
                found = self._follow(node, reach)
                value = found.reward - price * found.steps
                if value <= least.get(found.board, -1e9):
                    continue
                least[found.board] = value
                if value > best_value + _SAME:
                    best, best_value = found, value
                if not reach.expected.ends:
                    hope = value + sum(self._hopes(found.board))
                    heapq.heappush(queue, (-hope, next(counter), found))
        return self._plan(best)

    def _within_reach(self, board: Board, *, only_good: bool = False) -> Iterator[_Reach]:
        """Yield the contacts within reach over free cells, if `only_good` those of good reward.

        The nearest come first.
        """
        shape, cells, plain = board.shape, board.cells, self._model.plain
        start = (board.place, board.body)
        came: _Came = {start: None}
        frontier = [start]
        while frontier:
            following = []
            for here in frontier:
                place, body = here
                for action in self._actions:
                    effect = self._effects.get((body, action))
                    if effect is None or (place, action) in self._refused:
                        continue
                    leads = steps(shape, effect.d_row, effect.d_col)
                    target = leads[place]
                    if target < 0:
                        continue
                    if target != place and cells[target] not in plain:
                        stand = Board(shape, cells, place, body, board.taken)
                        where = Aim(effect, target, leads[target])
                        context = context_of(stand, action, where)
                        expected = self._model.predict(context)
                        good = expected.reward > self._step_reward and not expected.ends
                        if good or not only_good:
                            way = _walk(came, here, action)
                            yield _Reach(way, stand, where, context, expected)
                        continue
                    there = (target, effect.type)
                    if there not in came:
                        came[there] = (here, action)
                        following.append(there)
            frontier = following

    def _follow(self, node: _Node, reach: _Reach) -> _Node:
        """Return the node after a contact."""
        board = applied(reach.board, reach.where, reach.expected.effect)
        reward = node.reward + reach.expected.reward - self._step_reward
        return _Node(board, node, reach, node.steps + len(reach.actions), reward)

    def _plan(self, node: _Node) -> Plan:
        """Return the plan that leads to a node, with the scenes expected on the way."""
        path: list[tuple[int, _Reach]] = []
        back = node
        while back.parent is not None and back.reach is not None:
            path.insert(0, (back.steps, back.reach))
            back = back.parent
        board, boards = back.board, []
        actions = tuple(action for _, reach in path for action in reach.actions)
        for action in actions:
            board, _ = self.after(board, action)
            boards.append(board)
        touches = tuple(touch_of(n, r.board, r.where.target, r.expected) for n, r in path)
        value = node.reward - self._model.thresholds.step_price * node.steps
        return Plan(actions, tuple(boards), touches, value)


def _walk(came: _Came, here: tuple[int, int], last: int) -> tuple[int, ...]:
    actions = [last]
    step = came[here]
    while step is not None:
        before, action = step
        actions.append(action)
        step = came[before]
    return tuple(reversed(actions))
