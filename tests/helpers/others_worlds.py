"""True facts of worlds of other packages: MiniGrid, FrozenLake, CliffWalking; and play in them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np

from dsrl_agent.front_end import AnyFrontEnd, RulesFrontEnd
from dsrl_agent.types import Fact, Facts, Shape, Transition

Labels = dict[tuple[int, int], str]
"""The names of things, by row and column; what is empty is left out."""


class OthersWorld:
    """An environment of another package that gives its true facts.

    `name` is the middle of a MiniGrid id, such as `DoorKey-5x5`; or `FrozenLake-4x4`,
    `FrozenLake-4x4-slippery` (or `8x8`); or `CliffWalking`. Types count from 1, in the order in
    which the world first shows them. Each colour and each state of a thing is a type, as is each
    look of the agent. Toy text does not draw the agent where an episode ended.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.toy = name.startswith(("FrozenLake", "CliffWalking"))
        self.env = _made(name)
        self.shape: Shape = (0, 0)
        self._numbers: dict[str, int] = {}

    @property
    def num_actions(self) -> int:
        assert isinstance(self.env.action_space, gym.spaces.Discrete)
        return int(self.env.action_space.n)

    @property
    def likeness(self) -> dict[int, int]:
        """For each type, the first type of the same thing in the same state, in another colour."""
        first: dict[str, int] = {}
        for label, number in self._numbers.items():
            first.setdefault(_uncoloured(label), number)
        found = {number: first[_uncoloured(label)] for label, number in self._numbers.items()}
        return {number: alike for number, alike in found.items() if number != alike}

    def reset(self, seed: int) -> Facts:
        self.env.reset(seed=seed)
        return self.facts(ended=False)

    def step(self, action: int) -> tuple[Facts, float, bool, bool]:
        """Return facts, reward, whether the episode ended of its own, and whether it is over."""
        _, reward, terminated, truncated, _ = self.env.step(action)
        facts = self.facts(ended=terminated)
        return facts, float(reward), bool(terminated), bool(terminated or truncated)

    def won(self, total: float, terminated: bool) -> bool:
        """Say whether an episode of this return was a success."""
        if self.name.startswith("CliffWalking"):
            return terminated and total > -100
        return total > 0

    def facts(self, *, ended: bool) -> Facts:
        """Return the facts as of now; `ended` says whether the episode ended of its own."""
        labels = _labels(self.env.unwrapped, self.name)
        if not self.toy:
            world: Any = self.env.unwrapped
            self.shape = (world.height, world.width)
        else:
            self.shape = (4, 12) if self.name.startswith("Cliff") else _lake_shape(self.env)
            if ended:
                labels = {at: of for at, of in labels.items() if not of.startswith("agent")}
        numbers = self._numbers
        found = (
            Fact(numbers.setdefault(label, len(numbers) + 1), *at) for at, label in labels.items()
        )
        return tuple(sorted(found))


def _uncoloured(label: str) -> str:
    thing, *rest = label.split()
    return label if thing == "agent" else " ".join([thing, *rest[1:]])


def _made(name: str) -> gym.Env[Any, Any]:
    if name.startswith("FrozenLake"):
        _, size, *slippery = name.split("-")
        return gym.make("FrozenLake-v1", map_name=size, is_slippery=bool(slippery))
    if name.startswith("CliffWalking"):
        return gym.make("CliffWalking-v1", max_episode_steps=200)
    import minigrid  # noqa: F401  (registers its ids)

    return gym.make(f"MiniGrid-{name}-v0")


def _lake_shape(env: gym.Env[Any, Any]) -> Shape:
    world: Any = env.unwrapped
    return int(world.nrow), int(world.ncol)


