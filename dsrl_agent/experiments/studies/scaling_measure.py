"""Record random play with the ground truth of each frame."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from dsrl_agent.baselines import RandomActor
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.runtime.episodes import play
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Floats, FrameTransitions


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
    env = make_env(env_id, dict(world))
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
