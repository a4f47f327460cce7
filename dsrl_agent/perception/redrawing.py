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
    floor: Frame | None = None  # uint8 [H, W, 3]: as learned, where frames may be on another

    def residual(self) -> Frame:
        """Return the differences of the two in grey levels, `uint8 [B, H, W, 3]`."""
        apart = np.abs(self.seen.astype(np.int16) - self.drawn)
        return np.asarray(apart, np.uint8)

    def energies(self) -> Energies:
        """Return what stands out in each cell, and what the drawing leaves of it.

        Of what `seen` has beyond `bare`, `drawn` leaves a rest. Noise is no part of a rest, as it
        tells nothing of the next pixel. Where a frame is on another floor than the learned one, its
        floor is what known things leave, things in other colours among it: what differs from the
        learned floor by more than one colour for all is rest.
        """
        cells = [self.grid.cell(*place) for place in np.ndindex(*self.grid.shape)]
        there, rest = list[list[float]](), list[list[float]]()
        for seen, drawn, bare in zip(self.seen, self.drawn, self.bare, strict=True):
            beyond, left = (seen.astype(np.float64) - other for other in (bare, drawn))
            uneven = np.zeros_like(left) if self.floor is None else _uneven(bare, self.floor)
            strange = [_structure(each) for each in (uneven, *(uneven[at] for at in cells))]
            for found, measure, part in ((there, _energy, beyond), (rest, _structure, left)):
                own = (measure(each) for each in (part, *(part[at] for at in cells)))
                found.append([energy + more for energy, more in zip(own, strange, strict=True)])
        shape = (-1, *self.grid.shape)
        whole, parts = np.array([there, rest])[..., 0], np.array([there, rest])[..., 1:]
        return Energies(*whole, *(each.reshape(shape) for each in parts))


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


def _uneven(bare: Frame, floor: Frame) -> Floats:
    """Return what a floor has beyond another, but for one colour that all of it may differ by."""
    apart = bare.astype(np.float64) - floor
    return np.asarray(apart - np.median(apart, axis=(0, 1)))


def _structure(rest: Floats) -> float:
    """Return the energy of a rest `[H, W, 3]` that neighbouring pixels share, along both axes."""
    beside = float((rest[:, 1:] * rest[:, :-1]).sum())
    below = float((rest[1:] * rest[:-1]).sum())
    return max(0.0, min(beside, below))
