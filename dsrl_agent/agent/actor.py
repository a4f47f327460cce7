"""Make a trained agent an actor for evaluation."""

from __future__ import annotations

from typing import Any

from dsrl_agent.agent.dsrl import DSRL, PlayState
from dsrl_agent.types import Frame


class AgentActor:
    """A trained agent as an actor: greedy, and blind to `info`."""

    def __init__(self, agent: DSRL) -> None:
        self._agent = agent
        self.state: PlayState | None = None  # of the running episode

    def begin(self) -> None:
        """Forget the last episode."""
        self.state = None

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        """Choose greedily from the frame alone."""
        action, self.state = self._agent.predict(frame, self.state, deterministic=True)
        return int(action)
