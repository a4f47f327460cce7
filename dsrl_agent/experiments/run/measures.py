"""Measures beside play, by the name that a suite asks for them with.

Each is a function of the learner, the world and the seed that returns columns for the row. A new
one is a line in `MEASURES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gymnasium as gym
import numpy as np

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.baselines import RandomActor
from dsrl_agent.evaluation.evaluate import evaluation_env
from dsrl_agent.evaluation.sight_metrics import exact_share
from dsrl_agent.experiments.contestants.learners import Learner, PixelLearner
from dsrl_agent.experiments.plan.suite import World
from dsrl_agent.explain.faithfulness import faithfulness
from dsrl_agent.runtime.episodes import play
from dsrl_agent.runtime.rng import Streams

Measure = Callable[[Learner, World, int], Mapping[str, Any]]
_FRAMES = 200
_EXPLAINED = 50  # frames


def sight(learner: Learner, world: World, seed: int) -> Mapping[str, Any]:
    """Return the share of frames of random play that are seen exactly; nothing without facts."""
    if not isinstance(learner, PixelLearner) or not learner.agent.perception.ready:
        return {}
    env = evaluation_env(world.id, dict(world.kwargs), None)
    return {"exact": seen_exactly(learner.agent, env, _FRAMES, seed)}


def seen_exactly(agent: DSRL, env: gym.Env[Any, Any], count: int, seed: int) -> float:
    """Return the share of so many frames of random play in which every fact is right."""
    streams = Streams(seed)
    actor = RandomActor(agent.num_actions, streams.get("sight"))
    frames, truths = [], []
    for step in play(env, actor, range(count), lambda e: streams.seed_for("sight", e)):
        frames.append(step.frame)
        truths.append(step.info["truth"])
        if len(frames) == count:
            break
    return exact_share(agent.perception.facts(np.stack(frames)), truths)


def explanations(learner: Learner, world: World, seed: int) -> Mapping[str, Any]:
    """Return how often a choice changes without the objects its explanation names, and otherwise.

    `faithfulness` is the lesser of two shares: the choice changes without the objects named; it
    stays without all others. `changes_by_chance` is the control: without as many others, at random.
    """
    if not isinstance(learner, PixelLearner):
        return {}
    env = evaluation_env(world.id, dict(world.kwargs), None)
    found = faithfulness(learner.agent, env, _EXPLAINED, seed)
    columns = {"faithfulness": min(found.without_named.value, 1 - found.without_others.value)}
    if found.without_as_many is not None:
        columns["changes_by_chance"] = found.without_as_many.value
    return columns


def training(learner: Learner, world: World, seed: int) -> Mapping[str, Any]:
    """Return nothing at a mark: the whole training is told in a row of its own at the end."""
    return {}


def settled(learner: Learner, world: World, seed: int) -> Mapping[str, Any]:
    """Return whether the learner finds that it has learned what there is to learn."""
    found = getattr(learner, "settled", None)
    return {} if found is None else {"settled": found}


MEASURES: Mapping[str, Measure] = {
    "sight": sight,
    "settled": settled,
    "explanations": explanations,
    "training": training,
}
