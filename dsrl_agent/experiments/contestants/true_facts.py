"""Give an agent true facts in place of learned sight, with errors of a known rate.

For measurements alone: the difference to learned sight is the price of perception. The truth comes
to the agent as its observation, a small picture of symbols; the agent never looks into `info`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import gymnasium as gym
import numpy as np

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.baselines.symbol_grid import TruthObservations
from dsrl_agent.checks import require_range
from dsrl_agent.config import AgentConfig, FrontEndConfig
from dsrl_agent.experiments.contestants.agent_learner import AgentLearner, MakeEnv
from dsrl_agent.experiments.worlds.truth import WithTruth, truth_of
from dsrl_agent.perception.protocol import FixedPerception
from dsrl_agent.perception.sight import Sighting
from dsrl_agent.runtime.envs import View, at_door
from dsrl_agent.runtime.episodes import Actor
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Fact, Facts, Frame, Shape

_AGENT = 0  # the agent's type; the world's object types count from 1
_OBJECTS, _HEADING, _TYPES = range(3)  # the channels of a symbol frame

Phase = Literal["explore", "predict"]
"""Names the random stream of errors: while learning, or while measured."""


@dataclass(frozen=True)
class FactsConfig:
    """A front end on true facts, or on facts with errors of a known rate."""

    front_end: FrontEndConfig = field(default_factory=FrontEndConfig)  # the learner
    mistyped: float = 0.0  # probability that an object has the type of another one of the world
    missed: float = 0.0  # probability that an object is missing
    agent_too: bool = False  # whether the agent is mistyped (as an object) and missed as often

    def __post_init__(self) -> None:
        for name in ("mistyped", "missed"):
            require_range(name, getattr(self, name), 0.0, 1.0)


def symbol_frame(truth: Mapping[str, Any]) -> Frame:
    """Return the truth as a picture `uint8 [rows, cols, 3]` with a pixel for each cell.

    Its channels: the object type, 0 for none; the agent's heading from 1, 0 where it is not; the
    number of object types in the world.
    """
    cells = np.asarray(truth["cells"])
    frame = np.zeros((*cells.shape, 3), np.uint8)
    frame[..., _OBJECTS] = cells
    frame[..., _TYPES] = len(truth["kinds"])
    if truth["agent"] is not None:
        frame[(*truth["agent"], _HEADING)] = 1 + int(truth.get("heading", 0))
    return frame


class SymbolFrames(TruthObservations):
    """Gives symbol frames in place of pictures."""

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        refusal = (
            "{env} gives no info['truth'], so there are no true facts; take an agent that sees."
        )
        super().__init__(env, symbol_frame, 255, refusal)

    @property
    def spec(self) -> None:  # type: ignore[override]
        """Nothing: the id of the environment within stands for pictures."""


class TruePerception(FixedPerception):
    """Reads facts from symbol frames, with errors of the configured rates drawn for every frame."""

    def __init__(self, config: FactsConfig, streams: Streams) -> None:
        self.phase: Phase = "explore"  # errors have a random stream for each phase
        self.shapes: Sequence[int] = ()  # by object type from 1 on, if the truth tells it
        self._config = config
        self._streams = streams
        self._met: set[int] = set()

    @property
    def known(self) -> list[int]:
        """The types met while learning, the agent's among them."""
        return sorted(self._met)

    def facts(self, frames: Frame) -> list[Facts]:
        """Return the facts of symbol frames `[B, rows, cols, 3]`."""
        rng = self._streams.get(f"errors, {self.phase}")
        found = [self._read(frame, rng) for frame in frames]
        if self.phase == "explore":
            self._meet(fact.type for facts in found for fact in facts)
        return found

    def watch(self, before: Facts, action: int, frame: Frame) -> Sighting:
        """Return the facts of the symbol frame that an action led to; types never change."""
        facts = self._read(frame, self._streams.get("errors"))
        self._meet(fact.type for fact in facts)
        return Sighting(facts, None)

    def shape_of(self, frame: Frame) -> Shape:
        """Return rows and columns."""
        return int(frame.shape[0]), int(frame.shape[1])

    def erased(self, frame: Frame, facts: Facts, removed: Facts) -> Frame:
        """Return a copy of a symbol frame without the objects of the removed facts."""
        copy = frame.copy()
        for fact in removed:
            copy[fact.row, fact.col, _OBJECTS] = 0
        return copy

    def _meet(self, types: Iterable[int]) -> None:
        """Remember types, and which of them have the shape of one met before."""
        self._met.update(types)
        firsts: dict[int, int] = {}
        objects = [number for number in self.known if 0 < number <= len(self.shapes)]
        found = {each: firsts.setdefault(self.shapes[each - 1], each) for each in objects}
        self.analogues = {each: first for each, first in found.items() if first != each}

    def _read(self, frame: Frame, rng: np.random.Generator) -> Facts:
        config, types = self._config, int(frame[0, 0, _TYPES])
        found = []
        for row, col in np.argwhere(frame[..., _OBJECTS]):
            if frame[row, col, _HEADING] or self._misses(rng):
                continue  # the agent hides the object that it stands on
            number = self._typed(int(frame[row, col, _OBJECTS]), types, rng)
            found.append(Fact(number, int(row), int(col)))
        for row, col in np.argwhere(frame[..., _HEADING]):
            if config.agent_too and self._misses(rng):
                continue
            heading = int(frame[row, col, _HEADING]) - 1  # each heading is a type of its own
            own = types + heading if heading else _AGENT
            if config.agent_too and rng.random() < config.mistyped:
                own = 1 + int(rng.integers(types))
            found.append(Fact(own, int(row), int(col)))
        return tuple(sorted(found))

    def _misses(self, rng: np.random.Generator) -> bool:
        return bool(self._config.missed) and rng.random() < self._config.missed

    def _typed(self, number: int, types: int, rng: np.random.Generator) -> int:
        """Return an object's type, or another one of the world's with the configured rate."""
        mistyped = self._config.mistyped
        if types < 2 or not mistyped or rng.random() >= mistyped:
            return number
        return 1 + (number - 1 + int(rng.integers(1, types))) % types


