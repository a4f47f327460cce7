"""Record random play with the ground truth of each frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from dsrl_agent.baselines import RandomActor
from dsrl_agent.runtime.envs import make_env
from dsrl_agent.runtime.episodes import play
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Floats, FrameTransitions


class RandomPlay(NamedTuple):
    """N transitions of random play.

    Attributes:
        motion: The frames and actions.
        rewards: `[N]`.
        truths: The truth about the frame before each action.
    """

    motion: FrameTransitions
    rewards: Floats
    truths: list[dict[str, Any]]


def film(env_id: str, world: Mapping[str, Any], frames: int, seed: int, stream: str) -> RandomPlay:
    """Return the first transitions of random play.

    Args:
        env_id: The environment's id.
        world: Keywords of the environment.
        frames: The number of transitions.
        seed: Decides the worlds and the actions, together with `stream`.
        stream: Name of the random streams.
    """
    env = make_env(env_id, dict(world))
    streams = Streams(seed)
    actor = RandomActor(int(env.action_space.n), streams.get(stream))  # type: ignore[attr-defined]
    steps = []
    for step in play(env, actor, range(frames), lambda e: streams.seed_for(stream, e)):
        steps.append(step)
        if len(steps) == frames:
            break
    env.close()
    motion = FrameTransitions(
        np.stack([step.frame for step in steps]),
        np.array([step.action for step in steps], np.int64),
        np.stack([step.next_frame for step in steps]),
    )
    rewards = np.array([step.reward for step in steps])
    return RandomPlay(motion, rewards, [step.info["truth"] for step in steps])
