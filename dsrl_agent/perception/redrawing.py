"""Redraw frames from what a sight makes of them, for people to compare with what was seen."""

from __future__ import annotations

from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np

from dsrl_agent.types import Floats, Floats32, Frame


class Redrawing(NamedTuple):
    """Frames as a sight models them, and as its latents stand for them.

    A sight may model something else than the frames' own pixels, such as each cell's contrast with
    an empty one. The size of both is the same, and may differ from that of the frames.
    """

    seen: Frame  # uint8 [B, H, W, 3]
    drawn: Frame  # uint8 [B, H, W, 3]

    def residual(self) -> Frame:
        """Return the differences of the two in grey levels, `uint8 [B, H, W, 3]`."""
        apart = np.abs(self.seen.astype(np.int16) - self.drawn)
        return np.asarray(apart, np.uint8)


@runtime_checkable
class Redraws(Protocol):
    """A sight, or a perception, that can redraw frames."""

    def redrawn(self, frames: Frame) -> Redrawing | None:
        """Return frames `uint8 [B, H, W, 3]` redrawn, `None` if it cannot."""


def redrawing(by: object, frames: Frame) -> Redrawing | None:
    """Return frames `uint8 [B, H, W, 3]` redrawn by a sight or a perception, `None` if it cannot.

    Redrawing is no duty of a sight: those of one's own may lack it.
    """
    return by.redrawn(frames) if isinstance(by, Redraws) else None


def as_frames(shares: Floats32 | Floats) -> Frame:
    """Return pictures in [0, 1] as frames of the same shape, `uint8`."""
    return np.asarray(np.rint(np.clip(shares, 0.0, 1.0) * 255), np.uint8)
