"""Plan among things that walk and on slippery ground, by value iteration.

The planner names a goal on the board without the things that walk: the first contact of its plan.
Values say how soon each place leads there. For the next few steps the places of walking things are
foreseen by diffusion, and each step is weighed against the risk of meeting one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from dsrl_agent.config import ChanceThresholds
from dsrl_agent.front_end.agency import ActionEffect, ActionEffects
from dsrl_agent.front_end.rule import Context
from dsrl_agent.front_end.rules.beliefs.model import ContactModel, Prediction
from dsrl_agent.front_end.rules.board import Board, steps
from dsrl_agent.front_end.rules.contact import Aim, context_of
from dsrl_agent.front_end.rules.motion.slips import Slips
from dsrl_agent.front_end.rules.planning.outcomes import (
    ChanceOption,
    ChancePrices,
    ChanceWay,
    Diffusion,
    Occupancy,
    OutcomeArrays,
)
from dsrl_agent.front_end.rules.planning.planner import Plan
from dsrl_agent.types import FREE, GOING, Floats

Steps = Mapping[int, Mapping[tuple[int, int], float]]
"""By type that walks, the probability of each of its steps."""


class Goal(NamedTuple):
    """The contact to make next: an action at a place as an appearance."""

    place: int
    body: int
    action: int


def hazards_on(board: Board, walking: frozenset[int], model: ContactModel) -> frozenset[int]:
    """Return the types on a board that walk and are not worth a touch."""
    if not walking:
        return walking
    return frozenset(of for of in walking & set(board.cells) if model.worth(of) <= 0.0)


def goal_of(plan: Plan, board: Board) -> Goal | None:
    """Return the first contact of a plan, `None` if there is no plan."""
    before = board
    for action, after in zip(plan.actions, plan.boards, strict=True):
        kept = (after.cells, after.taken, after.held) == (before.cells, before.taken, before.held)
        if not kept or after.place == before.place == plan.boards[-1].place:
            return Goal(before.place, before.body, action)
        before = after
    if not plan.actions:
        return None
    start = plan.boards[-2] if len(plan.boards) > 1 else board
    return Goal(start.place, start.body, plan.actions[-1])


@dataclass
class Chances:
    """The world as far as chance rules it."""

    slips: Slips  # the chances of where actions lead
    steps: Steps  # the steps of types that walk and are to be avoided
    risk: float = 0.0  # chance that one that comes where the agent stands hurts it


class ChanceScene(NamedTuple):
    """The scene in which values hold."""

    static: Board  # the board without what walks
    start: frozenset[int]  # the types seen when the episode began
    goal: Goal | None  # the contact to make next
    promise: float = 0.0  # the return that the plan expects which names the goal


class ChancePlanner:
    """Values every place and appearance on one board, and chooses actions by them."""

    def __init__(
        self,
        model: ContactModel,
        effects: ActionEffects,
        chances: Chances,
        thresholds: ChanceThresholds,
        setting: ChanceScene,
        num_actions: int,
    ) -> None:
        self._model, self._effects, self._chances = model, effects, chances
        self._thresholds = thresholds
        self._static, self.goal, self._promise = setting.static, setting.goal, setting.promise
        static = setting.static
        self._since = static.since(setting.start)
        self._bodies = sorted({body for body, _ in effects} | {static.body})
        self._discount = thresholds.certain_patience if chances.slips else thresholds.patience
        self._free = np.array([cell == FREE for cell in static.cells])
        options = [
            option
            for index, body in enumerate(self._bodies)
            for action in range(num_actions)
            if (option := self._option(index, body, action)) is not None
        ]
        prices = ChancePrices(self._discount, chances.risk)
        self._outcomes = OutcomeArrays(options, len(static.cells), prices)
        self._spreads: dict[int, Diffusion] = {}
        self._values = self._settled_values()

    def choose(self, board: Board, order: Sequence[int], walking: Floats | None = None) -> int:
        """Return the best action, the first in the order among equals.

        `walking` `[layers, n]` has the chances of something that walks at each place, now and after
        each step, where they are known better than by how often each type took each step.
        """
        values = self._action_values(board, walking)
        return max(order, key=lambda action: round(values.get(action, -2.0), 9))

    def promises(self, board: Board) -> bool:
        """Say whether something good may be reached."""
        body = self._bodies.index(board.body) if board.body in self._bodies else 0
        return bool(self._values[body, board.place] > self._thresholds.settled)

    def _action_values(self, board: Board, walking: Floats | None = None) -> dict[int, float]:
        """Return the values of the actions that have one, with walking things foreseen."""
        layers = self._foreseen(board) if walking is None else list(walking)
        values, crowds = self._values, [Occupancy(*pair) for pair in pairwise(layers)]
        for crowd in crowds[:0:-1]:
            values = self._outcomes.best(values, crowd)
        body = self._bodies.index(board.body) if board.body in self._bodies else 0
        worths = self._outcomes.worths(values, crowds[0] if crowds else None, now=True)
        return {
            option.action: float(worth[board.place])
            for option, worth in zip(self._outcomes.options, worths, strict=True)
            if option.body == body
        }

    def _settled_values(self) -> Floats:
        values = np.zeros((len(self._bodies), len(self._static.cells)))
        for _ in range(self._thresholds.sweeps):
            swept = self._outcomes.best(values, None)
            if np.abs(swept - values).max() < self._thresholds.settled:
                return swept
            values = swept
        return values

    def _option(self, index: int, body: int, action: int) -> ChanceOption | None:
        """Return an action of an appearance, `None` where it does nothing but wait."""
        effect, slips = self._effects.get((body, action)), self._chances.slips.get(action)
        count = len(self._static.cells)
        own = np.arange(count)
        never = np.full(count, np.nan)
        if self.goal is not None and (self.goal.body, self.goal.action) == (body, action):
            never[self.goal.place] = 1.0
        if slips:
            ways = tuple(
                self._slipping(index, ActionEffect(*offset, body), action, chance)
                for offset, chance in slips.items()
            )
            return ChanceOption(action, index, ways)
        if effect is None or effect == (0, 0, body):
            return ChanceOption(action, index, (ChanceWay(1.0, index, own, own, never),))
        if not effect.moves:
            turned = self._bodies.index(effect.type) if effect.type in self._bodies else index
            return ChanceOption(action, index, (ChanceWay(1.0, turned, own, own, never),))
        return ChanceOption(action, index, (self._reaching(index, effect, action, 1.0, never),))

    def _slipping(self, index: int, effect: ActionEffect, action: int, chance: float) -> ChanceWay:
        """Return the way of a slip; it is worth 1 where it leads to the goal's cell."""
        shape, goal, model = self._static.shape, self.goal, self._model
        worth = np.full(len(self._static.cells), np.nan)
        if goal is not None and model.verbs.of(action) == model.verbs.of(goal.action):
            known = self._effects.get((goal.body, goal.action))
            if known is not None and known.moves:
                target = steps(shape, known.d_row, known.d_col)[goal.place]
                leads = np.array(steps(shape, effect.d_row, effect.d_col))
                worth[(leads == target) & (leads >= 0)] = 1.0
        return self._reaching(index, effect, action, chance, worth)

    def _reaching(
        self, index: int, effect: ActionEffect, action: int, chance: float, never: Floats
    ) -> ChanceWay:
        """Return the way of an action that reaches a cell."""
        board, own = self._static, np.arange(len(self._static.cells))
        leads = np.array(steps(board.shape, effect.d_row, effect.d_col))
        target = np.where(leads < 0, own, leads)
        labels = np.array(board.cells)[target]
        there, ends = own.copy(), never.copy()
        for label in {int(label) for label in labels}:
            at = (labels == label) & (leads >= 0)
            expected = self._expected(label, index, effect, action)
            worth = self._ending(expected, label)
            if worth is not None:
                ends[at & np.isnan(ends)] = worth
            elif expected.effect.enters:
                there[at] = target[at]
        moving = self._model.verbs.of(action) == GOING
        known = effect.type if effect.type in self._bodies else self._bodies[index]
        body = self._bodies.index(known) if moving else index
        return ChanceWay(chance, body, there, target if moving else own, ends)

    def _expected(self, label: int, index: int, effect: ActionEffect, action: int) -> Prediction:
        board = self._static
        at = board._replace(body=self._bodies[index])
        context: Context = context_of(at, action, Aim(effect, -1, -1), self._since)
        gone = self._since.gone_beside(label)
        return self._model.predict(context._replace(front=label, beyond=FREE, gone=gone))

    def _ending(self, expected: Prediction, label: int) -> float | None:
        """Return the value of a contact that ends the way, `None` if it goes on.

        An end of the episode that gives less than the plan is worth its share of that.
        """
        gain = self._model.gain(expected.reward, expected.ends)
        if label == FREE and not expected.ends:
            return None
        if gain > 0.0:
            return gain / self._promise if expected.ends and gain < self._promise else 1.0
        if gain < 0.0 or expected.effect.flung:
            return -1.0
        return 0.0 if expected.ends else None

    def _foreseen(self, board: Board) -> list[Floats]:
        """Return the chances of something that walks, now and after each of the next steps."""
        walking = [cell for cell in set(board.cells) if cell in self._chances.steps]
        if not walking:
            return []
        layers = [np.zeros(len(board.cells)) for _ in range(self._thresholds.layers + 1)]
        cells = np.array(board.cells)
        for label in walking:
            chance = (cells == label).astype(np.float64)
            layers[0] += chance
            spread = self._spread(label)
            for layer in layers[1:]:
                chance = spread.after(chance)
                layer += chance
        return [np.minimum(layer, 1.0) for layer in layers]

    def _spread(self, label: int) -> Diffusion:
        if label not in self._spreads:
            moves = self._chances.steps[label]
            self._spreads[label] = Diffusion(self._static.shape, self._free, moves)
        return self._spreads[label]
