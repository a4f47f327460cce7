"""Measure more than play: sight, explanations and settledness, by their names in suites.

Each measure is a function of the learner, an environment of the test and the seed, and returns
columns for the row. `MEASURES` lists them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import gymnasium as gym
import numpy as np

from dsrl_agent.agent.dsrl import DSRL
from dsrl_agent.baselines import RandomActor
from dsrl_agent.evaluation.sight_metrics import exact_share, score_naming
from dsrl_agent.experiments.contestants.learners import Learner, PixelLearner
from dsrl_agent.experiments.worlds.truth import WithTruth
from dsrl_agent.explain.faithfulness import faithfulness
from dsrl_agent.runtime.episodes import play
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Facts

Env = gym.Env[Any, Any]
Measure = Callable[[Learner, Env, int], Mapping[str, Any]]
_FRAMES = 200
_EXPLAINED = 50  # frames


def sight(learner: Learner, env: Env, seed: int) -> Mapping[str, Any]:
    """Return how well a learner that has facts sees frames of random play.

    `exact` is the share of frames in which every fact is right, one to one; `score_naming` tells
    about the other shares. There are no columns where nothing tells the ground truth.
    """
    if not isinstance(learner, PixelLearner) or not learner.agent.perception.ready:
        return {}
    seen = _seen(learner.agent, env, _FRAMES, seed)
    return {} if seen is None else {"exact": exact_share(*seen), **score_naming(*seen)}


def seen_exactly(agent: DSRL, env: gym.Env[Any, Any], count: int, seed: int) -> float | None:
    """Return the share of `count` frames of random play in which every fact is right.

    It is None where nothing tells the ground truth.
    """
    seen = _seen(agent, env, count, seed)
    return None if seen is None else exact_share(*seen)


def _seen(
    agent: DSRL, env: gym.Env[Any, Any], count: int, seed: int
) -> tuple[list[Facts], list[dict[str, Any]]] | None:
    """Return the facts of frames of random play, and the truth about each."""
    streams = Streams(seed)
    actor = RandomActor(agent.num_actions, streams.get("sight"))
    told = WithTruth(env)
    played = play(told, actor, range(count), lambda e: streams.seed_for("sight", e))
    steps = list(itertools.islice(played, count))
    if "truth" not in steps[0].info:
        return None
    facts = agent.perception.facts(np.stack([step.frame for step in steps]))
    return facts, [step.info["truth"] for step in steps]


def explanations(learner: Learner, env: Env, seed: int) -> Mapping[str, Any]:
    """Return the faithfulness of the learner's explanations, if it explains its choices.

    `faithfulness` is the lesser of two shares: of choices that change without the objects that the
    explanation names, and of choices that stay without all other objects. `changes_by_chance`, the
    control, is the share of choices that change without as many other objects, drawn at random.
    """
    if not isinstance(learner, PixelLearner):
        return {}
    found = faithfulness(learner.agent, env, _EXPLAINED, seed)
    columns = {"faithfulness": min(found.without_named.value, 1 - found.without_others.value)}
    if found.without_as_many is not None:
        columns["changes_by_chance"] = found.without_as_many.value
    return columns


def settled(learner: Learner, env: Env, seed: int) -> Mapping[str, Any]:
    """Return whether the learner finds nothing left to learn, if it reports that."""
    found = getattr(learner, "settled", None)
    return {} if found is None else {"settled": found}


MEASURES: Mapping[str, Measure] = {
    "sight": sight,
    "settled": settled,
    "explanations": explanations,
    "training": lambda *_: {},  # `Lifetime` adds a row for the whole training at the last mark
}
