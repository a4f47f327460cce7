"""Frames cut into cells, as contrast with emptiness."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.back_end.cells import cells_of
from dsrl_agent.back_end.encoder import Latents
from dsrl_agent.perception.cells import CellReader
from dsrl_agent.perception.grid import Grid
from dsrl_agent.types import CELL_SIDE, Floats32, Frame

GRID = Grid((4, 4), (1, 2), (2, 3), (10, 15))
EMPTY_LEVEL = 51


class Middles:
    """Stands in for a back end: the spectrum of a cell is the red of its middle pixel."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def encode(self, images: Floats32) -> Latents:
        self.batches.append(len(images))
        mean = np.ascontiguousarray(images[:, :1, 6::12, 6::12].transpose(0, 2, 3, 1))
        return Latents(mean, np.full_like(mean, 2 * np.log(0.25)))

    def fit(self, count: int, images_of: Any, steps: int, on_step: Any) -> float:
        return float(images_of(np.arange(count)).sum()) * steps


def reader() -> tuple[CellReader, Middles]:
    back_end: Any = Middles()
    empty = np.full((3, CELL_SIDE, CELL_SIDE), EMPTY_LEVEL / 255, np.float32)
    return CellReader(back_end, empty), back_end


def frames_with(row: int, col: int, level: int, count: int = 1) -> Frame:
    """Return frames of emptiness with one cell of another level, in a bright border."""
    frame = np.full((10, 15, 3), 255, np.uint8)
    frame[1:9, 2:14] = EMPTY_LEVEL
    frame[GRID.cell(row, col)] = level
    return np.repeat(frame[None], count, axis=0)


def test_images_are_cut_into_cells_row_by_row() -> None:
    images = np.arange(3 * 24 * 36, dtype=np.float32).reshape(1, 3, 24, 36)
    cells = cells_of(images)
    assert cells.shape == (1, 2, 3, 3, 12, 12)
    assert_array_equal(cells[0, 1, 2], images[0, :, 12:24, 24:36])


def test_images_are_the_contrast_with_emptiness() -> None:
    images = reader()[0].images(frames_with(1, 2, 0), GRID)
    assert images.shape == (1, 3, 24, 36)
    assert_allclose(images[0, :, 12:, 24:], EMPTY_LEVEL / 255, rtol=1e-6)  # as bright is as dark
    images[0, :, 12:, 24:] = 0.0
    assert_allclose(images, 0.0, atol=1e-6)


def test_spectra_of_all_frames_are_read_in_batches() -> None:
    own, back_end = reader()
    means, deviations = own.encode(frames_with(0, 1, 255, count=70), GRID)
    assert back_end.batches == [64, 6]
    assert means.shape == deviations.shape == (70, 2, 3, 1)
    assert_allclose(
        means[..., 0], np.tile([[0.0, 0.8, 0.0], [0.0, 0.0, 0.0]], (70, 1, 1)), atol=1e-6
    )
    assert_allclose(deviations, 0.25, rtol=1e-6)


def test_the_mean_cell_of_a_type_is_over_all_frames() -> None:
    frames = np.concatenate([frames_with(0, 1, 102), frames_with(1, 0, 153)])
    types = np.zeros((2, 2, 3), np.int64)
    types[0, 0, 1] = types[1, 1, 0] = 7
    means = reader()[0].mean_cells(frames, GRID, types, np.array([7, 9]))
    # Contrasts of 51 and 102 levels: 0.2 and 0.4. There is no cell of type 9.
    assert_allclose(means[0], 0.3, rtol=1e-5)
    assert_allclose(means[1], 0.0)


def test_the_back_end_is_fitted_to_images_of_frames() -> None:
    own, _ = reader()
    frames = frames_with(0, 0, 255, count=2)
    assert own.fit(frames, GRID, 3) == 3 * float(own.images(frames, GRID).sum())
