"""Front ends that learn from the true facts of a world, for tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gymnasium as gym
import numpy as np

from dsrl_agent.config import FrontEndConfig
from dsrl_agent.experiments.contestants.true_facts import FactsConfig, FactsLearner, TruePerception

true_facts = TruePerception(FactsConfig(), np.random.default_rng(0)).facts
"""The facts of an `info`: the agent is type 0, kind i type i + 1."""


def learned(
    make: Callable[[], gym.Env[Any, Any]], kind: Any, steps: int, seed: int, **settings: Any
) -> FactsLearner:
    """Return a learner on true facts that has taken so many steps."""
    learner = FactsLearner(make, FactsConfig(FrontEndConfig(kind=kind, **settings)), seed)
    learner.learn(steps)
    return learner
