"""Small worlds that move by themselves, as true facts and in pixels."""

from __future__ import annotations

from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np

from dsrl_agent.config import AgencyThresholds, ForesightThresholds
from dsrl_agent.front_end.agency import Agency
from dsrl_agent.front_end.foresight.foresight import Foresight
from dsrl_agent.types import Fact, Facts, Frame, Transition

BALL, CAR, TARGET, SHOT, AGENT = 1, 2, 3, 4, 9


class Outcome(NamedTuple):
    """What a step of a world gives."""

    reward: float
    ended: bool


class Catch:
    """A ball falls, and is to be caught: +1, or -1 and the end. Actions: left, stay, right."""

    shape, num_actions = (7, 5), 3

    def reset(self, rng: np.random.Generator) -> None:
        """Begin an episode."""
        self.rng, self.pad = rng, 2
        self._drop()

    def _drop(self) -> None:
        self.ball = [0, int(self.rng.integers(5))]

    def step(self, action: int) -> Outcome:
        """Move the pad, and let the ball fall."""
        self.pad = min(4, max(0, self.pad + action - 1))
        self.ball[0] += 1
        if self.ball[0] < 6:
            return Outcome(0.0, False)
        caught = self.ball[1] == self.pad
        self._drop()
        return Outcome(1.0 if caught else -1.0, not caught)

    def facts(self) -> Facts:
        """Return what is to be seen."""
        return tuple(sorted((Fact(BALL, *self.ball), Fact(AGENT, 6, self.pad))))


class Road:
    """Cars go to and fro in two lanes; to cross gives +1; a car sends the agent back.

    The agent goes up, stays or goes down, but in every second step at most.
    """

    shape, num_actions = (5, 5), 3

    def reset(self, rng: np.random.Generator) -> None:
        """Begin an episode."""
        self.row, self.tired, self.clock = 4, False, int(rng.integers(100))

    def step(self, action: int) -> Outcome:
        """Move the agent, then the cars."""
        before = self.row
        if not self.tired:
            self.row = min(4, max(0, self.row + action - 1))
        self.tired = self.row != before
        self.clock += 1
        if self.row == 0:
            self.row = 4
            return Outcome(1.0, False)
        if (self.row, 2) in self._cars():
            self.row = 4
        return Outcome(0.0, False)

    def _cars(self) -> tuple[tuple[int, int], ...]:
        return (1, self.clock // 2 % 5), (3, -self.clock % 5)

    def facts(self) -> Facts:
        """Return what is to be seen."""
        cars = [Fact(CAR, *place) for place in self._cars()]
        return tuple(sorted([*cars, Fact(AGENT, self.row, 2)]))


class Gallery:
    """A target goes by above, to be shot at; a shot takes a rest of three steps."""

    shape, num_actions = (6, 6), 4

    def reset(self, rng: np.random.Generator) -> None:
        """Begin an episode."""
        self.rng, self.col, self.shots, self.rest = rng, 0, list[list[int]](), 0
        self.target, self.way = 0, 1

    def step(self, action: int) -> Outcome:
        """Move the agent or shoot, then the shots, then the target."""
        self.rest = max(0, self.rest - 1)
        if action == 3 and not self.rest:
            self.shots.append([5, self.col])
            self.rest = 3
        elif action < 3:
            self.col = min(5, max(0, self.col + action - 1))
        for shot in self.shots:
            shot[0] -= 1
        hit = any(shot == [0, self.target] for shot in self.shots)
        self.shots = [shot for shot in self.shots if shot[0] > 0]
        if hit:
            self.target = int(self.rng.integers(6))
        return Outcome(float(hit), False)

    def facts(self) -> Facts:
        """Return what is to be seen."""
        shots = [Fact(SHOT, *shot) for shot in self.shots]
        return tuple(sorted([Fact(TARGET, 0, self.target), *shots, Fact(AGENT, 5, self.col)]))


World = Catch | Road | Gallery


class Played(NamedTuple):
    """What came of play."""

    foresight: Foresight
    agency: Agency
    rewards: list[float]  # of each step


def play(world: World, steps: int, seed: int = 0, most: int = 200) -> Played:
    """Play at random until foresight is needed, then by it; an episode has `most` steps."""
    rng = np.random.default_rng(seed)
    agency = Agency(AgencyThresholds())
    agency.take(frozenset([AGENT]))
    foresight, rewards = Foresight(world.num_actions, ForesightThresholds()), list[float]()
    begins = True
    for step in range(steps):
        if begins or step % most == 0:
            world.reset(rng)
            watch, begins, facts = None, True, world.facts()
        action = int(rng.integers(world.num_actions))
        if foresight.needed:
            watch = foresight.follow(watch, facts, agency, world.shape)
            values = foresight.values(watch)
            if values is not None:
                action = int(rng.choice(np.flatnonzero(values >= values.max() - 1e-6)))
        outcome = world.step(action)
        seen = world.facts()
        stored = Transition(
            facts, action, outcome.reward, seen, outcome.ended, begins, world.shape
        )  # fmt: skip
        agency.observe(stored)
        foresight.observe(stored, agency)
        rewards.append(outcome.reward)
        facts, begins = seen, outcome.ended
    return Played(foresight, agency, rewards)


SIDE = 8  # pixels of a cell
_COLOURS = {
    BALL: (220, 40, 40),
    CAR: (60, 90, 230),
    TARGET: (200, 60, 200),
    SHOT: (240, 240, 90),
    AGENT: (60, 200, 90),
}


class ArcadeEnv(gym.Env[Frame, np.int64]):
    """A world in pixels: each cell a tile with a line at its edge, things as blocks of colour."""

    def __init__(self, world: World, most: int = 200) -> None:
        self.world, self.most = world, most
        size = (world.shape[0] * SIDE, world.shape[1] * SIDE, 3)
        self.observation_space = gym.spaces.Box(0, 255, size, np.uint8)
        self.action_space = gym.spaces.Discrete(world.num_actions)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Frame, dict[str, Any]]:
        super().reset(seed=seed)
        self.world.reset(self.np_random)
        self.steps = 0
        return self._frame(), {}

    def step(self, action: np.int64) -> tuple[Frame, float, bool, bool, dict[str, Any]]:
        outcome = self.world.step(int(action))
        self.steps += 1
        return self._frame(), outcome.reward, outcome.ended, self.steps == self.most, {}

    def _frame(self) -> Frame:
        rows, cols = self.world.shape
        frame = np.zeros((rows, SIDE, cols, SIDE, 3), np.uint8)
        frame[:, 0], frame[:, :, :, 0] = 40, 40
        for fact in self.world.facts():
            frame[fact.row, 2:7, fact.col, 2:7] = _COLOURS[fact.type]
        return frame.reshape(rows * SIDE, cols * SIDE, 3)
