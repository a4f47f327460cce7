"""The main job over many seeds: from pixels of an unknown grid to a trained agent.

Every seed gets a world of its own making: cells of 7-13 pixels and a border of 0-7 pixels on each
side. The agent is told neither. It is measured in worlds of the test split, and its sight also on
larger grids it was never trained on.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import gymnasium as gym

from dsrl_agent.agent import DSRL
from dsrl_agent.baselines import Oracle, RandomActor
from dsrl_agent.benchmark.measures import seen_exactly
from dsrl_agent.config import AgentConfig
from dsrl_agent.evaluate import AgentActor, Report, evaluate
from dsrl_agent.loop import Actor
from dsrl_agent.spaces import make_env
from dsrl_agent.streams import Streams

ENV_ID = "shapes_grid:ShapesGrid-v0"
LARGER: dict[str, dict[str, Any]] = {
    "9x9": {"rows": 9, "cols": 9, "objects": {"circle": 12, "cross": 12}},
    "16x16": {"rows": 16, "cols": 16, "objects": {"circle": 40, "cross": 40}},
}
_SIGHT_FRAMES = 400


@dataclass(frozen=True)
class Plan:
    """What to run.

    Attributes:
        marks: Numbers of environment steps after which the agent is measured, ascending.
        episodes: Worlds of each measurement.
        config: The agent's settings.
    """

    marks: Sequence[int] = (400, 1000, 2000, 5000)
    episodes: int = 200
    config: AgentConfig = field(default_factory=AgentConfig)


def draw_world(seed: int) -> dict[str, Any]:
    """Return the cell size and the border of a seed's world."""
    rng = Streams(seed).get("benchmark world")
    border = [int(pixels) for pixels in rng.integers(0, 8, 4)]
    return {"cell": int(rng.integers(7, 14)), "border": border}


def run_seed(seed: int, plan: Plan) -> Iterator[dict[str, Any]]:
    """Train an agent and yield a record of each measurement, JSON-able."""
    world = draw_world(seed)
    start = time.process_time()
    agent = DSRL(make_env(ENV_ID, world), plan.config, seed=seed)
    spent = 0.0
    for mark in plan.marks:
        agent.learn(mark - agent.num_timesteps)
        spent += time.process_time() - start
        yield {
            "seed": seed,
            "world": world,
            "actor": plan.config.front_end.kind,
            "steps": agent.num_timesteps,
            "cpu_seconds": spent,
            "types": len(agent.perception.require_codebook().known),
            "exact": seen_exactly(agent, _test_env(world), _SIGHT_FRAMES, seed),
            **_figures(_measure(AgentActor(agent), world, plan.episodes, seed)),
        }
        start = time.process_time()
    for name, larger in LARGER.items():
        bigger = {**world, **larger}
        report = _measure(AgentActor(agent), bigger, plan.episodes // 10 or 1, seed)
        yield {
            "seed": seed,
            "world": bigger,
            "actor": f"{plan.config.front_end.kind} in {name}",
            "steps": agent.num_timesteps,
            "exact": seen_exactly(agent, _test_env(bigger), _SIGHT_FRAMES, seed),
            **_figures(report),
        }
    rng = Streams(seed).get("random actor")
    env = _test_env(world)
    for name, actor in (("random", RandomActor(4, rng)), ("oracle", Oracle(env))):
        report = evaluate(actor, env, plan.episodes, seed)
        yield {"seed": seed, "world": world, "actor": name, "steps": 0, **_figures(report)}


def _measure(actor: Actor, world: dict[str, Any], episodes: int, seed: int) -> Report:
    return evaluate(actor, _test_env(world), episodes, seed)


def _test_env(world: dict[str, Any]) -> gym.Env[Any, Any]:
    return make_env(ENV_ID, {**world, "split": "test"})


def _figures(report: Report) -> dict[str, Any]:
    figures: dict[str, Any] = {
        name: None if figure is None else figure[0] for name, figure in report.figures().items()
    }
    return {**figures, "decision_ms": 1000 * report.decision_seconds}
