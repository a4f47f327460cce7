"""Facts from the truth, and a learner on them: what a front end does when sight is perfect.

For measurements alone. The agent itself never looks into `info`.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gymnasium as gym
import numpy as np

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.errors import ConfigError
from dsrl_agent.front_end import AnyFrontEnd, Episode, make_front_end
from dsrl_agent.runtime.envs import require_env
from dsrl_agent.runtime.episodes import play
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Fact, Facts, Frame, Shape, Transition

_AGENT = 0  # the agent's type; kind i of the world is type i + 1


@dataclass(frozen=True)
class FactsConfig:
    """A front end on true facts, or on facts with errors of a known rate.

    Attributes:
        front_end: The learner.
        mistyped: Probability that an object's type is told as another one of the world.
        missed: Probability that an object is not told at all.
        agent_too: Whether the agent is mistyped (as an object) and missed as often as objects are.
    """

    front_end: FrontEndConfig = field(default_factory=FrontEndConfig)
    mistyped: float = 0.0
    missed: float = 0.0
    agent_too: bool = False

    def __post_init__(self) -> None:
        for name in ("mistyped", "missed"):
            value = getattr(self, name)
            if not isinstance(value, int | float) or not 0 <= value <= 1:
                raise ConfigError(f"{name} is {value!r}, but it must be from 0 to 1.")


class TruePerception:
    """Tells the facts of `info["truth"]`, with errors drawn anew for every frame.

    Args:
        config: How often it errs.
        rng: Draws the errors.
    """

    def __init__(self, config: FactsConfig, rng: np.random.Generator) -> None:
        self._config = config
        self._rng = rng

    def facts(self, info: dict[str, Any]) -> Facts:
        """Return the sorted facts of a frame by what came with it."""
        truth = info["truth"]
        kinds = len(truth["kinds"])
        cells = truth["cells"]
        agent = truth["agent"]
        told = [
            Fact(self._typed(int(cells[row, col]), kinds), int(row), int(col))
            for row, col in np.argwhere(cells)
            if (row, col) != agent and not self._misses()  # the agent hides what it stands on
        ]
        if agent is not None and not (self._config.agent_too and self._misses()):
            heading = int(truth.get("heading", 0))  # each way that it faces is a type of its own
            own = kinds + heading if heading else _AGENT
            told.append(Fact(self._agent_typed(own, kinds), *agent))
        return tuple(sorted(told))

    def _agent_typed(self, own: int, kinds: int) -> int:
        errs = self._config.agent_too and self._rng.random() < self._config.mistyped
        return 1 + int(self._rng.integers(kinds)) if errs else own

    def _misses(self) -> bool:
        return bool(self._config.missed) and self._rng.random() < self._config.missed

    def _typed(self, kind: int, kinds: int) -> int:
        if kinds < 2 or not self._config.mistyped or self._rng.random() >= self._config.mistyped:
            return kind
        return 1 + (kind - 1 + int(self._rng.integers(1, kinds))) % kinds


class FactsLearner:
    """A front end that learns from true facts, with the agent's own loop and count of steps.

    Args:
        make: Makes the environment.
        config: The front end, and how often the facts err.
        seed: Seeds everything.
    """

    def __init__(
        self, make: Callable[[], gym.Env[Any, Any]], config: FactsConfig, seed: int
    ) -> None:
        self.config = config
        self.steps = 0
        self._env = make()
        self._streams = Streams(seed)
        self._episodes = 0
        self.front_end: AnyFrontEnd = make_front_end(require_env(self._env)[0], config.front_end)

    @property
    def settled(self) -> bool:
        """Whether the front end finds that it has learned what there is to learn."""
        met = {fact.type for step in self.front_end.transitions for fact in step.facts}
        return self.front_end.settled(sorted(met))

    def learn(self, until: int) -> None:
        """Play and learn until so many steps have been taken in all."""
        if self.steps >= until:
            return
        actor = self._actor("explore", self.config.front_end.epsilon)
        sight = TruePerception(self.config, self._streams.get("errors"))
        rng = self._streams.get("replay")
        after: Facts = ()
        for step in play(
            self._env,
            actor,
            itertools.count(self._episodes),
            lambda episode: self._streams.seed_for("env", episode),
        ):
            self.steps += 1
            before, after = actor.seen, sight.facts(step.next_info)
            transition = Transition(
                before, step.action, step.reward, after, step.terminated, step.number == 0,
                shape_of(step.info),
            )  # fmt: skip
            self.front_end.learn(transition, rng)
            actor.told = after  # forgotten where the next episode begins
            if self.steps >= until:
                break
        self._episodes = step.episode + 1

    def move(self, make: Callable[[], gym.Env[Any, Any]]) -> None:
        """Go on in another world."""
        self._env = make()

    def actor(self, env: gym.Env[Any, Any]) -> FactsActor:
        """Return the greedy policy as an actor."""
        return self._actor("predict", 0.0)

    def size_bytes(self) -> int:
        """Return the bytes of what was learned, as JSON."""
        return len(json.dumps(self.front_end.state()))

    def _actor(self, stream: str, epsilon: float) -> FactsActor:
        sight = TruePerception(self.config, self._streams.get(f"errors, {stream}"))
        return FactsActor(self.front_end, sight, self._streams.get(stream), epsilon)


class FactsActor:
    """A front end on true facts as an actor.

    Attributes:
        seen: The facts that the last action was chosen on.
        told: The facts of the next frame, where they are known already.
    """

    def __init__(
        self,
        front_end: AnyFrontEnd,
        sight: TruePerception,
        rng: np.random.Generator,
        epsilon: float,
    ) -> None:
        self._front_end, self._sight = front_end, sight
        self._rng, self._epsilon = rng, epsilon
        self._episode: Episode | None = None
        self.seen: Facts = ()
        self.told: Facts | None = None

    def begin(self) -> None:
        """Forget the last episode."""
        self._episode = None
        self.told = None

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        """Choose by the facts in `info`, blind to the frame."""
        self.seen = self._sight.facts(info) if self.told is None else self.told
        self.told = None
        if self._episode is None:
            self._episode = self._front_end.begin(shape_of(info))
        return self._front_end.decide(self.seen, self._episode, self._rng, self._epsilon)


def shape_of(info: dict[str, Any]) -> Shape:
    """Return the rows and columns of the grid that the truth tells."""
    rows, cols = info["truth"]["cells"].shape
    return int(rows), int(cols)
