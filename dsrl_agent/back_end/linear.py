"""Encode cells without a network: as their pixels, or as their principal components.

Both show what a network contributes. Neither has a posterior: log-variances are 0, so typing
measures differences of spectra in units of a pixel's whole range.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dsrl_agent.back_end.cells import cells_of
from dsrl_agent.back_end.encoder import ImagesOf, Latents, OnStep
from dsrl_agent.config import BackEndConfig
from dsrl_agent.errors import ConfigError
from dsrl_agent.types import CELL_SIDE, Floats32


class RawPixels:
    """An encoder whose spectra are the pixels of the cells, K = 144 C. It learns nothing."""

    def __init__(self, config: BackEndConfig) -> None:
        self.config = config
        self.device = torch.device("cpu")

    def fit(self, count: int, images_of: ImagesOf, steps: int, on_step: OnStep = None) -> float:
        """Return 0: nothing is learned."""
        return 0.0

    def encode(self, images: Floats32) -> Latents:
        """Return the pixels of the cells of images `[B, C, 12 rows, 12 cols]`."""
        cells = cells_of(images)
        mean = np.asarray(cells.reshape(*cells.shape[:3], -1), np.float32)
        return Latents(mean, np.zeros_like(mean))

    def decode(self, spectra: Floats32) -> Floats32:
        """Return spectra `[T, 144 C]` as pictures `[T, 12, 12, C]`."""
        pictures = spectra.reshape(len(spectra), -1, CELL_SIDE, CELL_SIDE)
        return np.asarray(pictures.transpose(0, 2, 3, 1))

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return no arrays."""
        return {}

    def load(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Restore nothing."""


class PrincipalComponents(RawPixels):
    """An encoder whose spectra are the first K principal components of the cells' pixels.

    A spectrum is as short as a network's, but linear in the pixels. The deviations that
    probabilistic PCA gives (Tipping & Bishop 1999) are not used: with them, worlds with noise of
    .3 and with texture were seen worse.
    """

    def __init__(self, config: BackEndConfig) -> None:
        super().__init__(config)
        self._mean: Floats32 = np.zeros(0, np.float32)  # [144 C]
        self._components: Floats32 = np.zeros((config.latents, 0), np.float32)  # [K, 144 C]

    def fit(self, count: int, images_of: ImagesOf, steps: int, on_step: OnStep = None) -> float:
        """Find the components of all cells of the images, and return 0.

        Raises:
            ConfigError: There are fewer cells or fewer pixels of a cell than components.
        """
        pixels = super().encode(images_of(np.arange(count))).mean
        cells = pixels.reshape(-1, pixels.shape[-1])
        most = min(cells.shape)
        if self.config.latents > most:
            raise ConfigError(
                f"back_end.latents is {self.config.latents}, but {len(cells)} cells of "
                f"{cells.shape[1]} values have at most {most} principal components."
            )
        from sklearn.decomposition import PCA  # takes a second

        found = PCA(self.config.latents, svd_solver="covariance_eigh").fit(cells)
        self._take(found.mean_, found.components_)
        return 0.0

    def encode(self, images: Floats32) -> Latents:
        """Return the components of the cells of images `[B, C, 12 rows, 12 cols]`."""
        pixels = super().encode(images).mean
        along = pixels.reshape(-1, pixels.shape[-1]) @ self._components.T
        along -= self._mean[None] @ self._components.T
        mean = np.asarray(along.reshape(*pixels.shape[:3], -1), np.float32)
        return Latents(mean, np.zeros_like(mean))

    def decode(self, spectra: Floats32) -> Floats32:
        """Return the pictures `[T, 12, 12, C]` in [0, 1] of spectra `[T, K]`."""
        pixels = (spectra @ self._components + self._mean).astype(np.float32)
        return np.clip(super().decode(pixels), 0, 1)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the mean and the components."""
        return {"mean": self._mean, "components": self._components}

    def load(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Restore the mean and the components."""
        self._take(np.asarray(arrays["mean"]), np.asarray(arrays["components"]))

    def _take(self, mean: NDArray[Any], components: NDArray[Any]) -> None:
        # The order of the axes in memory decides the last bits of a product: fitted or loaded, it
        # is the one that scikit-learn leaves.
        self._mean = np.asarray(mean, np.float32)
        self._components = np.asarray(components, np.float32, order="F")
