"""Estimate the floor of still pictures and its noise."""

from __future__ import annotations

import numpy as np

from dsrl_agent.back_end.compositor.windows import Windows
from dsrl_agent.config import PerceptionConfig
from dsrl_agent.perception.stills.contrast import edge_of, floor_of
from dsrl_agent.perception.things.evidence.background import (
    StaticBackground,
    averaged,
    residual_noise,
)
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
    return averaged(frames, background, windows, settings)
