"""Make the environments of a benchmark's world: one to train in, others to be tested in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gymnasium as gym

from dsrl_agent.evaluation.evaluate import evaluation_env
from dsrl_agent.experiments.plan.suite import World
from dsrl_agent.runtime.envs import Door, View, make_env


def training_env(world: World, view: View | None = None) -> Door:
    """Return an environment of a world; with `view`, its frames are made by that recipe."""
    return make_env(world.id, dict(world.kwargs), world.wrappers, view=view)


def unseen_env(world: World, view: View | None = None) -> gym.Env[Any, Any]:
    """Return an environment of a world's tests, with layouts from which training does not draw.

    Its frames are made by `view`, the recipe of training.
    """
    return evaluation_env(world.id, dict(world.kwargs), None, world.wrappers, view=view)


def described_env(described: Mapping[str, Any]) -> gym.Env[Any, Any]:
    """Return the test environment of a world as the header of its results describes it."""
    wrappers = tuple(described.get("wrappers", ()))
    return unseen_env(World(described["id"], described["kwargs"], wrappers=wrappers))
