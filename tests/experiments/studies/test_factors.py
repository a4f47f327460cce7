"""Images of known factors: drawn, or read from dSprites."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dsrl_agent.errors import DataError
from dsrl_agent.experiments.studies.factors import dsprites, shapes_grid_cells


@pytest.mark.slow
def test_every_combination_of_factors_is_drawn_once() -> None:
    data = shapes_grid_cells()
    assert data.images.shape == (1800, 3, 12, 12)
    assert len(np.unique(data.factors, axis=0)) == 1800
    assert len(np.unique(data.images.reshape(1800, -1), axis=0)) == 1800
    # The last factor moves an object one pixel to the right: the first two images are neighbours.
    assert_array_equal(data.factors[1] - data.factors[0], [0, 0, 0, 0, 1])
    floor_colour = data.images[0, :, :1, -1:]
    inner = data.images[0] - floor_colour
    assert_array_equal(np.roll(inner, 1, axis=2), data.images[1] - floor_colour)


def test_dsprites_is_read_and_another_file_refused(tmp_path: Path) -> None:
    file = tmp_path / "dsprites.npz"
    classes = np.arange(60).reshape(10, 6)
    images = np.zeros((10, 64, 64), np.uint8)
    images[:, 3, 4] = 1
    np.savez(file, imgs=images, latents_classes=classes)
    data = dsprites(file, 4, seed=0)
    assert data.images.shape == (4, 1, 64, 64)
    assert_array_equal(data.images[:, 0, 3, 4], np.ones(4))
    assert set(map(tuple, data.factors)) <= set(map(tuple, classes[:, 1:]))
    np.savez(file, imgs=images[:, :32], latents_classes=classes)
    with pytest.raises(DataError, match="dSprites has images of 64 x 64"):
        dsprites(file, 4, seed=0)
    with pytest.raises(DataError, match="cannot be read as dSprites"):
        dsprites(tmp_path / "none.npz", 4, seed=0)
