"""Frames to draw."""

from __future__ import annotations

import numpy as np

from dsrl_agent.types import Frame


def noise(height: int = 20, width: int = 30, seed: int = 0) -> Frame:
    """Return a frame of random colours."""
    return np.random.default_rng(seed).integers(256, size=(height, width, 3), dtype=np.uint8)