def _labels(world: Any, name: str) -> Labels:
    if name.startswith("FrozenLake"):
        drawn = {"H": "hole", "G": "goal", "S": "start"}
        found = {
            (row, col): drawn[letter.decode()]
            for row, line in enumerate(world.desc)
            for col, letter in enumerate(line)
            if letter != b"F"
        }
        look = 1 if world.lastaction is None else world.lastaction  # as it is drawn at the start
        return {**found, divmod(int(world.s), int(world.ncol)): f"agent {look}"}
    if name.startswith("CliffWalking"):
        cliff = {(3, col): "cliff" for col in range(1, 11)}
        look = 2 if world.lastaction is None else world.lastaction
        own = divmod(int(world.s), 12)
        return {**cliff, (3, 0): "start", (3, 11): "goal", own: f"agent {look}"}
    return _minigrid_labels(world)


def _minigrid_labels(world: Any) -> Labels:
    found: Labels = {}
    for col in range(world.grid.width):
        for row in range(world.grid.height):
            thing = world.grid.get(col, row)
            if thing is None or thing.type == "floor":
                continue
            label = f"{thing.type} {thing.color}"
            if thing.type == "door":
                state = "open" if thing.is_open else "locked" if thing.is_locked else "closed"
                label = f"{label} {state}"
            found[row, col] = label
    found[int(world.agent_pos[1]), int(world.agent_pos[0])] = f"agent {world.agent_dir}"
    return found


class Span(NamedTuple):
    """Processor time of decisions and of learning steps."""

    decisions: list[float]  # seconds of each decision
    learning: list[float]  # seconds of each transition learned from


@dataclass
class Course:
    """The course of training in a world."""

    wins: list[bool] = field(default_factory=list)  # of each episode
    first: int | None = None  # environment steps up to the end of the first success
    solved: int | None = None  # steps until 19 of the last 20 episodes were successes
    steps: int = 0
    span: Span = field(default_factory=lambda: Span([], []))


def trained(
    front_end: AnyFrontEnd, world: OthersWorld, seed: int, steps: int, scale: float = 1.0
) -> Course:
    """Train a front end for so many steps, and to the end of the episode; rewards are scaled."""
    course, rng = Course(), np.random.default_rng(seed)
    episode = 0
    while course.steps < steps:
        facts = world.reset(1_000_000 * (seed + 1) + episode)
        memory, total, over, first = front_end.begin(world.shape), 0.0, False, True
        _tell(front_end, world)
        terminated = False
        while not over:
            start = time.process_time()
            action = front_end.decide(facts, memory, rng, 0.0)
            decided = time.process_time()
            following, reward, terminated, over = world.step(action)
            total += reward
            stepped = time.process_time()
            paid = scale * reward
            front_end.learn(
                Transition(facts, action, paid, following, terminated, first, world.shape), rng
            )
            course.span.decisions.append(decided - start)
            course.span.learning.append(time.process_time() - stepped)
            facts, first = following, False
            course.steps += 1
        episode += 1
        course.wins.append(world.won(total, terminated))
        if course.first is None and course.wins[-1]:
            course.first = course.steps
        if course.solved is None and len(course.wins) >= 20 and sum(course.wins[-20:]) >= 19:
            course.solved = course.steps
    return course


def _tell(front_end: AnyFrontEnd, world: OthersWorld) -> None:
    """Tell the front end which types are alike, as perception does."""
    if isinstance(front_end, RulesFrontEnd):
        front_end.resemble(world.likeness)


def frozen_score(
    front_end: AnyFrontEnd, world: OthersWorld, episodes: int, seed: int
) -> tuple[float, float]:
    """Return the share of successes in fresh episodes without learning, and their mean length."""
    rng, won, lengths = np.random.default_rng(seed), [], []
    for episode in range(episodes):
        facts = world.reset(seed + episode)
        memory, total, over, length, terminated = front_end.begin(world.shape), 0.0, False, 0, False
        _tell(front_end, world)
        while not over:
            action = front_end.decide(facts, memory, rng, 0.0)
            facts, reward, terminated, over = world.step(action)
            total, length = total + reward, length + 1
        won.append(world.won(total, terminated))
        lengths.append(length)
    return float(np.mean(won)), float(np.mean(lengths))
