"""Sight where objects stand off the grid's lines: the grid counts places, and looks are found.

Blobs that stand alone are brought to the middle of their windows. The back end learns these as it
learns cells elsewhere, their spectra become types, and each type's mean picture is a look to find
in crowds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end import Encoder
from dsrl_agent.perception.egomotion import Trail
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.off_grid.blobs import Blobs, find_blobs, standing
from dsrl_agent.perception.off_grid.matching_pursuit import Pursuit, Scenery, explained
from dsrl_agent.symbols import Codebook, fit_codebook
from dsrl_agent.types import CELL_SIDE, EMPTY, Floats, Floats32, Frame, Ints

_OFF_GRID = 1.0  # pixels: how far objects may spread about their places by the raster alone
_FRAMES = 320  # more make it slower, not better
_SHEET = 5  # windows are learned from in sheets of so many rows and columns
_EMPTY_COPIES = 0.05  # so many windows more show emptiness
_HELD_OUT = 5  # one in so many windows
_RARE = 0.25  # of the mean number of blobs of a look
_MANY = 64  # so many cells are enough to know what emptiness looks like


class OffGrid(NamedTuple):
    """Things that stand alone, off the grid.

    Attributes:
        grid: The grid in whose cells' middles they stand on average.
        scenery: What emptiness looks like.
        blobs: They.
    """

    grid: Grid
    scenery: Scenery
    blobs: Blobs


class Finder(NamedTuple):
    """Finds types at any place.

    Attributes:
        pursuit: Finds looks.
        groups: `[L]`: the codebook's group that each look is of.
    """

    pursuit: Pursuit
    groups: Ints

    def types(self, frames: Frame, grid: Grid, codebook: Codebook) -> Ints:
        """Return the type in each cell, `[B, rows, cols]`; 0 where there is none."""
        found = self.pursuit.find(frames, grid)
        return np.where(found < 0, EMPTY, codebook.types[self.groups[found]])

    def knowing(self, look: Floats32, group: int) -> Finder:
        """Return a finder that knows a further look `[height, width, 3]`, of a group."""
        looks = np.concatenate([self.pursuit.looks, look[None]])
        return Finder(Pursuit(self.pursuit.scenery, looks), np.append(self.groups, group))

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return everything for a checkpoint."""
        scenery = self.pursuit.scenery
        return {
            "looks": self.pursuit.looks,
            "groups": self.groups,
            "empty": scenery.empty,
            "empty_origin": np.array(scenery.grid.origin),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], grid: Grid) -> Finder:
        """Build it from `arrays()` and the grid of the same checkpoint."""
        row, col = (int(i) for i in arrays["empty_origin"])
        scenery = Scenery(replace(grid, origin=(row, col)), np.array(arrays["empty"]))
        return cls(Pursuit(scenery, np.array(arrays["looks"])), np.array(arrays["groups"]))


class Loose(NamedTuple):
    """What is learned of a world in which objects stand off the grid.

    Attributes:
        codebook: The types of their spectra.
        finder: Finds them.
        held_out: `[N, K]`: spectra that the codebook was not fitted to.
        loss: The back end's, in nats per window.
    """

    codebook: Codebook
    finder: Finder
    held_out: Floats
    loss: float


