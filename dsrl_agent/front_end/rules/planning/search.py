"""Search for the contacts worth making: A* over scenes and the agent's places in them.

A state is a scene with the agent's place and type. The optimistic bound of A* (Hart, Nilsson &
Raphael 1968) is the reward of all good things that are left. Every contact that may teach something
has a price beside its distance, so the same search finds the cheapest thing to try.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dsrl_agent.front_end.agency import ActionEffect, ActionEffects
from dsrl_agent.front_end.rule import Effect
from dsrl_agent.front_end.rules.beliefs.model import ContactModel, Prediction
from dsrl_agent.front_end.rules.beliefs.rewards import in_units
from dsrl_agent.front_end.rules.beliefs.tries import does_nothing
from dsrl_agent.front_end.rules.board import Board, came_up, steps
from dsrl_agent.front_end.rules.contact import Aim, applied, context_of
from dsrl_agent.front_end.rules.planning.novelty import Novelty
from dsrl_agent.types import BESIDE, FREE, GOING, HELD, Shape

_SAME = 1e-9  # rounding: values, in units, that differ by less are equal


Refused = tuple[int, int, int]
"""A place, a type of the agent and an action that did not have the expected effect there."""


class Move(NamedTuple):
    """An action of one of the agent's appearances."""

    action: int
    leads: tuple[int, ...] | None  # the place reached from each place; `None` if it reaches none
    effect: ActionEffect | None  # its effect where nothing is in the way; `None` if not known
    going: bool  # whether it moves the agent
    guesses: tuple[ActionEffect, ...]  # where it is not known, what it may reach


class Moves:
    """The actions of each appearance of the agent, the preferred ones first."""

    def __init__(self, model: ContactModel, effects: ActionEffects, actions: Sequence[int]) -> None:
        self._model, self._effects, self._actions = model, effects, actions
        self._found: dict[tuple[Shape, int], list[Move]] = {}

    def of(self, shape: Shape, body: int) -> list[Move]:
        """Return the actions of an appearance on a grid of this shape."""
        key = (shape, body)
        if key not in self._found:
            self._found[key] = [self._move(shape, body, action) for action in self._actions]
        return self._found[key]

    def _move(self, shape: Shape, body: int, action: int) -> Move:
        effect = self._effects.get((body, action))
        going = self._model.verbs.of(action) == GOING
        reaches = effect is not None and effect.moves
        leads = steps(shape, effect.d_row, effect.d_col) if effect is not None and reaches else None
        return Move(action, leads, effect, going, self._guesses(body) if effect is None else ())

    def _guesses(self, body: int) -> tuple[ActionEffect, ...]:
        """Return what an action may reach: the cells beside that no other appearance faces."""
        faced = {
            (effect.d_row, effect.d_col) for (look, _), effect in self._effects.items()
            if look != body
        }  # fmt: skip
        return tuple(ActionEffect(*offset, body) for offset in BESIDE if offset not in faced)


class ExpectedContact(NamedTuple):
    """A contact as it is expected in a scene."""

    expected: Prediction
    gain: float  # its worth beyond a plain step, in units
    idle: bool  # whether it leaves everything as it was
    price: float | None  # its price as something to try; `None` if it teaches nothing


@dataclass(eq=False)
class SearchScene:
    """A scene, whatever the agent's place in it."""

    board: Board  # the scene, with the agent at a place that does not matter
    hope: float  # the gain of all good things in it, in units
    came: tuple[int, ...]  # the types that came up
    first: bool  # whether the search began in it
    contacts: dict[tuple[int, int, int, int], ExpectedContact] = field(default_factory=dict)
    reached: dict[tuple[int, int], float] = field(default_factory=dict)  # values, by (place, type)
    puts: Counter[int] = field(default_factory=Counter)  # places where plans put things down


class State(NamedTuple):
    """A state of the search, and the way to it."""

    scene: SearchScene
    place: int
    body: int
    steps: int = 0
    gain: float = 0.0  # in units
    parent: State | None = None
    action: int = -1  # the action that led here
    contact: ExpectedContact | None = None  # its contact, if there was one
    target: int = -1  # the place of that contact
    wrecks: bool = False  # whether the way to it makes a thing vanish for good


