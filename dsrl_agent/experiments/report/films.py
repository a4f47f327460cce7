"""Episodes drawn again from their seed and actions, as strips of pictures for the page."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from dsrl_agent.evaluation.evaluate import evaluation_env
from dsrl_agent.experiments.analysis.results import Film


@dataclass(frozen=True)
class Strip:
    """An episode's frames side by side in one picture.

    Attributes:
        contestant: Who plays.
        steps: After how many steps of training.
        frames: How many frames.
        width: Of a frame, in pixels.
        height: Of a frame, in pixels.
        png: The picture, base64.
        returns: The return so far, at each frame.
    """

    contestant: str
    steps: int
    frames: int
    width: int
    height: int
    png: str
    returns: Sequence[float]


def strip(film: Film) -> Strip:
    """Play an episode again and return its frames."""
    env = evaluation_env(film.env["id"], dict(film.env["kwargs"]), None)
    frame, _ = env.reset(seed=film.episode_seed)
    frames, returns = [frame], [0.0]
    for action in film.acts:
        frame, reward, *_ = env.step(action)
        frames.append(frame)
        returns.append(returns[-1] + float(reward))
    height, width = frame.shape[:2]
    out = io.BytesIO()
    picture = Image.fromarray(np.concatenate(frames, axis=1))
    picture.quantize(64).save(out, "PNG", optimize=True)
    png = base64.b64encode(out.getvalue()).decode()
    return Strip(film.contestant, film.steps, len(frames), width, height, png, returns)
