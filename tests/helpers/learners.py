"""Worlds for the learners from Stable-Baselines3, and their weights."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import torch

from dsrl_agent.baselines.sb3 import SB3Learner
from dsrl_agent.runtime.envs import make_env

SMALL_FRAMES: dict[str, Any] = {"cell": 7, "border": (1, 0, 0, 1)}
"""Keywords of a world whose frames are just large enough for every network."""


def small_frames(**more: Any) -> gym.Env[Any, Any]:
    return make_env("shapes_grid:ShapesGrid-v0", {**SMALL_FRAMES, **more})


def weights(learner: SB3Learner) -> list[torch.Tensor]:
    return [tensor.detach().clone() for tensor in learner.model.policy.parameters()]


def equal_weights(one: list[torch.Tensor], other: list[torch.Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))
