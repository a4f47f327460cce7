"""Learn appearance templates from isolated objects that stand off the grid."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end import Encoder
from dsrl_agent.config import PerceptionConfig
from dsrl_agent.config.sights import OffGridThresholds
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.motion.egomotion import Trail
from dsrl_agent.perception.off_grid.blobs import Blobs, displacement_of, find_blobs
from dsrl_agent.perception.off_grid.matching_pursuit import Background, MatchingPursuit, explained
from dsrl_agent.perception.off_grid.template_finder import TemplateFinder
from dsrl_agent.symbols import Codebook, fit_codebook
from dsrl_agent.types import CELL_SIDE, EMPTY, Floats, Floats32, Frame, Ints


class OffGridObjects(NamedTuple):
    """Isolated objects that stand off the grid."""

    grid: Grid  # the grid in whose cells' middles the objects stand on average
    background: Background  # the appearance of emptiness
    blobs: Blobs  # the objects


class OffGridFit(NamedTuple):
    """The types of objects that stand off the grid."""

    codebook: Codebook  # the types of their spectra
    finder: TemplateFinder  # finds them
    held_out: Floats  # [N, K]: spectra that the codebook was not fitted to
    loss: float  # the back end's loss, in nats per window


def find_off_grid(
    frames: Frame, grid: Grid, trail: Trail, thresholds: OffGridThresholds
) -> OffGridObjects | None:
    """Find isolated objects, and the grid in whose cells' middles they stand on average.

    Returns `None` if they stand on the grid.
    """
    background = Background(grid, _empty_cell(frames, grid, trail, thresholds.places))
    some = frames[:: -(-len(frames) // thresholds.frames)]
    blobs = find_blobs(some, background, thresholds)
    if not len(blobs.corners):
        return None
    mean, spread = displacement_of(blobs, grid)
    if spread.max() <= thresholds.spread:
        return None
    origin = tuple(int(o) for o in np.array(grid.origin) + np.rint(mean).astype(np.int64))
    return OffGridObjects(replace(grid, origin=(origin[0], origin[1])), background, blobs)


def learn_off_grid(
    found: OffGridObjects, back_end: Encoder, steps: int, config: PerceptionConfig, seed: int
) -> OffGridFit | None:
    """Fit the back end to isolated objects, and type them; `None` if no type of object was found.

    The seed decides the order of windows and the typing.
    """
    _, background, blobs = found
    thresholds = config.off_grid
    images = window_images(blobs.windows)
    copies = max(1, int(thresholds.empty_copies * len(images)))
    whole = np.concatenate([images, np.zeros((copies, *images.shape[1:]), np.float32)])
    per_sheet = thresholds.sheet**2
    order = np.random.default_rng(seed).permutation(-(-len(whole) // per_sheet) * per_sheet)
    sheets = (order % len(whole)).reshape(-1, per_sheet)
    loss = back_end.fit(len(sheets), lambda chosen: _sheets(whole[sheets[chosen]]), steps)
    latents = back_end.encode(whole)
    spectra = latents.mean.reshape(len(whole), -1).astype(np.float64)
    deviations = np.exp(0.5 * latents.log_variance.reshape(spectra.shape)).astype(np.float64)
    is_empty = np.arange(len(whole)) >= len(images)
    held_out = order[: len(whole) // thresholds.held_out] % len(whole)
    fitted = np.setdiff1d(np.arange(len(whole)), held_out)
    codebook = fit_codebook(
        spectra[fitted], deviations[fitted], is_empty[fitted], config.max_types, seed, config.typing
    )
    types = codebook.classify(spectra)[: len(images)]
    finder = _finder_of(codebook, types, blobs, background, thresholds)
    if finder is None:
        return None
    found_types = np.isin(np.arange(len(codebook.types)), finder.groups)
    known = replace(codebook, types=np.where(found_types, codebook.types, EMPTY))
    return OffGridFit(known, finder, spectra[held_out], loss / per_sheet)


def window_images(windows: Floats32) -> Floats32:
    """Return contrast in windows `[M, h, w, 3]` as the back end's input, `[M, 3, 12, 12]`."""
    height, width = windows.shape[1:3]
    one_cell = Grid((height, width), (0, 0), (1, 1), (height, width))
    return one_cell.resample(np.abs(windows) * np.float32(255.0), CELL_SIDE)


def _finder_of(
    codebook: Codebook,
    types: Ints,
    blobs: Blobs,
    background: Background,
    thresholds: OffGridThresholds,
) -> TemplateFinder | None:
    """Return a finder of the types `[M]` of blobs, `None` if no blob is of a type."""
    groups = np.flatnonzero((codebook.types != EMPTY) & np.isin(codebook.types, types))
    if not len(groups):
        return None
    of_group = [types == codebook.types[group] for group in groups]
    templates = np.stack([blobs.windows[own].mean(axis=0) for own in of_group])
    counts = np.array([np.count_nonzero(own) for own in of_group])
    kept = _whole_objects(templates, counts, thresholds)
    return TemplateFinder(MatchingPursuit(background, templates[kept]), groups[kept])


def _whole_objects(
    templates: Floats32, counts: Ints, thresholds: OffGridThresholds
) -> NDArray[np.bool_]:
    """Return which templates are no parts of others, `[L]`.

    A part of an object that another one covers is rare, and another template explains most of it.
    """
    rare = counts < thresholds.rare * counts.sum() / len(counts)
    by_others = explained(templates)
    np.fill_diagonal(by_others, 0.0)
    by_others[:, rare] = 0.0
    return np.asarray(~(rare & (by_others.max(axis=1) > thresholds.explained)))


def _empty_cell(frames: Frame, grid: Grid, trail: Trail, places: int) -> Floats32:
    """Return the median of cells that the agent had just left, `[pitch, pitch, 3]`."""
    latest = np.argwhere(trail.left)[-places:]
    cells = [frames[(number, *grid.cell(row, col))] for number, row, col in latest]
    return np.asarray(np.median(np.stack(cells), axis=0) / 255.0, np.float32)


def _sheets(windows: Floats32) -> Floats32:
    """Return windows `[B, n * n, C, s, s]` as images `[B, C, n s, n s]`."""
    count, area, channels, side, _ = windows.shape
    n = round(area**0.5)
    sheets = windows.reshape(count, n, n, channels, side, side).transpose(0, 3, 1, 4, 2, 5)
    return np.ascontiguousarray(sheets.reshape(count, channels, n * side, n * side))
