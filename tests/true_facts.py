"""Front ends that are given the true facts of a world in place of eyes, for tests."""

from __future__ import annotations

import itertools
from typing import Any

import gymnasium as gym
import numpy as np

from dsrl_agent.front_end import FrontEnd
from dsrl_agent.types import Fact, Facts, Frame, Shape, Transition


def true_facts(info: dict[str, Any]) -> Facts:
    """Return the facts of a world: the agent is type 0, kind i type i + 1.

    An agent that faces somewhere has a look for each way, the others after the last kind. What it
    stands on is not seen.
    """
    truth = info["truth"]
    cells, agent, heading = truth["cells"], truth["agent"], int(truth.get("heading") or 0)
    others = [
        Fact(int(cells[r, c]), int(r), int(c)) for r, c in np.argwhere(cells) if (r, c) != agent
    ]
    look = len(truth["kinds"]) + heading if heading else 0
    return tuple(sorted([Fact(look, *agent), *others]))


def shape_of(info: dict[str, Any]) -> Shape:
    rows, cols = info["truth"]["cells"].shape
    return rows, cols


def train(
    front_end: FrontEnd, env: gym.Env[Any, Any], steps: int, seed: int, epsilon: float = 0.1
) -> None:
    """Let a front end learn from true facts, as the agent does from what it sees."""
    rng = np.random.default_rng(seed)
    left = iter(range(steps))
    for episode in itertools.count():
        _, info = env.reset(seed=1000 * seed + episode)
        shape = shape_of(info)
        facts, memory, first, over = true_facts(info), front_end.begin(shape), True, False
        while not over:
            if next(left, None) is None:
                return
            action = front_end.decide(facts, memory, rng, epsilon)
            _, reward, terminated, truncated, info = env.step(action)
            seen = true_facts(info)
            taught = Transition(facts, action, float(reward), seen, terminated, first, shape)
            front_end.learn(taught, rng)
            facts, first, over = seen, False, terminated or truncated


class Greedy:
    """A front end that is given the true facts, as an actor."""

    def __init__(self, front_end: FrontEnd) -> None:
        self._front_end = front_end
        self._rng = np.random.default_rng(0)

    def begin(self) -> None:
        self._memory: Any = None

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        if self._memory is None:
            self._memory = self._front_end.begin(shape_of(info))
        return self._front_end.decide(true_facts(info), self._memory, self._rng, 0.0)
