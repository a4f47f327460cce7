"""Agents that have learned from pixels in a moment, and an episode of their play, for tests."""

from __future__ import annotations

from functools import cache
from typing import Any

from dsrl_agent import DSRL, AgentConfig, FrontEndConfig, PerceptionConfig
from dsrl_agent.config import BackEndConfig
from dsrl_agent.explain.page.moments import RecordedEpisode, record
from dsrl_agent.runtime.envs import make_env

WORLD: dict[str, Any] = {"cell": 8, "rows": 4, "cols": 4, "objects": {"cross": 2, "circle": 2}}
ENV = "shapes_grid:ShapesGrid-v0"
STEPS = 6


def agent_of(kind: Any = "relational", sight: str = "things") -> DSRL:
    """Return an agent with a kind of front end and of sight; do not change it."""
    return _agent(kind, sight)


def film_of(kind: Any = "relational", sight: str = "things") -> RecordedEpisode:
    """Return the first steps of an episode of its play."""
    return _film(kind, sight)


@cache
def _agent(kind: Any, sight: str) -> DSRL:
    config = AgentConfig(
        perception=PerceptionConfig(sight=sight, first_frames=60, frames=60),
        back_end=BackEndConfig(kind="pca"),
        front_end=FrontEndConfig(kind=kind),
    )
    return DSRL(make_env(ENV, WORLD), config, seed=0).learn(120)


@cache  # the agent breaks ties by a stream of its own, so that a second film may be another
def _film(kind: Any, sight: str) -> RecordedEpisode:
    env = make_env(ENV, {**WORLD, "split": "test"})
    return record(_agent(kind, sight), env, 0, 1, STEPS, None)
