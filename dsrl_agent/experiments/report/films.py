"""Replay episodes from their seed and actions, as strips of frames for the page."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from dsrl_agent.experiments.analysis.results import Film
from dsrl_agent.experiments.worlds.making import described_env
from dsrl_agent.runtime.door.making import names_in
from dsrl_agent.runtime.door.trust import require_allowed


@dataclass(frozen=True)
class Strip:
    """The frames of an episode side by side in one picture."""

    contestant: str  # name of the contestant that plays
    steps: int  # steps of training before the episode; 0 where the contestant does not learn
    frames: int  # number of frames, each of `width` x `height` pixels
    width: int
    height: int
    png: str  # the picture as PNG in base64
    returns: Sequence[float]  # the return up to each frame; whole numbers as such


def strip(film: Film) -> Strip:
    """Play an episode again and return its frames in 64 colours.

    Raises:
        CheckpointError: The results name a module that may not be imported.
    """
    named = names_in(film.env["id"], film.env["kwargs"], film.env.get("wrappers", ()))
    require_allowed(named, "The file of results")
    env = described_env(film.env)
    frame, _ = env.reset(seed=film.episode_seed)
    frames, returns = [frame], [0.0]
    for action in film.acts:
        frame, reward, *_ = env.step(action)
        frames.append(frame)
        returns.append(returns[-1] + float(reward))
    out = io.BytesIO()
    picture = Image.fromarray(np.concatenate(frames, axis=1))
    picture.quantize(64).save(out, "PNG", optimize=True)
    png = base64.b64encode(out.getvalue()).decode()
    whole = [int(one) if one.is_integer() else one for one in returns]
    size = {"frames": len(frames), "width": frame.shape[1], "height": frame.shape[0]}
    return Strip(film.contestant, film.steps, png=png, returns=whole, **size)
