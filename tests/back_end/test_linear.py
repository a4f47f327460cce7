"""Back ends without a network: pixels and principal components."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.decomposition import PCA

from dsrl_agent.back_end.linear import PrincipalComponents, RawPixels
from dsrl_agent.config import BackEndConfig
from dsrl_agent.errors import ConfigError
from dsrl_agent.types import Floats32


def noise(count: int, rows: int, cols: int) -> Floats32:
    return np.random.default_rng(0).random((count, 3, 12 * rows, 12 * cols), np.float32)


def fitted(images: Floats32, latents: int = 8) -> PrincipalComponents:
    encoder = PrincipalComponents(dataclasses.replace(BackEndConfig(), latents=latents))
    assert encoder.fit(len(images), lambda chosen: images[chosen], 0) == 0.0
    return encoder


def test_the_spectrum_without_a_network_is_the_cell() -> None:
    images = noise(2, 2, 1)
    pixels = RawPixels(BackEndConfig())
    assert pixels.fit(2, lambda chosen: images[chosen], 3) == 0.0
    latents = pixels.encode(images)
    assert latents.mean.shape == (2, 2, 1, 432)
    assert not latents.log_variance.any()
    assert_array_equal(
        pixels.decode(latents.mean[:, 1, 0]), images[:, :, 12:].transpose(0, 2, 3, 1)
    )


def test_as_many_components_as_needed_give_the_cell_back() -> None:
    images = np.zeros((30, 3, 12, 12), np.float32)
    for i, image in enumerate(images):  # three types, which two components hold
        image[i % 3, 2:5, 4:8] = 0.6
    encoder = fitted(images)
    latents = encoder.encode(images)
    assert latents.mean.shape == (30, 1, 1, 8)
    assert np.abs(latents.mean[..., 2:]).max() < 1e-3
    pictures = encoder.decode(latents.mean[:, 0, 0])
    assert_allclose(pictures, images.transpose(0, 2, 3, 1), atol=1e-4)


def test_the_components_are_those_of_scikit_learn_bit_for_bit() -> None:
    images = noise(20, 2, 3)
    cells = images.reshape(20, 3, 2, 12, 3, 12).transpose(0, 2, 4, 1, 3, 5).reshape(120, -1)
    found = PCA(8, svd_solver="covariance_eigh").fit(cells)
    encoder = fitted(images)
    mean = encoder.encode(images).mean.reshape(120, 8)
    assert_array_equal(mean, found.transform(cells))
    expected = np.clip(found.inverse_transform(mean), 0, 1)
    pictures = encoder.decode(mean).transpose(0, 3, 1, 2).reshape(120, -1)
    assert_array_equal(pictures, expected)


def test_more_components_than_cells_are_refused() -> None:
    with pytest.raises(
        ConfigError, match=r"latents is 9, but 8 cells of 432 values have at most 8"
    ):
        fitted(noise(4, 1, 2), latents=9)
