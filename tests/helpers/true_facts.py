"""Front ends that learn from the true facts of a world, for tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium as gym

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.experiments.contestants.true_facts import (
    FactsConfig,
    FactsLearner,
    TruePerception,
    symbol_frame,
)
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Facts


def true_facts(info: dict[str, Any]) -> Facts:
    """Return the facts of an `info`: the agent is type 0, the world's object types count from 1."""
    perception = TruePerception(FactsConfig(), Streams(0))
    return perception.facts(symbol_frame(info["truth"])[None])[0]


def learned(
    make: Callable[[], gym.Env[Any, Any]], kind: Any, steps: int, seed: int, **settings: Any
) -> FactsLearner:
    """Return a learner on true facts that has taken so many steps."""
    learner = FactsLearner(make, FactsConfig(FrontEndConfig(kind=kind, **settings)), seed)
    learner.learn(steps)
    return learner
