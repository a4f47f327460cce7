"""Coverage of rectangles in pictures, for tests of shapes at free places."""

from __future__ import annotations

import numpy as np

from dsrl_agent.types import Floats

LEVEL = 1 / 255
"""Noise of pictures that are rounded to 8 bits."""


def block(top: int, left: int, high: int, wide: int, side: int = 40) -> Floats:
    """Return the coverage `[side, side]` of a rectangle."""
    whole = np.zeros((side, side))
    whole[top : top + high, left : left + wide] = 1.0
    return whole
