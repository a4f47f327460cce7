"""Detect off-grid objects of unknown type by isolated blobs.

Known templates would explain an unknown object away, piece by piece. Novel objects are therefore
found first, and erased from the frame before known templates are searched. No exemplars are kept
off the grid: a type that a later fit has no frames of is novel again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dsrl_agent.back_end import Encoder
from dsrl_agent.config.sights import OffGridThresholds
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.off_grid.blobs import Blobs, find_blobs
from dsrl_agent.perception.off_grid.learning import window_images
from dsrl_agent.perception.off_grid.template_finder import TemplateFinder
from dsrl_agent.symbols import Codebook
from dsrl_agent.types import UNKNOWN, Floats, Floats32, Frame, Ints


class NovelObjects(NamedTuple):
    """The isolated objects of unknown type in some frames."""

    blobs: Blobs  # their places and appearance
    spectra: Floats  # [M, K]

    @property
    def images(self) -> Floats32:
        """The back end's input for each, `[M, C, 12, 12]`."""
        return window_images(self.blobs.windows)

    def put_into(self, types: Ints, grid: Grid, own: Ints) -> None:
        """Write the objects' types `own` `[M]` into the cells' types `[B, rows, cols]`."""
        middles = self.blobs.corners + np.array(self.blobs.windows.shape[1:3]) // 2
        cells = (middles - grid.origin) // grid.pitch
        inside = ((cells >= 0) & (cells < grid.shape)).all(axis=1)
        types[self.blobs.frames[inside], *cells[inside].T] = own[inside]


def find_novel_objects(
    frames: Frame,
    finder: TemplateFinder,
    back_end: Encoder,
    types_of: Callable[[Floats], Ints],
    thresholds: OffGridThresholds,
) -> NovelObjects:
    """Find the isolated objects of unknown type in frames `uint8 [B, H, W, 3]`.

    The finder gives the appearance of emptiness; `types_of` gives the types of spectra `[M, K]`.
    """
    blobs = find_blobs(frames, finder.pursuit.background, thresholds, finder.brightest)
    if not len(blobs.frames):
        return NovelObjects(blobs, np.zeros((0, 1)))
    latents = back_end.encode(window_images(blobs.windows))
    spectra = latents.mean[:, 0, 0].astype(np.float64)
    novel = types_of(spectra) == UNKNOWN
    return NovelObjects(Blobs(*(part[novel] for part in blobs)), spectra[novel])


def erase(frames: Frame, blobs: Blobs) -> Frame:
    """Return frames `[B, H, W, 3]` with emptiness in the place of blobs; other objects stay."""
    cleared = frames.astype(np.float32)
    for number, corner, window in zip(*blobs, strict=True):
        top, left = np.maximum(corner, 0)
        bottom, right = np.minimum(corner + window.shape[:2], frames.shape[1:3])
        above, beside = corner
        shown = window[top - above : bottom - above, left - beside : right - beside]
        cleared[number, top:bottom, left:right] -= 255 * shown
    return np.asarray(np.rint(cleared.clip(0, 255)), np.uint8)


def with_new_types(
    finder: TemplateFinder, novel: NovelObjects, codebook: Codebook, before: int, types: Ints
) -> TemplateFinder:
    """Return a finder with templates of the codebook's groups from index `before` on.

    `types` `[M]` are the types now of the novel objects, some of these groups' among them.
    """
    for group in range(before, len(codebook.types)):
        windows = novel.blobs.windows[types == codebook.types[group]]
        if len(windows):
            finder = finder.with_template(windows.mean(axis=0), group)
    return finder
