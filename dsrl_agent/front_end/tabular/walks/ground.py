"""Tell the things that are walked over without effect: to a walk they are ground."""

from __future__ import annotations

from typing import Any

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.front_end.rule import require_whole
from dsrl_agent.front_end.rules.beliefs.belief import same
from dsrl_agent.front_end.usual import RewardCounts


class Ground:
    """The rewards of plain steps, and by type how often its cells were entered without effect.

    `rewards` is the most rewards counted.
    """

    def __init__(self, rewards: int = FrontEndConfig.rewards) -> None:
        self._rewards = RewardCounts(rewards)  # of plain steps
        self._entered: dict[int, list[int]] = {}  # by type: times, times without effect

    @property
    def usual(self) -> float:
        """The reward of a plain step."""
        return self._rewards.largest_usual

    @property
    def plain(self) -> frozenset[int]:
        """The types that were walked over without effect every time."""
        return frozenset(of for of, (times, idle) in self._entered.items() if idle == times)

    def walked(self, reward: float) -> None:
        """Count the reward of a plain step."""
        self._rewards.add(reward)

    def is_usual(self, reward: float) -> bool:
        """Say whether a reward is that of a plain step."""
        return same(reward, self.usual)

    def entered(self, number: int, *, idle: bool) -> None:
        """Count a step into a cell of a type, and whether it had no effect."""
        times, without = self._entered.get(number, (0, 0))
        self._entered[number] = [times + 1, without + idle]

    def inherit(self, child: int, parent: int) -> None:
        """Let a type that was split off another count as that type."""
        if parent in self._entered:
            self._entered.setdefault(child, [*self._entered[parent]])

    def state(self) -> dict[str, Any]:
        """Return what is counted, JSON-able."""
        return {"rewards": self._rewards.state(), "outcomes": list(self._entered.items())}

    def load(self, state: dict[str, Any]) -> None:
        """Take what `state()` gave, after a round through JSON.

        Raises:
            TypeError, ValueError: It is nothing that `state()` gives.
        """
        self._rewards.load(dict(state["rewards"]))
        self._entered = {}
        for of, (times, idle) in state["outcomes"]:
            require_whole(of, times, idle)
            self._entered[of] = [times, idle]
