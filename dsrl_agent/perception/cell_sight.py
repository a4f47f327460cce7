"""See objects that stand on the grid: one spectrum and one type for each cell."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.config.symbols import TypingThresholds
from dsrl_agent.perception.cells import CellReader
from dsrl_agent.perception.codebook_sight import (
    CodebookSight,
    SightParts,
    merged,
    previous_back_end,
)
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.motion.evidence import Evidence
from dsrl_agent.perception.motion.stabilisation import camera_shifts, shifted
from dsrl_agent.perception.redrawing import Redrawing, as_frames
from dsrl_agent.perception.sight import Arrays, Fitting, Sight, SightFit
from dsrl_agent.symbols import Codebook, OpenCodebook, fit_codebook
from dsrl_agent.types import CELL_SIDE, UNKNOWN, Floats, Floats32, Frame, Ints


class CellSight(CodebookSight):
    """Sight of objects on the grid; a camera that shakes is registered against the types."""

    kind: ClassVar[str] = "cells"

    def __init__(self, parts: SightParts) -> None:
        super().__init__(parts)
        self.reader = CellReader(parts.back_end, parts.empty)

    def at_rest(self, frames: Frame) -> Frame:
        """Return frames shifted to where the codebook explains them best."""
        if not any(self.parts.swing):
            return frames
        grid = self.grid.fitted(*frames.shape[1:3])
        tried = np.array(camera_shifts(self.parts.swing))
        spectra = (self.reader.encode(shifted(frames, shift), grid)[0] for shift in tried)
        fits = np.stack([self.codebook.likelihood(each).sum(axis=(1, 2)) for each in spectra])
        best = tried[np.argmax(fits, axis=0)]
        return np.stack([shifted(frame, shift) for frame, shift in zip(frames, best, strict=True)])

    def types(self, frames: Frame, grid: Grid | None = None) -> Ints:
        """Return the type of each cell's spectrum, or else of its picture, `[B, rows, cols]`."""
        grid = grid or self.grid.fitted(*frames.shape[1:3])
        types = self.parts.types.classify(self.reader.encode(frames, grid)[0])
        n, rows, cols = np.nonzero(types == UNKNOWN)
        if self.parts.types.likeness is None or not len(n):
            return types
        shown, n = np.unique(n, return_inverse=True)
        cells = self.reader.cells(frames[shown], grid)[n, rows, cols]
        types[types == UNKNOWN] = self.parts.types.classify_pictures(cells)
        return types

    def fitted_types(self, frames: Frame) -> Ints:
        """Return the type in each cell by the fitted groups alone, `[B, rows, cols]`."""
        return self.codebook.classify(self.reader.encode(frames, self.grid)[0])

    def templates(self, frames: Frame, types: Ints, numbers: Ints) -> Floats32:
        """Return the mean cell `[T, C, 12, 12]` of types in frames with the types given."""
        return self.reader.mean_cells(frames, self.grid, types, numbers)

    def notice(self, frames: Frame, types: Ints, next_number: int) -> int:
        """Take the spectra of unknown cells."""
        grid = self.grid.fitted(*frames.shape[1:3])
        novel = self.reader.encode(frames, grid)[0][types == UNKNOWN]
        return self.parts.types.notice(novel, next_number)

    def redrawn(self, frames: Frame) -> Redrawing:
        """Return each cell's contrast with emptiness, and as the back end decodes its latents.

        Frames are `uint8 [B, H, W, 3]`. Both pictures have 12 x 12 pixels for each cell.
        """
        frames = self.at_rest(frames)
        grid = self.grid.fitted(*frames.shape[1:3])
        images = self.reader.images(frames, grid)
        latents, _ = self.reader.encode(frames, grid)
        spectra = latents.reshape(-1, latents.shape[-1])
        decoded = self.parts.back_end.decode(spectra)  # [B rows cols, 12, 12, C]
        split = decoded.reshape(*latents.shape[:3], *decoded.shape[1:])
        joined = split.transpose(0, 1, 3, 2, 4, 5)  # [B, rows, 12, cols, 12, C]
        seen = as_frames(images.transpose(0, 2, 3, 1))
        side = Grid((CELL_SIDE, CELL_SIDE), (0, 0), grid.shape, (seen.shape[1], seen.shape[2]))
        drawn = as_frames(joined.reshape(seen.shape))
        return Redrawing(seen, drawn, np.zeros_like(seen), side)

    def exemplars(self, frames: Frame, but: Collection[int]) -> dict[int, Floats32]:
        """Return the last cells of each type that frames show."""
        grid = self.grid.fitted(*frames.shape[1:3])
        types = self.types(frames, grid)
        found = {}
        for number in np.setdiff1d(self.known, list(but)):
            places = np.argwhere(types == number)[-self.parts.config.cells.exemplars :]
            if len(places):
                n, rows, cols = places.T
                cells = self.reader.cells(frames[n], grid)
                found[int(number)] = cells[np.arange(len(n)), rows, cols]
        return found

    def recall(self, number: int, exemplars: Floats32) -> None:
        """Bring back a lost type; see `Sight`."""
        spectra = self.parts.back_end.encode(exemplars).mean[:, 0, 0].astype(np.float64)
        self.parts.types.recall(number, spectra)


