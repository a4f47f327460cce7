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
from dsrl_agent.front_end.rule import Context
from dsrl_agent.front_end.rules.board import Board
from dsrl_agent.front_end.rules.contact import aim, applied, context_of
from dsrl_agent.front_end.rules.model import ContactModel, Prediction
from dsrl_agent.types import FREE

_SAME = 1e-9  # rounding: values that differ by less are equal


class PlannedTouch(NamedTuple):
    """A contact of a plan.

    Attributes:
        step: The step of the plan that makes it, from 1.
        place: The place of the object.
        type: The object's type.
        reward: The reward expected.
        known: Whether the expectation rests on enough touches; otherwise it is a hope.
    """

    step: int
    place: int
    type: int
    reward: float
    known: bool


def touch_of(step: int, place: int, front: int, expected: Prediction) -> PlannedTouch:
    """Return a contact as part of a plan."""
    return PlannedTouch(
        step=step, place=place, type=front, reward=expected.reward, known=expected.known
    )


class Plan(NamedTuple):
    """A plan of the agent.

    Attributes:
        actions: The actions, in order.
        boards: The scene expected after each.
        touches: The contacts among them.
        value: The return expected beyond that of plain steps, minus the price of the steps.
    """

    actions: tuple[int, ...] = ()
    boards: tuple[Board, ...] = ()
    touches: tuple[PlannedTouch, ...] = ()
    value: float = 0.0


class _Reach(NamedTuple):
    """A contact within reach: the actions of the walk, the last of which makes the contact."""

    actions: tuple[int, ...]
    board: Board  # just before it
    context: Context


class _Node(NamedTuple):
    board: Board
    parent: _Node | None
    actions: tuple[int, ...]
    touch: PlannedTouch | None
    steps: int
    reward: float
    over: bool


class Planner:
    """Plans on the present beliefs.

    Args:
        model: The rules.
        effects: The effects of the actions on the agent.
        actions: All actions, in the order in which equal ones are preferred.
        refused: (place, action) pairs that were seen not to work in this episode.
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
        self._worth: dict[int, float] = {FREE: 0.0}

    def best(self, board: Board) -> Plan:
        """Return the best plan; an empty one if nothing is worth its steps."""
        hopes = self._hopes(board)
        if not hopes:
            return Plan()
        if len(hopes) > self._model.thresholds.exact_goods:
            for reach in self._within_reach(board, only_good=True):
                return self._plan(self._follow(_root(board), reach))
        return self._search(board)

    def experiment(self, board: Board) -> Plan:
        """Return the quickest plan to a contact that may teach something, at no loss on the way."""
        queue = [(0, 0, _root(board))]
        counter, seen = itertools.count(1), {board}
        while queue and len(seen) < self._model.thresholds.scenes:
            _, _, node = heapq.heappop(queue)
            for reach in self._within_reach(node.board):
                found = self._follow(node, reach)
                if self._model.is_curious(reach.context):
                    return self._plan(found)
                assert found.touch is not None
                costs = found.touch.reward < self._model.step_reward or found.over
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
        rewards = [
            model.optimism
            if model.is_questioned(label, enters)
            else belief.reward - model.step_reward
            for enters in (True, False)
            if (belief := model.belief(label, enters)) is not None
        ]
        return max([0.0, *rewards])

    def _search(self, board: Board) -> Plan:
        root = _root(board)
        best, best_value = root, 0.0
        counter = itertools.count(1)
        queue = [(-sum(self._hopes(board)), 0, root)]
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
                if not found.over:
                    hope = value + sum(self._hopes(found.board))
                    heapq.heappush(queue, (-hope, next(counter), found))
        return self._plan(best)

    def _within_reach(self, board: Board, *, only_good: bool = False) -> Iterator[_Reach]:
        """Yield the contacts within reach over free cells, the nearest first.

        Args:
            board: The scene.
            only_good: Whether only contacts of a good reward count.
        """
        plain, cells = self._model.plain, board.cells
        start = (board.place, board.body)
        came: dict[tuple[int, int], tuple[tuple[int, int], int] | None] = {start: None}
        frontier = [start]
        while frontier:
            following = []
            for here in frontier:
                place, body = here
                stand = board._replace(place=place, body=body)
                for action in self._actions:
                    if (place, action) in self._refused:
                        continue
                    effect = self._effects.get((body, action))
                    if effect is None:
                        continue
                    where = aim(stand, action, self._effects)
                    if where is None:
                        there = (place, effect.type)
                    elif where.target < 0:
                        continue
                    elif cells[where.target] in plain:
                        there = (where.target, effect.type)
                    else:
                        context = context_of(stand, action, where)
                        expected = self._model.predict(context)
                        good = expected.reward > self._model.step_reward and not expected.ends
                        if good or not only_good:
                            yield _Reach(_walk(came, here, action), stand, context)
                        continue
                    if there not in came:
                        came[there] = (here, action)
                        following.append(there)
            frontier = following

    def _follow(self, node: _Node, reach: _Reach) -> _Node:
        """Return the node after a contact."""
        where = aim(reach.board, reach.context.action, self._effects)
        assert where is not None
        expected = self._model.predict(reach.context)
        steps = node.steps + len(reach.actions)
        touch = touch_of(steps, where.target, reach.context.front, expected)
        return _Node(
            board=applied(reach.board, where, expected.effect),
            parent=node,
            actions=reach.actions,
            touch=touch,
            steps=steps,
            reward=node.reward + expected.reward - self._model.step_reward,
            over=expected.ends,
        )

    def _plan(self, node: _Node) -> Plan:
        """Return the plan that leads to a node, with the scenes expected on the way."""
        nodes: list[_Node] = []
        back: _Node | None = node
        while back is not None:
            nodes.append(back)
            back = back.parent
        nodes.reverse()
        board, actions, boards = nodes[0].board, [], []
        for action in itertools.chain.from_iterable(part.actions for part in nodes):
            board, _ = self.after(board, action)
            actions.append(action)
            boards.append(board)
        touches = tuple(part.touch for part in nodes if part.touch is not None)
        value = node.reward - self._model.thresholds.step_price * node.steps
        return Plan(tuple(actions), tuple(boards), touches, value)


def _root(board: Board) -> _Node:
    return _Node(board=board, parent=None, actions=(), touch=None, steps=0, reward=0.0, over=False)


def _walk(
    came: dict[tuple[int, int], tuple[tuple[int, int], int] | None],
    here: tuple[int, int],
    last: int,
) -> tuple[int, ...]:
    actions = [last]
    step = came[here]
    while step is not None:
        before, action = step
        actions.append(action)
        step = came[before]
    return tuple(reversed(actions))