def find_off_grid(frames: Frame, grid: Grid, trail: Trail) -> OffGrid | None:
    """Find what stands alone, and the grid in whose cells' middles it stands on average.

    Returns:
        `None` if the blobs stand on the grid.
    """
    scenery = Scenery(grid, _empty_cell(frames, grid, trail))
    blobs = find_blobs(frames[:: -(-len(frames) // _FRAMES)], scenery)
    if not len(blobs.corners):
        return None
    middle, spread = standing(blobs, grid)
    if spread.max() <= _OFF_GRID:
        return None
    origin = tuple(int(o) for o in np.array(grid.origin) + np.rint(middle).astype(np.int64))
    return OffGrid(replace(grid, origin=(origin[0], origin[1])), scenery, blobs)


def learn_loose(
    found: OffGrid, back_end: Encoder, steps: int, max_types: int, seed: int
) -> Loose | None:
    """Learn how the things look that stand alone.

    Args:
        found: They, and where they stand.
        back_end: Is fitted to them.
        steps: Gradient steps.
        max_types: The most groups to try.
        seed: Seeds the typing.
    """
    _, scenery, blobs = found
    images = window_images(blobs.windows)
    emptiness = np.zeros((max(1, int(_EMPTY_COPIES * len(images))), *images.shape[1:]), np.float32)
    whole = np.concatenate([images, emptiness])
    per_sheet = _SHEET * _SHEET
    order = np.random.default_rng(seed).permutation(-(-len(whole) // per_sheet) * per_sheet)
    sheets = (order % len(whole)).reshape(-1, per_sheet)
    loss = back_end.fit(len(sheets), lambda chosen: _sheets(whole[sheets[chosen]]), steps)
    latents = back_end.encode(whole)
    spectra = latents.mean.reshape(len(whole), -1).astype(np.float64)
    deviations = np.exp(0.5 * latents.log_variance.reshape(spectra.shape)).astype(np.float64)
    is_empty = np.arange(len(whole)) >= len(images)
    held_out = order[: len(whole) // _HELD_OUT] % len(whole)
    fitted = np.setdiff1d(np.arange(len(whole)), held_out)
    codebook = fit_codebook(spectra[fitted], deviations[fitted], is_empty[fitted], max_types, seed)
    types = codebook.classify(spectra)[: len(images)]
    groups = np.flatnonzero((codebook.types != EMPTY) & np.isin(codebook.types, types))
    if not len(groups):
        return None
    looks = np.stack([blobs.windows[types == codebook.types[g]].mean(axis=0) for g in groups])
    counts = np.array([np.count_nonzero(types == codebook.types[g]) for g in groups])
    whole_things = _whole(looks, counts)
    finder = Finder(Pursuit(scenery, looks[whole_things]), groups[whole_things])
    kept = np.where(np.isin(np.arange(len(codebook.types)), finder.groups), codebook.types, EMPTY)
    known = replace(codebook, types=kept)
    return Loose(known, finder, spectra[held_out], loss / per_sheet)


def _whole(looks: Floats32, counts: Ints) -> NDArray[np.bool_]:
    """Say which looks are no parts of others: of things that another thing has covered in part.

    Those are rare, and another look explains most of them.
    """
    rare = counts < _RARE * counts.sum() / len(counts)
    by_others = explained(looks)
    np.fill_diagonal(by_others, 0.0)
    by_others[:, rare] = 0.0
    return np.asarray(~(rare & (by_others.max(axis=1) > 0.5)))


def window_images(windows: Floats32) -> Floats32:
    """Return contrast in windows `[M, h, w, 3]` as the back end sees it, `[M, 3, 12, 12]`."""
    height, width = windows.shape[1:3]
    one_cell = Grid((height, width), (0, 0), (1, 1), (height, width))
    return one_cell.resample(np.abs(windows) * np.float32(255.0), CELL_SIDE)


def _empty_cell(frames: Frame, grid: Grid, trail: Trail) -> Floats32:
    """Return the median of cells that the agent had just left, `[pitch, pitch, 3]`."""
    cells = []
    for number, row, col in np.argwhere(trail.left)[-_MANY:]:
        top, left = (o + p * i for o, p, i in zip(grid.origin, grid.pitch, (row, col), strict=True))
        cells.append(frames[number, top : top + grid.pitch[0], left : left + grid.pitch[1]])
    return np.asarray(np.median(np.stack(cells), axis=0) / 255.0, np.float32)


def _sheets(windows: Floats32) -> Floats32:
    """Return windows `[B, 25, C, s, s]` as images `[B, C, 5 s, 5 s]`."""
    count, _, channels, side, _ = windows.shape
    sheets = windows.reshape(count, _SHEET, _SHEET, channels, side, side)
    return np.ascontiguousarray(
        sheets.transpose(0, 3, 1, 4, 2, 5).reshape(count, channels, _SHEET * side, _SHEET * side)
    )