def fit_cells(evidence: Evidence, previous: Sight | None, fitting: Fitting) -> SightFit:
    """Fit the back end and the codebook to whole frames; groups are not merged yet."""
    config, grid = fitting.config, evidence.grid
    back_end = previous_back_end(previous) or fitting.make_encoder(fitting.seed)
    frames, empty = evidence.transitions.after, evidence.trail.empty
    reader = CellReader(back_end, empty)
    loss = _fit_back_end(reader, evidence, fitting)
    spectra, deviations = reader.encode(frames, grid)
    left, rng = evidence.trail.left, np.random.default_rng([fitting.seed, fitting.fits])
    codebook, held_out = type_cells(spectra, deviations, left, config.max_types, rng, config.typing)
    types = OpenCodebook.calibrated(codebook, held_out, config.novelty)
    parts = SightParts(config, back_end, grid, empty=empty, types=types, swing=evidence.swing)
    return SightFit(CellSight(parts), loss)


def learn_cells(evidence: Evidence, previous: Sight | None, fitting: Fitting) -> SightFit:
    """Learn to see objects on the grid."""
    return merged(fit_cells(evidence, previous, fitting), evidence, previous)


def load_cells(arrays: Arrays, state: Mapping[str, Any], fitting: Fitting) -> CellSight:
    """Restore from the arrays and the JSON data of a checkpoint."""
    back_end = fitting.make_encoder(fitting.seed)
    return CellSight(SightParts.load(arrays, state, back_end, fitting.config))


def type_cells(
    spectra: Floats32,
    deviations: Floats32,
    left: NDArray[np.bool_],
    max_types: int,
    rng: np.random.Generator,
    thresholds: TypingThresholds,
) -> tuple[Codebook, Floats]:
    """Cluster the spectra of cells; every group that is not emptiness is a type.

    Spectra are posterior means `[N, rows, cols, K]`, with deviations of the same shape. `left`
    tells `[N, rows, cols]` whether the agent has just left the cell. The cells to fit to are drawn.
    Returns the codebook, and spectra `[M, K]` that it was not fitted to.
    """
    total = left.size
    order = rng.permutation(total)
    count = min(thresholds.places, round((1 - thresholds.held_out_share) * total))
    # All cells just left are fitted to, as they show the appearances of emptiness.
    chosen = np.union1d(order[:count], np.flatnonzero(left))
    held_out = np.setdiff1d(order[count : count + thresholds.places], chosen)
    flat = spectra.reshape(total, -1).astype(np.float64)
    spreads = deviations.reshape(total, -1)[chosen].astype(np.float64)
    seed, is_left = int(rng.integers(2**31)), left.ravel()[chosen]
    codebook = fit_codebook(flat[chosen], spreads, is_left, max_types, seed, thresholds)
    return codebook, flat[held_out]


def _fit_back_end(reader: CellReader, evidence: Evidence, fitting: Fitting) -> float:
    """Fit the back end to whole frames, the longer the noisier they are.

    Noise needs more samples in proportion to its variance.
    """
    settings = reader.back_end.config
    noise = evidence.trail.noise / fitting.config.cells.doubling_noise
    steps = settings.refit_steps if fitting.fits else settings.steps
    steps = round(steps * (1 + noise**2))

    def report(step: int, figure: float) -> None:
        fitting.report("back end", step + 1, steps, figure)

    loss = reader.fit(evidence.transitions.after, evidence.grid, steps, report)
    fitting.report("symbols", 0, 1, 0.0)
    return loss
