"""Redraw frames from what a sight makes of them, for people to compare with what was seen."""

from __future__ import annotations

from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np

from dsrl_agent.perception.grid import Grid
from dsrl_agent.types import Floats, Floats32, Frame


class Energies(NamedTuple):
    """Squared grey levels, summed over pixels and colours."""

    standing: Floats  # [B]: beyond the bare frame
    rest: Floats  # [B]: what the drawing leaves of it
    standing_in: Floats  # [B, rows, cols]: the same in each cell
    rest_in: Floats  # [B, rows, cols]


class Redrawing(NamedTuple):
    """Frames as a sight models them, and as its latents stand for them.

    A sight may model something else than the frames' own pixels, such as each cell's contrast with
    an empty one. The size of all is the same, and may differ from that of the frames.
    """

    seen: Frame  # uint8 [B, H, W, 3]
    drawn: Frame  # uint8 [B, H, W, 3]
    bare: Frame  # uint8 [B, H, W, 3]: as the sight draws them without any thing
    grid: Grid  # where the cells are in these pictures

    def residual(self) -> Frame:
        """Return the differences of the two in grey levels, `uint8 [B, H, W, 3]`."""
        apart = np.abs(self.seen.astype(np.int16) - self.drawn)
        return np.asarray(apart, np.uint8)

    def energies(self) -> Energies:
        """Return what stands out in each cell, and what the drawing leaves of it.

        Of what `seen` has beyond `bare`, `drawn` leaves a rest. Noise is no part of a rest, as it
        tells nothing of the next pixel.
        """
        places = [self.grid.cell(*place) for place in np.ndindex(*self.grid.shape)]
        there, rest = [], []
        for seen, drawn, bare in zip(self.seen, self.drawn, self.bare, strict=True):
            beyond, left = (seen.astype(np.float64) - other for other in (bare, drawn))
            there.append([_energy(each) for each in [beyond, *(beyond[at] for at in places)]])
            rest.append([_structure(each) for each in [left, *(left[at] for at in places)]])
        shape = (-1, *self.grid.shape)
        whole, cells = np.array([there, rest])[..., 0], np.array([there, rest])[..., 1:]
        return Energies(*whole, *(each.reshape(shape) for each in cells))


def explained(standing: Floats, rest: Floats) -> Floats:
    """Return the share of what stands out that is not left as a rest, 1 where nothing does."""
    share = np.where(standing > 0.0, rest / np.maximum(standing, 1.0), 0.0)
    return np.asarray(1.0 - share.clip(0.0, 1.0))


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


def _energy(picture: Floats) -> float:
    """Return the energy of a picture `[H, W, 3]`."""
    return float(np.square(picture).sum())


def _structure(rest: Floats) -> float:
    """Return the energy of a rest `[H, W, 3]` that neighbouring pixels share, along both axes."""
    beside = float((rest[:, 1:] * rest[:, :-1]).sum())
    below = float((rest[1:] * rest[:-1]).sum())
    return max(0.0, min(beside, below))
