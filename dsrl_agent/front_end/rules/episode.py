"""Remember a running episode: the scene, the plan and the tries of `rules`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from dsrl_agent.front_end.rules.planner import Plan
from dsrl_agent.front_end.rules.tracking import Scene
from dsrl_agent.types import Facts


@dataclass
class RulesEpisode:
    """The memory of an episode: the scene so far, and the agent's plan in it.

    Attributes:
        scene: The scene as believed.
        facts: The facts last decided on.
        action: The action decided.
        plan: The plan that the agent follows.
        done: Number of the plan's actions that are done.
        surprised: The front end's last step of surprise when the plan was made.
        refused: (place, action) pairs that did not have the expected effect.
        tries: Number of tries of each (type of the agent, action).
    """

    scene: Scene
    facts: Facts | None = None
    action: int = -1
    plan: Plan = field(default_factory=Plan)
    done: int = 0
    surprised: int = -1
    refused: frozenset[tuple[int, int]] = frozenset()
    tries: Counter[tuple[int, int]] = field(default_factory=Counter)

    def copy(self) -> RulesEpisode:
        """Return a copy that shares nothing that changes."""
        return replace(self, scene=self.scene.copy(), tries=self.tries.copy())

    def carry_over(self, earlier: RulesEpisode) -> bool:
        """Take over the things taken in an earlier episode; return whether there are any."""
        board, old = self.scene.board, earlier.scene.board
        if board is None or old is None or not old.taken:
            return False
        self.scene.board = board._replace(taken=old.taken)
        return True
