"""Believe rewards of touches, relative to that of a plain step, in any unit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dsrl_agent.config import RulesThresholds
from dsrl_agent.front_end.rule import Effect, Rule
from dsrl_agent.front_end.rules.beliefs.belief import Belief, same, sign
from dsrl_agent.front_end.rules.beliefs.tries import does_nothing
from dsrl_agent.types import EDGE, FREE, GOING

_DIGITS = 9  # rounding: decimal digits of a multiple of the unit


class Touch(NamedTuple):
    """A kind of touch, of which a reward is believed."""

    verb: int
    front: int
    # whether the agent enters the cell rather than being held up; or, by an action that does not
    # move it, whether anything changes
    enters: bool
    gives: int  # the sign of the reward where that depends on the context; otherwise 0


_PLAIN_STEP = Touch(GOING, FREE, enters=True, gives=0)


def touch_by(verb: int, front: int, effect: Effect, gives: int) -> Touch:
    """Return the kind of touch that has an effect on a type."""
    works = effect.enters
    if verb != GOING:
        works = not does_nothing(front, effect._replace(gives=0))
    return Touch(verb, front, works, gives)


def touch_of(rule: Rule) -> Touch:
    """Return the kind of touch that a rule is about."""
    return touch_by(rule.verb, rule.front, rule.effect, rule.effect.gives)


def in_units(gain: float, unit: float) -> float:
    """Return a gain as a multiple of a unit.

    It is rounded, so that a world that pays in another unit gives the same number to the last bit.
    """
    return round(gain / unit, _DIGITS)


class RewardBeliefs:
    """Beliefs about the rewards and ends that touches bring.

    All that is asked of a reward is relative to that of a plain step and to the rewards met, so a
    world may pay in any unit.
    """

    def __init__(self, thresholds: RulesThresholds | None = None) -> None:
        self.thresholds = thresholds or RulesThresholds()  # when samples and rewards are believed
        self.noise = self.thresholds.prior_error_rate  # the rate of reading errors, in (0, 1)
        self.step = 0  # contacts observed
        self._beliefs: dict[Touch, Belief] = {}

    def belief(self, front: int, enters: bool) -> Belief | None:
        """Return the belief about going for a type: for entering its cell or for being held up."""
        return self._beliefs.get(Touch(GOING, front, enters, 0))

    def belief_about(self, touch: Touch) -> Belief | None:
        """Return the belief about a kind of touch."""
        return self._beliefs.get(touch)

    def beliefs_about(self, front: int) -> Iterator[tuple[Touch, Belief]]:
        """Yield all beliefs about a type, by any verb."""
        for key, belief in self._beliefs.items():
            if key.front == front:
                yield key, belief

    def is_questioned(self, touch: Touch) -> bool:
        """Say whether the reward of a touch is to be tried rather than believed."""
        belief = self._beliefs.get(touch)
        known = belief is None or touch.front in (EDGE, FREE)
        return not known and belief is not None and belief.is_questioned(self.noise)

    def is_firm(self, front: int) -> bool:
        """Say whether enough touches of a type agree on its rewards."""
        met = [belief for _, belief in self.beliefs_about(front)]
        return bool(met) and all(belief.is_firm(self.noise) for belief in met)

    @property
    def step_reward(self) -> float:
        """The reward of a plain step: minus what a step costs."""
        belief = self._beliefs.get(_PLAIN_STEP)
        return 0.0 if belief is None else belief.reward

    def is_unusual(self, reward: float) -> bool:
        """Say whether a reward differs from that of a plain step."""
        return not same(reward, self.step_reward)

    def differs(self, expected: float, reward: float) -> bool:
        """Say whether a reward surprises: it is on another side of a plain step's than expected."""
        step = self.step_reward
        return sign(expected, step) != sign(reward, step)

    def gain(self, reward: float, ends: bool) -> float:
        """Return what a touch is worth beyond a plain step.

        Where steps cost, an end at no loss is worth the steps that it saves.
        """
        step = self.step_reward
        if sign(reward, step) == 0:
            reward = step
        saved = -step * self.thresholds.steps_saved if ends and step < 0.0 <= reward - step else 0.0
        return reward - step + saved

    @property
    def gains(self) -> list[float]:
        """The gains believed that are not 0."""
        found = (self.gain(belief.reward, belief.ends) for belief in self._beliefs.values())
        return [gain for gain in found if gain]

    @property
    def optimism(self) -> float:
        """The reward expected of the unknown (R-max): the best met so far, or a share of the worst.

        Before any reward has been met that differs from that of a plain step, it is a constant.
        """
        return self.step_reward + self.hope

    @property
    def hope(self) -> float:
        """The gain expected of the unknown."""
        gains = self.gains
        scale = max(map(abs, gains), default=1.0)
        good = [gain for gain in gains if gain > 0.0]
        return max(good, default=self.thresholds.unknown_reward * scale)

    @property
    def unit(self) -> float:
        """The unit in which steps are priced: the least gain known, so that all are worth steps."""
        gains = self.gains
        scale = max(map(abs, gains), default=1.0)
        return min((gain for gain in gains if gain > 0.0), default=scale)

    def _doubt(self, changed: Touch, confirmed: int) -> None:
        """Doubt the rewards of entering other types: where one has changed, others may have.

        A belief that has itself changed since the first was last confirmed is part of the same
        change and is not doubted.
        """
        for key, belief in self._beliefs.items():
            others = key != changed and key.enters and key.front != FREE
            if others and belief.changed < confirmed:
                belief.doubted = True