def _symbols(make: MakeEnv) -> gym.Env[Any, Any]:
    """Return an environment of symbol frames."""
    return at_door(SymbolFrames(WithTruth(make())), view=View())


class FactsLearner(AgentLearner):
    """The agent on true facts, as a contestant, in the environment that `make` makes."""

    def __init__(self, make: MakeEnv, config: FactsConfig, seed: int) -> None:
        self._perception = TruePerception(config, Streams(seed))
        settings = AgentConfig(front_end=config.front_end)
        env = _symbols(make)
        truth = truth_of(env)
        self._perception.shapes = () if truth is None else truth["shapes"]
        super().__init__(DSRL(env, settings, perception=self._perception, seed=seed))

    def learn(self, until: int) -> None:
        """Play and learn until `until` steps have been taken in all."""
        self._perception.phase = "explore"
        super().learn(until)

    def move(self, make: MakeEnv) -> None:
        """Go on in another world."""
        super().move(lambda: _symbols(make))

    def actor(self, env: gym.Env[Any, Any]) -> Actor:
        """Return the greedy policy as an actor."""
        self._perception.phase = "predict"
        return _ReadsTruth(super().actor(env), env)


class _ReadsTruth:
    """An actor that gets symbol frames made from the `info` of an environment with pictures."""

    def __init__(self, actor: Actor, env: gym.Env[Any, Any]) -> None:
        self._actor = actor
        self._env = env

    def begin(self) -> None:
        self._actor.begin()

    def act(self, frame: Frame, info: dict[str, Any]) -> int:
        truth = info["truth"] if "truth" in info else truth_of(self._env)
        assert truth is not None, "the environment of training told its truth"
        return self._actor.act(symbol_frame(truth), info)
