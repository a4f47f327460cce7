"""Count the rewards of steps in bounded memory, to tell the usual one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from dsrl_agent.front_end.rule import require_whole


class RewardCounts:
    """Counts how often each reward was met, of at most `most` rewards at a time.

    Where a world gives more, a new reward takes the place and the count of the one that was met
    least often (Space-Saving, Metwally, Agrawal & El Abbadi 2005). Counts are exact as long as
    there is room. Later none is too low, or too high by more than `1 / most` of the steps, and each
    reward of a larger share of the steps is counted.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.counts: dict[float, int] = {}  # by reward, as they were met first

    def add(self, reward: float) -> None:
        """Count a step that gave a reward."""
        count = self.counts.get(reward, 0)
        if not count and len(self.counts) == self._most:
            count = self.counts.pop(min(self.counts, key=lambda of: self.counts[of]))
        self.counts[reward] = count + 1

    @property
    def usual(self) -> float:
        """The reward met most often, of several the one met first; 0 before any was met."""
        return max(self.counts, key=lambda of: self.counts[of], default=0.0)

    @property
    def largest_usual(self) -> float:
        """The reward met most often, of several the largest; 0 before any was met."""
        return max(self.counts, key=lambda of: (self.counts[of], of), default=0.0)

    def state(self) -> list[tuple[float, int]]:
        """Return the counts for a checkpoint."""
        return list(self.counts.items())

    def load(self, found: Mapping[float, int]) -> None:
        """Take the counts of a checkpoint; of those of an older version the highest stay.

        Raises:
            ValueError: A reward is no number, or a count is no whole number.
        """
        require_whole(*found.values())
        if not all(isinstance(reward, int | float) for reward in found):
            raise ValueError(f"{list(found)[:10]} are no rewards")
        kept = {reward for reward, _ in Counter(found).most_common(self._most)}
        self.counts = {reward: count for reward, count in found.items() if reward in kept}
