"""Price what has not been tried: exploration as a part of the search for plans."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from dsrl_agent.config import ExplorationPrices
from dsrl_agent.front_end.rule import Context
from dsrl_agent.front_end.rules.beliefs.model import ContactModel, Prediction
from dsrl_agent.front_end.rules.beliefs.tries import Tries, affairs_of, does_nothing, others_gone
from dsrl_agent.front_end.rules.board import Board, SinceStart, steps
from dsrl_agent.types import BESIDE, EDGE, FREE, GOING

Deed = tuple[int, int, int, int]
"""An action, the agent's place and type, and the thing in hand."""

Puzzle = tuple[int, int, int, tuple[int, ...]]
"""The agent's type, an action of unknown reach, the thing in hand, the types beside the agent."""


def puzzle_of(board: Board, action: int) -> Puzzle:
    """Return the circumstances in which an action of unknown reach is tried."""
    beside = {board.at(steps(board.shape, *offset)[board.place]) for offset in BESIDE}
    return board.body, action, board.held, tuple(sorted(beside))


@dataclass
class Novelty:
    """Prices contacts, in steps, by what was tried before."""

    model: ContactModel
    prices: ExplorationPrices = field(default_factory=ExplorationPrices)
    puzzles: Counter[Puzzle] = field(default_factory=Counter)  # tries of unknown reach
    deeds: Mapping[Deed, int] = field(default_factory=dict)  # tries in this episode
    idle: frozenset[int] = frozenset()  # actions that are not known to reach anything
    fresh: bool = False  # whether only what is unlike all earlier tries has a price

    def __post_init__(self) -> None:
        tried = (action for _, action, _, _ in self.puzzles if action in self.idle)
        self._idle_puzzles = Counter(tried)
        self._penalties: dict[int, float] = {}

    @cached_property
    def _knows_good(self) -> bool:
        """Whether a rule promises something good; what was good once may be outvoted."""
        model = self.model
        return any(gain > 0.0 for gain in model.gains) and any(
            model.gain(found.reward, found.ends) > 0.0
            for verb, front in model.targets
            for rule in model.rules(front, verb)
            for found in (model.expected(verb, front, rule.effect),)
        )

    def price(self, context: Context, expected: Prediction) -> float | None:
        """Return the price of a contact, `None` if there is nothing to learn from it."""
        verb = self.model.verbs.of(context.action)
        idle = does_nothing(context.front, expected.effect)
        own = self.model.tries(context.front, verb).times
        tries, context = self.model.tries_for(context)
        if not tries.times:
            return None if context.front == EDGE else self._penalty(context.action)
        gain = self.model.gain(expected.reward, expected.ends)
        if gain > 0.0:
            return None
        if gain < 0.0 or expected.ends:
            # That a type like it ends the episode is a reason to try it late, but not never.
            by_analogy = not own and gain >= 0.0 and context.front != FREE
            return (
                self.prices.affairs
                if by_analogy
                else self._price_of_bad(context, tries, gain, expected)
            )
        if verb == GOING:
            return self._price_of_going(context, tries)
        return self._price_of_still(context, tries) if idle else None

    def scene(self, board: Board, since: SinceStart) -> float | None:
        """Return the price of a scene: other types were taken to the last than ever before."""
        here = Context(FREE, FREE, board.body, GOING, board.taken, gone=since.gone)
        known = self.fresh or others_gone(here) in self.model.tries(FREE).gone
        return None if known else self.prices.affairs

    def unknown(self, board: Board, action: int) -> float:
        """Return the price of an action of which it is not known what it reaches."""
        tried = self.puzzles[puzzle_of(board, action)]
        tired = self._idle_puzzles[action] >= self.model.thresholds.idle_tries
        if self.fresh and (tried or tired):
            return math.inf
        idle = self.prices.idle_each * self._idle_puzzles[action]
        penalty = min(self.prices.idle_most, idle)
        return self.prices.unknown + self.prices.unknown_each * tried + penalty

    def repeated(self, deed: Deed) -> float:
        """Return what is added as the same was done in this episode."""
        return self.prices.repeat * self.deeds.get(deed, 0)

    def _price_of_bad(
        self, context: Context, tries: Tries, gain: float, expected: Prediction
    ) -> float | None:
        held, taken, came = affairs_of(context)
        # As long as nothing good is known, going for it may be good once other things were taken.
        open_minded = not self._knows_good and self.model.verbs.of(context.action) == GOING
        # What never cost, and is believed to, was said to by a person.
        met = tries.costly if open_minded and gain < 0.0 and tries.costly else tries.affairs
        alike = others_gone(context) in tries.gone
        known = alike and any(
            (had, up) == (held, came) and not (open_minded and (taken ^ gone) - {context.front})
            for had, gone, up in met
        )
        # An episode that goes on when all others are taken may want just what ended it before.
        costs = gain < 0.0 and self._knows_good and (alike or not expected.ends)
        if context.front == FREE or (costs and (expected.ends or context.held in tries.held)):
            return None
        if gain >= 0.0 and (held, came) in tries.promising:
            return self.prices.affairs  # it was good once, and may depend on the state of affairs
        if not expected.known and context.front in self.model.fronts:
            return self.prices.bad  # it may have been misread: too few touches agree
        hopeful = gain >= 0.0 and (tries.good or not self._knows_good)
        if known and hopeful and not self.fresh:
            return self.prices.bad + self.prices.again_each * tries.times  # nothing is lost by it
        return None if known else self.prices.bad

    def _price_of_going(self, context: Context, tries: Tries) -> float | None:
        """Return the price of going for a type: it may give a way free in other circumstances."""
        if context.front in (EDGE, FREE):
            return None
        belief = self.model.belief(context.front, enters=True)
        if belief is not None and not belief.is_firm(self.model.noise):
            return 0.0
        if tries.enters:
            return None
        new = context.beyond not in tries.beyond or others_gone(context) not in tries.gone
        _, taken, _ = affairs_of(context)
        return self.prices.in_hand if new or taken not in tries.taken else None

    def _price_of_still(self, context: Context, tries: Tries) -> float | None:
        """Return the price of an action that does not move the agent and did nothing so far."""
        prices, penalty = self.prices, self._penalty(context.action)
        if context.held not in tries.held:
            once = context.front != FREE or tries.held == {FREE}
            return prices.in_hand + penalty if once else None
        if context.front in (EDGE, FREE):
            return None
        if affairs_of(context) not in tries.affairs or others_gone(context) not in tries.gone:
            return prices.affairs + penalty
        if self.fresh:
            return None
        return prices.again + prices.again_each * tries.times + penalty

    def _penalty(self, action: int) -> float:
        """Return what is added for an action that never had an effect, or that wrecks."""
        if action not in self._penalties:
            self._penalties[action] = self._worked_out(action)
        return self._penalties[action]

    def _worked_out(self, action: int) -> float:
        verb = self.model.verbs.of(action)
        if verb == GOING:
            return 0.0
        idle = self.prices.idle_each * self.model.idle_types(verb)
        takers = self.model.verbs.takers
        wrecks = bool(takers) and action not in takers and self.model.wrecks(verb)
        return min(self.prices.idle_most, idle) + (self.prices.wreck if wrecks else 0.0)
