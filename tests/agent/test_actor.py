"""An agent as an actor: greedy, with a state for each episode."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsrl_agent.agent.actor import AgentActor


class Predicting:
    """Stands in for an agent: keeps the states and settings that it is asked with."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, bool]] = []

    def predict(self, frame: Any, state: Any, *, deterministic: bool) -> tuple[Any, Any]:
        self.asked.append((state, deterministic))
        return np.array(2), len(self.asked)


def test_the_state_of_an_episode_is_handed_on_until_the_next_begins() -> None:
    agent: Any = Predicting()
    actor = AgentActor(agent)
    frame = np.zeros((8, 8, 3), np.uint8)
    actor.begin()
    actions = [actor.act(frame, {"truth": None}) for _ in range(3)]
    actor.begin()
    actor.act(frame, {})
    assert actions == [2, 2, 2]
    assert type(actions[0]) is int
    assert agent.asked == [(None, True), (1, True), (2, True), (None, True)]
