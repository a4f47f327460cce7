"""Perceptions learned from random play, and worlds in which a shape comes later."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np

from dsrl_agent.config import BackEndConfig, PerceptionConfig
from dsrl_agent.evaluation.sight_metrics import exact_share
from dsrl_agent.experiments.studies.scaling_measure import RandomPlay, film
from dsrl_agent.perception.perception import Perception
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.types import Frame

ENV = "shapes_grid:ShapesGrid-v0"
OFF_GRID = "shapes_grid:ShapesGrid-Offsets-v0"
BACK_END = BackEndConfig("vae", steps=150, refit_steps=20)


def learned(
    world: dict[str, Any],
    frames: int,
    rewarded: bool = True,
    config: PerceptionConfig | None = None,
) -> tuple[Perception, RandomPlay]:
    """Return a perception that has learned from random play, and play in unseen worlds."""
    seen = film(ENV, world, frames, 0, "learn")
    made = Perception(config or PerceptionConfig(), BACK_END, 0, "cpu")
    made.learn(seen.motion, None, seen.rewards if rewarded else None)
    return made, film(ENV, {**world, "split": "test"}, 100, 0, "test")


def exact(perception: Perception, unseen: RandomPlay) -> float:
    return exact_share(perception.facts(unseen.motion.before), unseen.truths)


def restored(original: Perception) -> Perception:
    made = Perception(original.config, BACK_END, 77, "cpu")
    made.load(original.arrays(), original.state())
    return made


def world(env_id: str = ENV, **objects: int) -> gym.Env[Any, Any]:
    rewards = {"circle": -1.0, "cross": 1.0, "star": 1.0}
    return make_env(env_id, {"objects": objects, "rewards": rewards})


def scenes(env: gym.Env[Any, Any]) -> tuple[Frame, list[dict[str, Any]]]:
    seen = [env.reset(seed=seed) for seed in range(40)]
    return np.stack([frame for frame, _ in seen]), [info["truth"] for _, info in seen]
