"""Represent the states of a search for plans: scenes, places in them, and the ways to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from dsrl_agent.front_end.agency import ActionEffect, ActionEffects
from dsrl_agent.front_end.rule import Effect
from dsrl_agent.front_end.rules.beliefs.model import ContactModel, Prediction
from dsrl_agent.front_end.rules.board import Board, SinceStart, steps
from dsrl_agent.front_end.rules.contact import Aim, landing
from dsrl_agent.front_end.rules.planning.hopes import Hope
from dsrl_agent.types import BESIDE, FREE, GOING, KEPT, Shape

Refused = tuple[int, int, int]
"""A place, a type of the agent and an action that did not have the expected effect there."""


Standing = tuple[int, int]
"""The agent's place and type."""


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
        self.closed = model.fences.closed(model.plain)  # (type, row, column): sides of a fence

    def of(self, shape: Shape, body: int) -> list[Move]:
        """Return the actions of an appearance on a grid of this shape."""
        key = (shape, body)
        if key not in self._found:
            self._found[key] = [self._move(shape, body, action) for action in self._actions]
        return self._found[key]

    @property
    def stride(self) -> int:
        """The most cells, rows and columns together, that a known action leads away; at least 1."""
        return max([1, *(abs(of.d_row) + abs(of.d_col) for of in self._effects.values())])

    def holds_up(self, under: int, move: Move) -> bool:
        """Say whether a step off a type is held up by a fence."""
        effect = move.effect
        side = None if effect is None else (under, effect.d_row, effect.d_col)
        return move.going and side in self.closed

    def is_alike(self, move: Move, effect: Effect) -> bool:
        """Say whether the same scene follows from wherever the agent comes."""
        return move.going and effect.beyond == KEPT and not self._model.verbs.loads

    def wrecks(self, front: int, move: Move, effect: Effect) -> bool:
        """Say whether an action makes a thing vanish that is not in hand then."""
        gone = effect.becomes == FREE and front != FREE
        return gone and not move.going and not self._model.verbs.takes(move.action)

    def _move(self, shape: Shape, body: int, action: int) -> Move:
        effect = self._effects.get((body, action))
        going = self._model.verbs.of(action) == GOING
        reaches = effect is not None and effect.moves
        leads = steps(shape, effect.d_row, effect.d_col) if effect is not None and reaches else None
        if action in self._model.verbs.here:  # it reaches the agent's own place
            leads, effect = steps(shape, 0, 0), effect or ActionEffect(0, 0, body)
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
    number: int  # the same for all of which the same is expected


Contacts = dict[tuple[int, int, int, int], ExpectedContact]
"""By action, the agent's type, and what stands in front and beyond: what is expected."""


@dataclass(eq=False)
class SearchScene:
    """A scene, whatever the agent's place in it."""

    board: Board  # the scene, with the agent at a place that does not matter
    hope: Hope  # of all good things in it
    start: frozenset[int]  # the types seen when the episode began
    first: bool  # whether the search began in it
    # of all scenes in the same state of affairs, as soon as it is walked through
    contacts: Contacts = field(default_factory=dict)
    reached: dict[tuple[int, int], float] = field(default_factory=dict)  # values, by (place, type)
    puts: set[int] = field(default_factory=set)  # places where plans put things down
    # by place, effect and, where it matters, action and agent: the scene that follows, if any may
    after: dict[object, SearchScene | None] = field(default_factory=dict)

    @cached_property
    def since(self) -> SinceStart:
        """What came and went since the episode began; of most scenes it is never asked."""
        return self.board.since(self.start)

    def landing(self, at: Standing, move: Move, effect: Effect) -> int:
        """Return the place that an effect takes the agent to, or -1 if none is known."""
        assert move.leads is not None
        assert move.effect is not None
        target = move.leads[at[0]]
        if effect.enters or not effect.flung:
            return target if effect.enters else -1
        return landing(self.board.standing(*at), Aim(move.effect, target, -1), effect)

    def may_put(self, place: int, most: int) -> bool:
        """Say whether a plan may put a thing down at a place; it does at few."""
        if place not in self.puts and len(self.puts) >= most:
            return False
        self.puts.add(place)
        return True


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

    def value(self, step: float) -> float:
        """Return the gain less the price of the steps."""
        return self.gain - step * self.steps

    def has_gained(self, scene: SearchScene, place: int) -> bool:
        """Say whether a contact with a place gave something and led to this sight on the way here.

        What was taken may differ: what pays to and fro counts as taken each time.
        """
        state: State | None = self
        cells, held = scene.board.cells, scene.board.held
        while state is not None:
            board = state.scene.board
            if state.target == place and board.cells == cells and board.held == held:
                assert state.contact is not None
                if state.contact.gain > 0.0:
                    return True
            state = state.parent
        return False


@dataclass(frozen=True)
class Walks:
    """The ways over plain ground from a state, as they are found."""

    entry: State  # where they begin
    # by where the agent stands, where it stood one step before, and the action
    came: dict[Standing, tuple[Standing, int]] = field(default_factory=dict)
    # by place, contact and the agent's type then: what was come upon, in the fewest steps
    met: set[tuple[int, int, int]] = field(default_factory=set)

    def state(self, at: Standing) -> State:
        """Return the state of standing somewhere, with the way to it."""
        way: list[tuple[Standing, int]] = []
        start = (self.entry.place, self.entry.body)
        while at != start:
            before, action = self.came[at]
            way.append((at, action))
            at = before
        state = self.entry
        for (place, body), action in reversed(way):
            state = State(
                state.scene, place, body, state.steps + 1, state.gain, state, action,
                wrecks=state.wrecks,
            )  # fmt: skip
        return state


class Offer(NamedTuple):
    """Something to try."""

    price: float
    target: int  # the place that it is tried on, -1 if not known
    contact: ExpectedContact | None


def way_to(end: State) -> Iterator[State]:
    """Yield the states of the way to a state, without the first."""
    path = []
    state: State | None = end
    while state is not None and state.parent is not None:
        path.append(state)
        state = state.parent
    yield from reversed(path)
