"""Cut frames into the cells of a grid, and encode the cells' contrast with emptiness."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dsrl_agent.back_end import Encoder
from dsrl_agent.back_end.cells import cells_of
from dsrl_agent.perception.grid import Grid
from dsrl_agent.types import CELL_SIDE, Floats32, Frame, Ints

_BATCH = 64  # frames worked on at once, to bound memory


class CellReader:
    """Reads frames cell by cell, as contrast with an empty cell `float32 [3, 12, 12]`."""

    def __init__(self, back_end: Encoder, empty: Floats32) -> None:
        self.back_end = back_end
        self.empty = empty

    def images(self, frames: Frame, grid: Grid) -> Floats32:
        """Return each cell's contrast with emptiness, `[B, 3, 12 rows, 12 cols]` in [0, 1]."""
        images = grid.resample(frames, CELL_SIDE)
        return np.abs(images - np.tile(self.empty, (1, *grid.shape)))

    def cells(self, frames: Frame, grid: Grid) -> Floats32:
        """Return the same cut into cells, `[B, rows, cols, 3, 12, 12]`."""
        return cells_of(self.images(frames, grid))

    def encode(self, frames: Frame, grid: Grid) -> tuple[Floats32, Floats32]:
        """Return the posterior's means and deviations, `[B, rows, cols, K]` each."""
        means, deviations = [], []
        for start in range(0, len(frames), _BATCH):
            latents = self.back_end.encode(self.images(frames[start : start + _BATCH], grid))
            means.append(latents.mean)
            deviations.append(np.exp(0.5 * latents.log_variance))
        return np.concatenate(means), np.concatenate(deviations)

    def mean_cells(self, frames: Frame, grid: Grid, types: Ints, numbers: Ints) -> Floats32:
        """Return the mean cell of each type, as contrast with emptiness: `[T, 3, 12, 12]`.

        The types `[T]` are given in `numbers`, the type in each cell in `types` `[B, rows, cols]`.
        """
        sums = np.zeros((len(numbers), *self.empty.shape), np.float32)
        for start in range(0, len(frames), _BATCH):
            cells = self.cells(frames[start : start + _BATCH], grid)
            for index, number in enumerate(numbers):
                sums[index] += cells[types[start : start + _BATCH] == number].sum(axis=0)
        counts = np.array([max(1, np.count_nonzero(types == number)) for number in numbers])
        return np.asarray(sums / counts[:, None, None, None], np.float32)

    def fit(
        self,
        frames: Frame,
        grid: Grid,
        steps: int,
        on_step: Callable[[int, float], None] | None = None,
    ) -> float:
        """Train the back end on frames; see `Encoder.fit`."""
        return self.back_end.fit(
            len(frames), lambda chosen: self.images(frames[chosen], grid), steps, on_step
        )
