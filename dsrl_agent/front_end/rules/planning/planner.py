"""Plan on learned rules: the highest return, then the fewest steps; otherwise what is worth a try.

With few good things the best order to fetch them is searched for; with many the nearest is fetched
first. Where no plan promises a reward, the cheapest contact that may teach something is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from dsrl_agent.front_end.agency import ActionEffects
from dsrl_agent.front_end.knowledge import ExpectedTouch
from dsrl_agent.front_end.rule import Context
from dsrl_agent.front_end.rules.beliefs.model import ContactModel, Prediction
from dsrl_agent.front_end.rules.beliefs.rewards import in_units
from dsrl_agent.front_end.rules.beliefs.tries import is_covered
from dsrl_agent.front_end.rules.board import Board
from dsrl_agent.front_end.rules.contact import Aim, aim, applied, context_of
from dsrl_agent.front_end.rules.planning.hopes import Hopes
from dsrl_agent.front_end.rules.planning.novelty import Novelty
from dsrl_agent.front_end.rules.planning.search import Search
from dsrl_agent.front_end.rules.planning.states import Moves, Refused, State, way_to
from dsrl_agent.types import EDGE, FREE, GOING, Fact


class Plan(NamedTuple):
    """A plan of the agent."""

    actions: tuple[int, ...] = ()  # the actions, in order
    boards: tuple[Board, ...] = ()  # the scene expected after each
    touches: tuple[ExpectedTouch, ...] = ()  # the contacts among them
    # the return expected beyond that of plain steps, minus the price of the steps
    value: float = 0.0


class Planner:
    """Plans on the present beliefs.

    `actions` holds all actions, in the order in which equal ones are preferred, and `refused` what
    was seen not to work in this episode. `start` holds the types seen
    when the episode began. `novelty` prices what may be tried.
    """

    def __init__(
        self,
        model: ContactModel,
        effects: ActionEffects,
        actions: Sequence[int],
        refused: frozenset[Refused] = frozenset(),
        start: frozenset[int] = frozenset(),
        novelty: Novelty | None = None,
    ) -> None:
        self._model = model
        self._effects = effects
        self._moves = Moves(model, effects, actions)
        self._refused = refused
        self._start = start
        self._novelty = novelty or Novelty(model)
        self._unit = model.unit
        self._price = model.thresholds.step_price * self._unit
        worth = cache(lambda label: in_units(model.promise(label), model.unit))
        limits, stride = model.thresholds, self._moves.stride if model.stays_in_place else 0
        self._hopes = Hopes(worth, limits.step_price, stride, limits.exact_goods)

    def best(self, board: Board) -> Plan:
        """Return the best plan; an empty one if nothing is worth its steps."""
        if not self.hopes(board):
            return Plan()
        found = self._search(board, explores=False)
        return Plan() if found.best is None else self._plan(board, found.best)

    def experiment(self, board: Board) -> Plan:
        """Return the cheapest plan to a contact that may teach something, at no loss on the way."""
        found = self._search(board, explores=True)
        return Plan() if found.experiment is None else self._plan(board, found.experiment)

    def choose(self, board: Board) -> Plan:
        """Return the best plan or, if nothing is worth its steps, the cheapest experiment."""
        found = self._search(board, explores=True)
        end = found.experiment if found.best is None else found.best
        return Plan() if end is None else self._plan(board, end)

    def after(self, board: Board, action: int) -> tuple[Board, Prediction | None]:
        """Return the scene expected after an action, and the expectation of its contact."""
        where = aim(board, action, self._effects, self._model.verbs)
        if where is None:
            effect = self._effects.get((board.body, action))
            return (board if effect is None else board._replace(body=effect.type)), None
        refused = (board.place, board.body, action) in self._refused
        if refused or self._is_held_up(board, action, where):
            return board, None
        since = board.since(self._start)
        expected = self._model.predict(context_of(board, action, where, since))
        return applied(board, where, expected.effect, action, self._model.verbs), expected

    def _is_held_up(self, board: Board, action: int, where: Aim) -> bool:
        side = (board.cells[board.place], where.effect.d_row, where.effect.d_col)
        return self._model.verbs.of(action) == GOING and side in self._moves.closed

    def hopes(self, board: Board) -> bool:
        """Say whether there is something in a scene that may be worth a touch."""
        return self._hopes.of(board).goods > 0

    def is_tested(self, board: Board, action: int) -> bool:
        """Say whether what an action meets was met before, in circumstances like these.

        Plain steps and the edge need no test.
        """
        where = aim(board, action, self._effects, self._model.verbs)
        if where is None:
            return True
        context = context_of(board, action, where, board.since(self._start))
        plain = (self._model.verbs.of(action), context.front) == (GOING, FREE)
        return plain or context.front == EDGE or is_covered(*self._model.tries_for(context))

    def takes_for_granted(self, board: Board) -> bool:
        """Say whether a thing in a scene is walked over that was never met in such circumstances.

        The search for plans does not weigh such things: plans may lead over them at any time.
        """
        since = board.since(self._start)
        here = (board.body, GOING, board.taken, board.held, since.came, since.gone)
        context = Context(FREE, FREE, *here)
        passed = (set(board.cells) & self._model.plain) - {FREE}
        found = (self._model.tries_for(context._replace(front=front)) for front in passed)
        return not all(tries.times and is_covered(tries, of) for tries, of in found)

    def plan_from(self, board: Board, action: int) -> Plan:
        """Return the best plan that begins with an action."""
        after, expected = self.after(board, action)
        over = expected is not None and expected.ends
        rest = Plan() if over else self.best(after)
        value = self.gain(expected) - self._price + rest.value
        touches = tuple(touch._replace(step=touch.step + 1) for touch in rest.touches)
        where = aim(board, action, self._effects, self._model.verbs)
        if expected and where and board.at(where.target) not in (FREE, EDGE):
            touches = (self.touch(1, board, where.target, expected), *touches)
        return Plan((action, *rest.actions), (after, *rest.boards), touches, value)

    def gain(self, expected: Prediction | None) -> float:
        """Return the worth of a contact beyond a plain step."""
        return 0.0 if expected is None else self._model.gain(expected.reward, expected.ends)

    def touch(self, step: int, board: Board, target: int, expected: Prediction) -> ExpectedTouch:
        """Return the contact with a place of a scene as part of a plan, made by a step from 1."""
        fact = Fact(board.at(target), *divmod(target, board.shape[1]))
        reward = self._model.step_reward + self.gain(expected)
        return ExpectedTouch(step, fact, reward, expected.known)

    def _search(self, board: Board, *, explores: bool) -> Search:
        return Search(
            self._model, self._moves, self._novelty, self._hopes, board, self._start,
            self._refused, explores,
        )  # fmt: skip

    def _plan(self, board: Board, end: State) -> Plan:
        """Return the plan that leads to a state, with the scenes expected on the way."""
        actions, boards, touches = [], [], []
        for number, state in enumerate(way_to(end), 1):
            if state.contact is not None and board.at(state.target) != FREE:
                touches.append(self.touch(number, board, state.target, state.contact.expected))
            board, _ = self.after(board, state.action)
            actions.append(state.action)
            boards.append(board)
        value = end.gain * self._unit - self._price * end.steps
        return Plan(tuple(actions), tuple(boards), tuple(touches), value)
