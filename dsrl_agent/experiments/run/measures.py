"""Measure more than play: sight, explanations and settledness, by their names in suites.

Each measure is a function of the learner, the world and the seed, and returns columns for the row.
`MEASURES` lists them.
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
    """Return `exact`, the share of frames of random play seen exactly, if the learner has facts."""
    if not isinstance(learner, PixelLearner) or not learner.agent.perception.ready:
        return {}
    env = evaluation_env(world.id, dict(world.kwargs), None)
    return {"exact": seen_exactly(learner.agent, env, _FRAMES, seed)}


def seen_exactly(agent: DSRL, env: gym.Env[Any, Any], count: int, seed: int) -> float:
    """Return the share of `count` frames of random play in which every fact is right."""
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
    """Return the faithfulness of the learner's explanations, if it explains its choices.

    `faithfulness` is the lesser of two shares: of choices that change without the objects that the
    explanation names, and of choices that stay without all other objects. `changes_by_chance`, the
    control, is the share of choices that change without as many other objects, drawn at random.
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
    """Return nothing: `Lifetime` adds a row for the whole training at the last mark."""
    return {}


def settled(learner: Learner, world: World, seed: int) -> Mapping[str, Any]:
    """Return whether the learner finds nothing left to learn, if it reports that."""
    found = getattr(learner, "settled", None)
    return {} if found is None else {"settled": found}


MEASURES: Mapping[str, Measure] = {
    "sight": sight,
    "settled": settled,
    "explanations": explanations,
    "training": training,
}
