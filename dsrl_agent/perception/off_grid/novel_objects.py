"""Things off the grid that are of no known type: known for what they are where they stand alone.

In a crowd a look that nobody knows is explained away, piece by piece, by looks that are known. So
what is strange is looked for first, and taken out of the frame before known looks are. No pictures
of it are kept: a type that a later fit has no frames of is strange again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dsrl_agent.back_end import Encoder
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.off_grid.blobs import Blobs, find_blobs
from dsrl_agent.perception.off_grid.sight import Finder, window_images
from dsrl_agent.symbols import Codebook
from dsrl_agent.types import UNKNOWN, Floats, Floats32, Frame, Ints


class Strangers(NamedTuple):
    """What is strange in some frames.

    Attributes:
        blobs: Where it stands and how it looks.
        spectra: `[M, K]`.
    """

    blobs: Blobs
    spectra: Floats

    @property
    def images(self) -> Floats32:
        """How it looks to the back end, `[M, C, 12, 12]`."""
        return window_images(self.blobs.windows)

    def put_into(self, types: Ints, grid: Grid, own: Ints) -> None:
        """Put the types `own` `[M]` of what is strange into cells' types `[B, rows, cols]`."""
        middles = self.blobs.corners + np.array(self.blobs.windows.shape[1:3]) // 2
        cells = (middles - grid.origin) // grid.pitch
        inside = ((cells >= 0) & (cells < grid.shape)).all(axis=1)
        types[self.blobs.frames[inside], *cells[inside].T] = own[inside]


def find_strangers(
    frames: Frame, finder: Finder, back_end: Encoder, types_of: Callable[[Floats], Ints]
) -> Strangers:
    """Find what stands alone in frames `[B, H, W, 3]` and is of no known type.

    Args:
        frames: Where to look.
        finder: Knows what emptiness looks like.
        back_end: Turns windows into spectra.
        types_of: Gives the types of spectra `[M, K]`.
    """
    brightest = float(np.abs(finder.pursuit.looks).max())
    blobs = find_blobs(frames, finder.pursuit.scenery, brightest)
    if not len(blobs.frames):
        return Strangers(blobs, np.zeros((0, 1)))
    latents = back_end.encode(window_images(blobs.windows))
    spectra = latents.mean[:, 0, 0].astype(np.float64)
    strange = types_of(spectra) == UNKNOWN
    return Strangers(Blobs(*(part[strange] for part in blobs)), spectra[strange])


def without(frames: Frame, blobs: Blobs) -> Frame:
    """Return frames `[B, H, W, 3]` with emptiness in the place of blobs; other things stay."""
    cleared = frames.astype(np.float32)
    for number, corner, window in zip(*blobs, strict=True):
        top, left = np.maximum(corner, 0)
        bottom, right = np.minimum(corner + window.shape[:2], frames.shape[1:3])
        above, beside = corner
        shown = window[top - above : bottom - above, left - beside : right - beside]
        cleared[number, top:bottom, left:right] -= 255 * shown
    return np.asarray(np.rint(cleared.clip(0, 255)), np.uint8)


def acquainted(
    finder: Finder, strangers: Strangers, codebook: Codebook, before: int, types: Ints
) -> Finder:
    """Return a finder that also knows how the groups of a codebook from number `before` on look.

    Args:
        finder: The finder.
        strangers: Among them are some of these groups.
        codebook: The codebook.
        before: Number of groups whose looks are known.
        types: `[M]`: the types that the strangers have now.
    """
    for group in range(before, len(codebook.types)):
        windows = strangers.blobs.windows[types == codebook.types[group]]
        if len(windows):
            finder = finder.knowing(windows.mean(axis=0), group)
    return finder
