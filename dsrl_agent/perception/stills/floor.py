"""Estimate the floor of still pictures and its noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dsrl_agent.back_end.compositor.windows import Windows
from dsrl_agent.config import PerceptionConfig
from dsrl_agent.perception.stills.contrast import edge_of, floor_of
from dsrl_agent.perception.things.evidence.background import (
    StaticBackground,
    averaged,
    holds_thing,
)
from dsrl_agent.perception.things.evidence.floors import residual_noise
from dsrl_agent.types import Frame

_LEVEL = np.float32(1 / 255)  # of 8 bits


def find_floor(frames: Frame, windows: Windows, config: PerceptionConfig) -> StaticBackground:
    """Return the floor of pictures `uint8 [N, H, W, 3]`, and its noise.

    The noise is how much the pictures' outer edge differs from the floor, at least half a level.
    """
    floor = floor_of(frames, config.tiling.stills)
    settings = config.things.background
    away = edge_of(frames - floor) * _LEVEL
    noise = max(residual_noise(away, settings.outlier), float(_LEVEL) / 2)
    background = StaticBackground(floor * _LEVEL, noise)
    found = averaged(frames, background, windows, settings)
    empty = len(frames) * float(1 - holds_thing(frames, found, windows, settings).mean())
    return _without_chance(found, max(1.0, empty))


def _without_chance(background: StaticBackground, count: float) -> StaticBackground:
    """Return the background with pixels as near to their mean as chance makes them differ.

    The mean of a number of noisy pictures differs from pixel to pixel by chance, which things would
    be seen in (empirical Bayes; James and Stein 1961).
    """
    mean = np.median(background.picture, axis=(0, 1))
    spread = float(np.square(background.picture - mean).mean())
    share = max(0.0, 1 - background.noise**2 / count / max(spread, 1e-12))
    return replace(background, picture=mean + np.float32(share) * (background.picture - mean))