@dataclass
class Search:
    """A search from one scene, run when it is made."""

    model: ContactModel
    moves: Moves
    novelty: Novelty
    hopes: Callable[[Board], list[float]]  # of the good things in a scene, in units
    board: Board  # where it begins
    start: frozenset[int] = frozenset()  # the types seen when the episode began
    refused: frozenset[Refused] = frozenset()
    explores: bool = True  # whether it looks for things to try
    best: State | None = None  # the end of the best plan
    value: float = 0.0  # its value, in units
    experiment: State | None = None  # the end of the cheapest plan to something to try
    price: float = math.inf  # steps and price of that

    def __post_init__(self) -> None:
        self._unit = self.model.unit
        self._step = self.model.thresholds.step_price
        self._plain = self.model.plain
        self._counter = itertools.count()
        self._queue: list[tuple[float, int, State]] = []
        self._scenes: dict[tuple[tuple[int, ...], object, int], SearchScene] = {}
        hopes = self.hopes(self.board)
        self._nearest = len(hopes) > self.model.thresholds.exact_goods
        first = self._scene(self.board)
        if first is not None:
            self._push(State(first, self.board.place, self.board.body), 0.0)
            self._run()

    def _run(self) -> None:
        left = self.novelty.prices.states
        while self._queue and left:
            bound, _, state = heapq.heappop(self._queue)
            if self._is_over(-bound, state):
                return
            left -= 1
            for move in self.moves.of(self.board.shape, state.body):
                self._take(state, move)
            if self._nearest and self.best is not None:
                return

    def _is_over(self, bound: float, state: State) -> bool:
        """Say whether nothing better can follow."""
        if self.best is not None or not self.explores:
            return bound <= self.value + _SAME
        hopeless = bound <= _SAME
        return hopeless and state.steps >= self.price

    def _take(self, state: State, move: Move) -> None:
        """Follow an action from a state."""
        scene, place = state.scene, state.place
        effect, leads = move.effect, move.leads
        if (place, state.body, move.action) in self.refused:
            return
        if effect is None or (leads is None and effect.type == state.body):
            if self.explores:
                self._try_unknown(state, move)
            return
        if leads is None:
            self._walk(state, move.action, place, effect.type)
            return
        target = leads[place]
        if target < 0:
            return
        if move.going and scene.board.cells[target] in self._plain:
            self._walk(state, move.action, target, effect.type)
            return
        where = Aim(effect, target, leads[target])
        contact = self._contact(state, move, where)
        if self.explores and contact.price is not None:
            self._try(state, move, contact.price, target, contact)
        if not contact.idle:
            self._touch(state, move, where, contact)

    def _try_unknown(self, state: State, move: Move) -> None:
        """Take note of an action of unknown reach, if something worth a try may be reached."""
        prices = [0.0] if move.effect is not None else []
        for guess in move.guesses:
            leads = steps(self.board.shape, guess.d_row, guess.d_col)
            target = leads[state.place]
            if target < 0:
                continue
            if move.going and state.scene.board.cells[target] in self._plain:
                prices.append(0.0)
                continue
            contact = self._contact(state, move, Aim(guess, target, leads[target]))
            prices += [] if contact.price is None else [contact.price]
        if prices:
            at = state.scene.board._replace(place=state.place, body=state.body)
            self._try(state, move, self.novelty.unknown(at, move.action) + min(prices), -1, None)

    def _walk(self, state: State, action: int, place: int, body: int) -> None:
        value = state.gain - self._step * (state.steps + 1)
        if value > state.scene.reached.get((place, body), -math.inf) + _SAME:
            steps_on = state.steps + 1
            on = State(state.scene, place, body, steps_on, state.gain, state, action)
            self._push(on._replace(wrecks=state.wrecks), value)

    def _touch(self, state: State, move: Move, where: Aim, contact: ExpectedContact) -> None:
        """Follow a contact; it counts as an end of plans, and others may go on from there."""
        effect = contact.expected.effect
        scene, place, body, over = state.scene, state.place, state.body, True
        if not contact.expected.ends and not effect.flung:
            if effect.becomes == HELD and not self._may_put(scene, where.target):
                return
            at = scene.board._replace(place=place, body=body)
            board = applied(at, where, effect, move.action, self.model.verbs)
            following = self._scene(board)
            if following is not None:
                scene, place, body, over = following, board.place, board.body, False
        gain, number = state.gain + contact.gain, state.steps + 1
        value = gain - self._step * number
        found = State(scene, place, body, number, gain, state, move.action, contact, where.target)
        if state.wrecks or self._wrecks(state.scene.board.at(where.target), move, effect):
            found = found._replace(wrecks=True)
        if value > self.value + _SAME and not (self._nearest and contact.expected.ends):
            self.best, self.value = found, value
        if not over and value > scene.reached.get((place, body), -math.inf) + _SAME:
            self._push(found, value)

    def _wrecks(self, front: int, move: Move, effect: Effect) -> bool:
        """Say whether an action makes a thing vanish that is not in hand then."""
        gone = effect.becomes == FREE and front != FREE
        return gone and not move.going and not self.model.verbs.takes(move.action)

    def _try(
        self, state: State, move: Move, price: float, target: int, contact: ExpectedContact | None
    ) -> None:
        """Take note of something to try, at no loss on the way, and with nothing wrecked."""
        if state.gain < 0.0 or state.wrecks:
            return
        held = state.scene.board.held
        if state.scene.first:
            price += self.novelty.repeated((move.action, state.place, state.body, held))
        total = state.steps + 1 + price
        if total < self.price:
            self.price = total
            self.experiment = State(
                state.scene, state.place, state.body, state.steps + 1, state.gain, state,
                move.action, contact, target,
            )  # fmt: skip

    def _contact(self, state: State, move: Move, where: Aim) -> ExpectedContact:
        """Return what is expected of a contact; it is worked out once in a scene."""
        board = state.scene.board
        key = (move.action, state.body, board.at(where.target), board.at(where.beyond))
        found = state.scene.contacts.get(key)
        if found is None:
            found = state.scene.contacts[key] = self._expected(state, move, where)
        return found

    def _expected(self, state: State, move: Move, where: Aim) -> ExpectedContact:
        at = state.scene.board._replace(place=state.place, body=state.body)
        context = context_of(at, move.action, where, state.scene.came)
        expected = self.model.predict(context)
        gain = in_units(self.model.gain(expected.reward, expected.ends), self._unit)
        idle = does_nothing(context.front, expected.effect) and not expected.ends and not gain
        costs = gain < 0.0 or (expected.ends and gain <= 0.0)
        price = self.novelty.price(context, expected) if self.explores else None
        return ExpectedContact(expected, gain, idle or (costs and expected.ends), price)

    def _may_put(self, scene: SearchScene, target: int) -> bool:
        """Say whether a plan may put a thing down at a place of a scene; few places are tried."""
        if target not in scene.puts and len(scene.puts) >= self.novelty.prices.puts:
            return False
        scene.puts[target] += 1
        return True

    def _scene(self, board: Board) -> SearchScene | None:
        """Return the scene of a board, `None` if there are too many."""
        key = (board.cells, board.taken, board.held)
        found = self._scenes.get(key)
        if found is None and len(self._scenes) < self.model.thresholds.scenes:
            hope, came = sum(self.hopes(board)), came_up(board.cells, self.start)
            found = self._scenes[key] = SearchScene(board, hope, came, not self._scenes)
        return found

    def _push(self, state: State, value: float) -> None:
        state.scene.reached[state.place, state.body] = value
        heapq.heappush(self._queue, (-(value + state.scene.hope), next(self._counter), state))


def way_to(end: State) -> Iterator[State]:
    """Yield the states of the way to a state, without the first."""
    path = []
    state: State | None = end
    while state is not None and state.parent is not None:
        path.append(state)
        state = state.parent
    yield from reversed(path)
