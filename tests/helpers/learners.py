"""Quick learners from Stable-Baselines3, worlds for them, and their weights."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import pytest
import torch

from dsrl_agent.baselines.dqn import DQNLearner
from dsrl_agent.baselines.ppo import PPOLearner
from dsrl_agent.baselines.sb3 import SB3Learner
from dsrl_agent.baselines.settings import DQNConfig, PPOConfig, QRDQNConfig
from dsrl_agent.evaluation.evaluate import evaluate
from dsrl_agent.experiments.plan.suite import Block, Contestant, Suite, World
from dsrl_agent.runtime.envs import make_env

SMALL_FRAMES: dict[str, Any] = {"cell": 7, "border": (1, 0, 0, 1)}
"""Keywords of a world whose frames are just large enough for every network."""

# The target network is updated every 7 steps of 4 environments: never at the end of a piece.
DQN: dict[str, Any] = {
    "budget": 160, "buffer": 160, "learning_starts": 40, "network": "small", "features": 8,
    "batch": 4, "target_update": 28, "n_steps": 2,
}  # fmt: skip
QUICK: dict[str, dict[str, Any]] = {
    "dqn": DQN,
    "qrdqn": {**DQN, "quantiles": 5},
    "ppo": {
        "envs": 4, "rollout": 40, "batch": 10, "epochs": 2, "network": "small", "features": 8,
    },
}  # fmt: skip
"""Settings of a training of 160 steps, by kind of learner."""


def small_frames(**more: Any) -> gym.Env[Any, Any]:
    return make_env("shapes_grid:ShapesGrid-v0", {**SMALL_FRAMES, **more})


def one_cross(**more: Any) -> gym.Env[Any, Any]:
    """Return a world of one circle and one cross on 2 x 2 cells, which is easily solved."""
    return small_frames(rows=2, cols=2, cell=18, objects={"circle": 1, "cross": 1}, **more)


def quick_learner(kind: str, seed: int = 3, **more: Any) -> SB3Learner:
    """Return a learner with quick settings, or skip where its library is missing."""
    settings = {**QUICK[kind], **more}
    if kind == "ppo":
        return PPOLearner(small_frames, PPOConfig(**settings), seed)
    if kind == "dqn":
        return DQNLearner(small_frames, DQNConfig(**settings), seed)
    require_contrib()
    return DQNLearner(small_frames, QRDQNConfig(**settings), seed)


def require_contrib() -> None:
    pytest.importorskip("sb3_contrib", reason="not installed: pip install '.[contrib]'")


def score(learner: SB3Learner) -> float:
    """Return the share of positives that greedy play collects where there is one cross."""
    report = evaluate(learner.actor(one_cross()), one_cross(), 50, 1000)
    return float(sum(report.returns) / sum(report.positives))


def weights(learner: SB3Learner) -> list[torch.Tensor]:
    return [tensor.detach().clone() for tensor in learner.model.policy.parameters()]


def equal_weights(one: list[torch.Tensor], other: list[torch.Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def quick_suite(*kinds: str, marks: tuple[int, ...] = (80, 160)) -> Suite:
    """Return the plan of a benchmark of quick learners."""
    block = Block(kinds, ("mixed",), marks, seeds=1, episodes=3)
    worlds = {"mixed": World(kwargs=SMALL_FRAMES)}
    contestants = {
        kind: Contestant(kind, kind, QUICK[kind])  # type: ignore[arg-type]
        for kind in kinds
    }
    return Suite("plan", "Does it run?", worlds, contestants, (block,))
