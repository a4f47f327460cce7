"""Find the whole factor by which frames can be reduced without loss."""

from __future__ import annotations

import math

import numpy as np

from dsrl_agent.types import Frame


def whole_factor(frames: Frame, least_side: int = 1) -> int:
    """Return the largest s such that every s x s block of frames `[B, H, W, C]` has one colour.

    Blocks begin at the top left corner and fill the frame, so `frames[:, ::s, ::s]` loses nothing.
    Of the factors possible only those count that leave `least_side` pixels of each side. Frames
    that come later may have finer blocks: ask for the factor of several frames, and check it.
    """
    height, width = frames.shape[1:3]
    both = math.gcd(_block(frames, 1), _block(frames, 2))
    most = min(height, width) // least_side
    return max((s for s in range(1, min(both, most) + 1) if both % s == 0), default=1)


def _block(frames: Frame, axis: int) -> int:
    """Return the length that divides the side and all places where colours change along an axis."""
    lines = np.moveaxis(frames, axis, 0)
    block = len(lines)
    for place in range(1, len(lines)):
        if block == 1:
            break
        if place % block and (lines[place] != lines[place - 1]).any():
            block = math.gcd(block, place)
    return block
