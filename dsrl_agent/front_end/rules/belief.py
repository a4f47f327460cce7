"""What touching something gives: a belief that is robust to errors and quick to change.

The two pull apart: one odd reward may be an error of sight, or the world may have changed. Both are
weighed as in Bayesian online change-point detection (Adams & MacKay 2007), reduced to two
hypotheses. If the last k rewards all differ from what is believed and agree with each other, a
change at some rate h explains them as well as k errors at rate e do, that all fell alike:
h > (e / 2) ** k. Where sight makes no errors, one surprise is enough; at one error in twenty it
takes two, at one in ten three.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

CHANGE_RATE = 0.001
"""Prior probability, per touch, that what touching a type gives has changed."""
# Two errors in a row that fall alike happen in most lives. An agent that believed at once that what
# was good is bad would never touch it again, and never find out.
_AFTER_CHANGE = 4
_SAME = 1e-6  # rewards that differ by less are the same


@dataclass
class Belief:
    """What one kind of touch gives.

    Attributes:
        reward: The reward believed.
        agreeing: Touches since the last change that gave it.
        touches: Touches since the last change.
        ended: How many of these ended the episode.
        surprises: The rewards of the latest touches, as long as none of them was the believed one.
        confirmed: The step of the last touch that gave the reward believed.
        changed: The step at which the last change was noticed; -1 if there was none.
        doubted: Whether another belief has changed since, and this one was not confirmed.
    """

    reward: float
    agreeing: int = 0
    touches: int = 0
    ended: int = 0
    surprises: list[float] = field(default_factory=list)
    confirmed: int = 0
    changed: int = -1
    doubted: bool = False

    def observe(self, reward: float, ends: bool, step: int, noise: float) -> bool:
        """Take in a touch; return whether the belief has changed.

        Args:
            reward: What it gave.
            ends: Whether the episode ended.
            step: The agent's step, to date a change.
            noise: The rate of errors of sight.
        """
        self.touches += 1
        self.ended += ends
        if abs(reward - self.reward) < _SAME:
            self.agreeing += 1
            self.confirmed = step
            self.surprises.clear()
            self.doubted = False
            return False
        self.surprises.append(reward)
        alike = 0
        for other in reversed(self.surprises):
            if abs(other - reward) >= _SAME:
                break
            alike += 1
        # A belief that holds less evidence than the surprises was an error itself.
        if (noise / 2) ** alike >= CHANGE_RATE and alike <= self.agreeing:
            return False
        was_firm = self.agreeing > 1 or noise / 2 < CHANGE_RATE
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
        """Say whether enough touches agree to act on it; one is, where sight makes no errors."""
        if self.doubted:
            return False
        enough = 2 if self.changed < 0 else _AFTER_CHANGE
        return self.agreeing >= enough or noise / 2 < CHANGE_RATE

    def is_questioned(self, noise: float) -> bool:
        """Say whether it is to be tried rather than believed, as things have changed of late."""
        return self.doubted or (self.changed >= 0 and not self.is_firm(noise))

    def state(self) -> list[Any]:
        """Return it for a checkpoint."""
        return [
            self.reward, self.agreeing, self.touches, self.ended, list(self.surprises),
            self.confirmed, self.changed, self.doubted,
        ]  # fmt: skip
