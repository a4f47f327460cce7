"""Believe what touching something gives: robust to reading errors and quick to change.

The two aims conflict: one odd reward may be a reading error, or the world may have changed. Both
are weighed as in Bayesian online change-point detection (Adams & MacKay 2007), reduced to two
hypotheses. Let the last k rewards differ from the belief and agree with each other. A change at
rate h explains them better than k equal errors at rate e do if h > (e / 2) ** k. Without reading
errors one surprise is enough; at one error in twenty it takes two, at one in ten three.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, field
from itertools import takewhile
from typing import Any

from dsrl_agent.config import RulesThresholds

_SAME = 1e-6  # rounding: rewards that differ by a smaller share are the same


def same(one: float, other: float) -> bool:
    """Say whether two rewards are the same but for rounding, whatever their unit."""
    return abs(one - other) <= _SAME * max(abs(one), abs(other))


def sign(reward: float, usual: float) -> int:
    """Return 1, 0 or -1: whether a reward is more than, the same as or less than the usual one."""
    return 0 if same(reward, usual) else (1 if reward > usual else -1)


@dataclass
class Belief:
    """The reward of one kind of touch, as believed."""

    reward: float  # the reward believed
    agreeing: int = 0  # touches since the last change that gave it
    touches: int = 0  # touches since the last change
    ended: int = 0  # those of them that ended the episode
    # the rewards of the latest touches that agree, as long as none of them was the believed one
    surprises: list[float] = field(default_factory=list)
    confirmed: int = 0  # the step of the last touch that gave the reward believed
    changed: int = -1  # the step at which the last change was noticed; -1 if there was none
    # whether another belief has changed since, and this one was not confirmed
    doubted: bool = False
    # when a change is believed, and when a reward is acted on
    thresholds: RulesThresholds = field(default_factory=RulesThresholds, repr=False, kw_only=True)

    def observe(
        self, reward: float, ends: bool, step: int, noise: float, usual: float | None = None
    ) -> bool:
        """Learn from a touch; return whether the belief has changed.

        `ends` says whether the episode ended, `step` dates a change, and `noise` is the rate of
        reading errors. `usual` is the reward of a plain step: two rewards agree that are both more
        or both less, as worlds may pay less for later successes. Without it they must be the same.
        """
        self.touches += 1
        self.ended += ends
        if _agree(reward, self.reward, usual):
            self.agreeing += 1
            if not same(reward, self.reward):
                window = min(self.agreeing, self.thresholds.mean_touches)
                self.reward += (reward - self.reward) / window
            self.confirmed = step
            self.surprises.clear()
            self.doubted = False
            return False
        self.surprises.append(reward)
        latest = reversed(self.surprises)
        alike = len(list(takewhile(lambda other: _agree(reward, other, usual), latest)))
        del self.surprises[:-alike]  # older ones can no longer count
        # A belief that holds less evidence than the surprises was an error itself.
        rate = self.thresholds.change_rate
        if (noise / 2) ** alike >= rate and alike <= self.agreeing:
            return False
        was_firm = self.agreeing > 1 or noise / 2 < rate
        self.reward, self.agreeing, self.touches = reward, alike, alike
        self.ended = min(self.ended, int(ends))
        self.surprises.clear()
        self.doubted = False
        self.confirmed = step
        if was_firm:
            self.changed = step
        return was_firm

    @property
    def ends(self) -> bool:
        """Whether a touch mostly ends the episode."""
        return 2 * self.ended > self.touches

    def is_firm(self, noise: float) -> bool:
        """Say whether enough touches agree to act on the reward; without errors one is enough."""
        if self.doubted:
            return False
        thresholds = self.thresholds
        never = self.changed < 0
        enough = thresholds.firm_touches if never else thresholds.firm_after_change
        return self.agreeing >= enough or noise / 2 < thresholds.change_rate

    def is_questioned(self, noise: float) -> bool:
        """Say whether the reward is to be tried rather than believed, after a recent change."""
        return self.doubted or (self.changed >= 0 and not self.is_firm(noise))

    def state(self) -> list[Any]:
        """Return the belief for a checkpoint, without its thresholds."""
        return list(astuple(self))[:-1]


def _agree(one: float, other: float, usual: float | None) -> bool:
    if usual is None:
        return same(one, other)
    return sign(one, usual) == sign(other, usual)
