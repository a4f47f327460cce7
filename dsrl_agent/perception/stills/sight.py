"""Find the symbols of still pictures: the latents alone give the grid and the objects.

A first network, whose latent map is finer than any grid, learns the pictures at all shifts. Salient
latents are objects: the objects' centres give the grid, and the salience of each cell tells which
cells are empty. A second network learns the cells, and their spectra become types.
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end import CELL_LAYERS, FINE_LAYERS, Encoder, Latents, make_encoder
from dsrl_agent.config import BackEndConfig, PerceptionConfig
from dsrl_agent.config.sights import StillsThresholds
from dsrl_agent.errors import ObservationError
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.stills.blob_centres import blob_centres
from dsrl_agent.perception.stills.grid_from_centres import grid_from_centres
from dsrl_agent.perception.stills.salience import all_shifts, otsu_threshold, salience_of
from dsrl_agent.symbols import Codebook, facts_of, fit_codebook
from dsrl_agent.types import CELL_SIDE, EMPTY, Facts, Floats, Frame

_BEHIND = 0.5  # pixels by which the middle of a place's receptive field lies after its pixel


class StillSymbols(NamedTuple):
    """The symbols of still pictures."""

    facts: list[Facts]  # the facts of each picture
    grid: Grid  # the grid that all share
    salience: Floats  # [N, H, W]: distance from the usual latents, in posterior deviations
    codebook: Codebook  # the types


@dataclasses.dataclass(frozen=True)
class StillSight:
    """Sight of one kind of still pictures, all of one size and with one grid."""

    grid: Grid  # the grid found
    codebook: Codebook  # the types found
    limit: float  # the largest mean salience of an empty cell
    fine: Encoder  # the network whose latents give salience
    cells: Encoder  # the network whose spectra give types
    thresholds: StillsThresholds  # of salience and grid

    @classmethod
    def fit(
        cls,
        frames: Frame,
        config: BackEndConfig | None = None,
        seed: int = 0,
        device: str = "auto",
        perception: PerceptionConfig | None = None,
    ) -> Self:
        """Learn to see still pictures `uint8 [N, H, W, 3]`; one is enough.

        The seed decides networks and typing. `perception` has thresholds, and the most types.

        Raises:
            PerceptionError: Nothing is salient, or too little to fit a grid to.
            ConfigError: The kind of back end sees whole cells only.
        """
        config, perception = config or BackEndConfig(), perception or PerceptionConfig()
        thresholds = perception.stills
        finer = dataclasses.replace(config, beta=thresholds.fine_beta * config.beta)
        fine = make_encoder(finer, seed, device, FINE_LAYERS)
        shifted = all_shifts(frames)
        fine.fit(len(shifted), lambda chosen: shifted[chosen], config.steps)
        salience = _salience(fine, frames, thresholds)
        grid = _grid_of(salience, thresholds)
        usual = float(np.quantile(salience, thresholds.usual))
        limit = _widest_gap(_of_cells(salience, grid), usual)
        plainer = dataclasses.replace(config, beta=thresholds.cell_beta * config.beta)
        cells = make_encoder(plainer, seed, device, CELL_LAYERS)
        images = grid.resample(frames, CELL_SIDE)
        cells.fit(len(images), lambda chosen: images[chosen], config.steps)
        empty = _of_cells(salience, grid) <= limit
        codebook = _codebook(cells.encode(images), empty, seed, perception)
        return cls(grid, codebook, limit, fine=fine, cells=cells, thresholds=thresholds)

    def symbols(self, frames: Frame) -> StillSymbols:
        """Return the symbols of pictures, those learned from or others of their kind.

        Raises:
            ObservationError: Their size is not that of the pictures learned from.
        """
        if frames.shape[1:3] != self.grid.frame:
            raise ObservationError(
                f"The pictures are of {frames.shape[1]} x {frames.shape[2]} pixels, but those "
                f"learned from were of {self.grid.frame[0]} x {self.grid.frame[1]}; give pictures "
                "of one size."
            )
        salience = _salience(self.fine, frames, self.thresholds)
        spectra = self.cells.encode(self.grid.resample(frames, CELL_SIDE)).mean
        empty = _of_cells(salience, self.grid) <= self.limit
        types = np.where(empty, EMPTY, self.codebook.classify(spectra))
        return StillSymbols([facts_of(each) for each in types], self.grid, salience, self.codebook)


def symbols_of_stills(
    frames: Frame, config: BackEndConfig | None = None, seed: int = 0, device: str = "auto"
) -> StillSymbols:
    """Find the symbols of pictures `uint8 [N, H, W, 3]`; see `StillSight.fit`."""
    return StillSight.fit(frames, config, seed, device).symbols(frames)


def _salience(fine: Encoder, frames: Frame, thresholds: StillsThresholds) -> Floats:
    """Return the salience of each pixel, `[N, H, W]`."""
    return np.stack([salience_of(fine, frame, thresholds) for frame in frames])


def _grid_of(salience: Floats, thresholds: StillsThresholds) -> Grid:
    """Return the grid on which salient objects stand."""
    above = np.maximum(salience - otsu_threshold(salience), 0.0)
    centres = np.concatenate([blob_centres(each, thresholds) for each in above]) + _BEHIND
    return grid_from_centres(centres, (salience.shape[1], salience.shape[2]), thresholds)


def _of_cells(salience: Floats, grid: Grid) -> Floats:
    """Return the mean salience of each cell, `[N, rows, cols]`."""
    (top, left), (high, wide), (rows, cols) = grid.origin, grid.pitch, grid.shape
    inside = salience[:, top : top + rows * high, left : left + cols * wide]
    return np.asarray(inside.reshape(-1, rows, high, cols, wide).mean(axis=(2, 4)))


def _widest_gap(values: Floats, least: float) -> float:
    """Return the middle of the widest gap between values.

    The salience of a picture's usual appearance is one of the values, so every cell may be full.
    """
    ordered = np.sort(np.append(values, least))
    widest = int(np.argmax(np.diff(ordered)))
    return float(ordered[widest : widest + 2].mean())


def _codebook(
    latents: Latents, empty: NDArray[np.bool_], seed: int, perception: PerceptionConfig
) -> Codebook:
    """Return the types of cells `[N, rows, cols]`, some of which are empty."""
    copies, spread = perception.stills.copies, perception.stills.spread
    count = latents.mean.shape[-1]
    spectra = latents.mean.reshape(-1, count).astype(np.float64)
    widths = np.exp(0.5 * latents.log_variance.reshape(spectra.shape)).astype(np.float64)
    # A few spectra are no sample to choose a mixture by: copies of each stand for all spectra that
    # the decoder could not tell from it.
    noise = np.random.default_rng(seed).standard_normal((copies, *spectra.shape))
    spectra = (spectra + spread * widths * noise).reshape(-1, count)
    widths, is_empty = np.tile(widths, (copies, 1)), np.tile(empty.ravel(), copies)
    most, thresholds = perception.max_types, perception.typing
    return fit_codebook(spectra, widths, is_empty, most, seed, thresholds)
