"""Find the symbols of still pictures by activation spectra: one latent vector for each cell.

Grid and emptiness come from contrast with the floor, as for the model of things. A network learns
the cells, and their spectra become types.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end import Encoder, Latents, make_encoder
from dsrl_agent.config import BackEndConfig, PerceptionConfig
from dsrl_agent.perception.stills.cells import StillCells, StillSymbols
from dsrl_agent.perception.stills.floor import find_floor
from dsrl_agent.perception.things.evidence.background import StaticBackground, holds_thing
from dsrl_agent.perception.things.evidence.windows import windows_of
from dsrl_agent.symbols import Codebook, fit_codebook
from dsrl_agent.types import CELL_SIDE, EMPTY, Floats, Frame


@dataclass(frozen=True)
class StillSpectra:
    """Sight of one kind of still pictures, all of one size and with one grid."""

    cells: StillCells
    floor: StaticBackground  # of pictures brought to whole cells
    codebook: Codebook  # the types found
    encoder: Encoder  # the network whose spectra give types
    config: PerceptionConfig

    @classmethod
    def fit(
        cls,
        frames: Frame,
        back_end: BackEndConfig,
        seed: int,
        device: str,
        perception: PerceptionConfig,
    ) -> Self:
        """Learn to see still pictures `uint8 [N, H, W, 3]`; one is enough.

        The seed decides network and typing.

        Raises:
            PerceptionError: Nothing stands out, or too little to fit a grid to.
            ConfigError: The kind of back end encodes no cells.
        """
        cells = StillCells.find(frames, perception)
        small = cells.brought(frames)
        windows = windows_of(cells.grid, perception.things)
        floor = find_floor(small, windows, perception)
        empty = ~holds_thing(small, floor, windows, perception.things.background)
        lighter = replace(back_end, beta=perception.stills.cell_beta * back_end.beta)
        encoder = make_encoder(lighter, seed, device)
        images = cells.grid.resample(small, CELL_SIDE)
        encoder.fit(len(images), lambda chosen: images[chosen], back_end.steps)
        codebook = _codebook(encoder.encode(images), empty, seed, perception)
        return cls(cells, floor, codebook=codebook, encoder=encoder, config=perception)

    def symbols(self, frames: Frame) -> StillSymbols:
        """Return the symbols of pictures, those learned from or others of their kind.

        Raises:
            ObservationError: Their size is not that of the pictures learned from.
        """
        small = self.cells.brought(frames)
        things, grid = self.config.things, self.cells.grid
        holds = holds_thing(small, self.floor, windows_of(grid, things), things.background)
        spectra = self.encoder.encode(grid.resample(small, CELL_SIDE)).mean
        types = np.where(holds, self.codebook.classify(spectra), EMPTY)
        facts, counted = self.cells.counted(types)
        return StillSymbols(facts, counted, self._explained(small, holds))

    def _explained(self, small: Frame, holds: NDArray[np.bool_]) -> Floats:
        """Return the share of the contrast with the floor that lies in cells with facts, `[N]`."""
        away = small / np.float32(255.0) - self.floor.picture
        contrast = np.square(away).sum(axis=3, dtype=np.float64)
        there = contrast.sum(axis=(1, 2))
        (top, left), side = self.cells.grid.origin, self.cells.side
        inside = holds.repeat(side, axis=1).repeat(side, axis=2)
        rows, cols = inside.shape[1:]
        seen = (contrast[:, top : top + rows, left : left + cols] * inside).sum(axis=(1, 2))
        return np.where(there > 0, seen / np.maximum(there, 1e-9), 1.0)


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
