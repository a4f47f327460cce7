"""Actions before anything can be seen: refused, but random while the agent learns."""

from __future__ import annotations

import copy
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from inspected import ENV, WORLD, agent_of

from dsrl_agent import DSRL, Listener, PerceptionError
from dsrl_agent.agent.habits.deciding import Deciding, PlayState

pytestmark = pytest.mark.usefixtures("one_thread")


class Asks(Listener):
    """Asks for an action after each step, as an evaluation does."""

    def __init__(self, frames: Any) -> None:
        self.frames = frames
        self.actions: list[int] = []
        self.state: Any = None

    def on_step(self, agent: Any) -> bool:
        actions, self.state = agent.predict(self.frames, self.state, deterministic=True)
        self.actions += actions.tolist()
        return True


def test_actions_are_random_while_it_learns_to_see() -> None:
    agent = DSRL(gym.make(ENV, **WORLD), perception={"first_frames": 60, "frames": 60}, seed=0)
    assert isinstance(agent, Deciding)
    frame, _ = agent.env.reset(seed=3)
    asks = Asks(np.stack([frame, frame]))
    agent.learn(50, listener=asks)
    assert set(asks.actions) == {0, 1, 2, 3}
    # Once it sees, the state of before is no hindrance.
    agent.learn(40, listener=asks)
    assert len(asks.state) == 2


def test_what_is_remembered_of_episodes_is_a_short_line() -> None:
    agent = agent_of("rules")
    frame, _ = agent.env.reset(seed=0)
    _, one = agent.predict(frame)
    _, two = agent.predict(np.stack([frame, frame]))
    assert (repr(one), repr(two)) == ("State(1 running episode)", "State(2 running episodes)")
    assert isinstance(copy.deepcopy(two), PlayState)


def test_an_agent_that_has_never_learned_refuses() -> None:
    agent = DSRL(gym.make(ENV, **WORLD))
    frame, _ = agent.env.reset(seed=0)
    with pytest.raises(PerceptionError, match=r"call learn\(\) first"):
        agent.predict(frame)
