"""Record random play with the ground truth of each frame, and measure a sight that learns from it.

One fit is measured on its rung and on the rungs that share its weights.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from dsrl_agent.baselines import RandomActor
from dsrl_agent.errors import DSRLError
from dsrl_agent.evaluation.sight_metrics import score_naming, score_sight
from dsrl_agent.experiments.studies.scaling_back_ends import SightSettings
from dsrl_agent.experiments.studies.scaling_rungs import Rung
from dsrl_agent.experiments.studies.scaling_stills import NOTHING
from dsrl_agent.perception.perception import Perception
from dsrl_agent.runtime.envs import View, make_env
from dsrl_agent.runtime.episodes import play
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Facts, Floats, Frame, FrameTransitions

_TEST_FRAMES, _FEWER_TEST_FRAMES = 400, 100  # the fewer in worlds of more than _LARGE cells
_LARGE = 100
_EPISODE = 25  # steps of a test world, so that the frames show many worlds
_SINGLY = 20  # frames that are read one by one, to be timed


class RandomPlay(NamedTuple):
    """N transitions of random play, with the truth about the frame before each action."""

    motion: FrameTransitions
    rewards: Floats  # [N]
    truths: list[dict[str, Any]]


def film(env_id: str, world: Mapping[str, Any], frames: int, seed: int, stream: str) -> RandomPlay:
    """Return the first transitions of random play, one for each of `frames`.

    The seed and the name of its random streams decide the worlds and the actions. `world` are the
    keywords of the environment.
    """
    env = make_env(env_id, dict(world), view=View())  # frames as they are, however large
    streams = Streams(seed)
    actor = RandomActor(int(env.action_space.n), streams.get(stream))
    played = play(env, actor, range(frames), lambda e: streams.seed_for(stream, e))
    steps = list(itertools.islice(played, frames))
    pairs = ((step.frame, step.next_frame) for step in steps)
    env.close()
    before, after = (np.stack(frames) for frames in zip(*pairs, strict=True))
    motion = FrameTransitions(before, np.array([step.action for step in steps], np.int64), after)
    rewards = np.array([step.reward for step in steps])
    return RandomPlay(motion, rewards, [step.info["truth"] for step in steps])


def measure_rung(
    rung: Rung, name: str, settings: SightSettings, seed: int, frames: int, device: str = "cpu"
) -> Iterator[dict[str, Any]]:
    """Learn a rung from frames of random play; yield its record and those that share the weights.

    The rung is called `name`. The seed decides worlds, actions and weights. A record has the
    figures of `score_sight` and `score_naming`, `seconds` of CPU time of the fit, and `batch_ms`
    and `single_ms` of CPU time a frame, all test frames at once and one by one.
    """
    world = rung.world(seed)
    learned = film(rung.env_id, world, frames, seed, "learn")
    start = time.process_time()
    sight, complaint = _learned(learned, settings, seed, device)
    spent = {"seconds": time.process_time() - start, "frames": frames, "complaint": complaint}
    for each, replaced in {name: {}, **rung.also}.items():
        test = {**world, **replaced, "split": "test", "step_limit": _EPISODE}
        large = test.get("rows", 5) * test.get("cols", 5) > _LARGE
        count = _FEWER_TEST_FRAMES if large else _TEST_FRAMES
        seen = film(rung.env_id, test, count, seed, "test")
        figures: Mapping[str, Any] = {**NOTHING, "agent_exact": 0.0}
        if not complaint and sight.grid is not None:
            facts, times = _timed_facts(sight, seen.motion.before)
            grid = sight.grid.fitted(*seen.motion.before.shape[1:3])
            figures = score_sight(facts, seen.truths, grid, test)
            figures = {**figures, **score_naming(facts, seen.truths), **times}
        where = {"cell": world["cell"], "border": str(world["border"])}
        yield {"rung": each, "seed": seed, **where, **figures, **spent}


def _learned(
    learned: RandomPlay, settings: SightSettings, seed: int, device: str
) -> tuple[Perception, str]:
    """Return what was learned, and the error that stopped it, or an empty text."""
    sight = Perception(settings.perception, settings.back_end, seed, device)
    try:
        sight.learn(learned.motion, None, learned.rewards)
    except DSRLError as error:
        return sight, str(error)
    return sight, ""


def _timed_facts(sight: Perception, frames: Frame) -> tuple[list[Facts], dict[str, float]]:
    """Return the facts of frames, and the CPU time a frame in milliseconds, by how they are read.

    Networks on a GPU are not timed rightly: only the processor's time counts.
    """
    start = time.process_time()
    facts = sight.facts(frames)
    batch = time.process_time() - start
    singly = frames[:_SINGLY]
    start = time.process_time()
    for frame in singly:
        sight.facts(frame[None])
    single = time.process_time() - start
    return facts, {"batch_ms": 1000 * batch / len(frames), "single_ms": 1000 * single / len(singly)}
