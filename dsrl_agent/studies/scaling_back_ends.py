"""The back ends that the scaling study compares, by name.

Everything else of the agent's sight is the same for all: the grid, the typing of spectra, what is
joined. Typing measures spectra in posterior deviations; back ends without a posterior get others.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dsrl_agent.back_end import CELL_SIDE, BackEnd, Encoder, EncoderMaker, Latents
from dsrl_agent.back_end.losses import binary_cross_entropy, kl_to_standard_normal
from dsrl_agent.cells import cells_of
from dsrl_agent.config import BackEndConfig
from dsrl_agent.types import Floats32, Ints

_CAPACITY = 25.0  # nats that each place may hold in the end (Burgess et al. 2018)
_PRESSURE = 1000.0  # gamma: the weight of what differs from the capacity allowed so far


class RawPixels:
    """No network: a cell's spectrum is its pixels, which shows what a network contributes.

    Differences are measured against the whole range of a pixel.
    """

    def __init__(self, config: BackEndConfig) -> None:
        self.config = config
        self.device = torch.device("cpu")

    def fit(
        self,
        count: int,
        images_of: Callable[[Ints], Floats32],
        steps: int,
        on_step: Callable[[int, float], None] | None = None,
    ) -> float:
        """Learn nothing."""
        return 0.0

    def encode(self, images: Floats32) -> Latents:
        """Return the pixels of every cell."""
        cells = cells_of(images)
        mean = np.asarray(cells.reshape(*cells.shape[:3], -1), np.float32)
        return Latents(mean, np.zeros_like(mean))

    def decode(self, spectra: Floats32) -> Floats32:
        """Return the pixels as pictures."""
        pictures = spectra.reshape(len(spectra), -1, CELL_SIDE, CELL_SIDE)
        return np.asarray(pictures.transpose(0, 2, 3, 1))

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return nothing."""
        return {}

    def load(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Take nothing."""


class PlainAutoencoder(BackEnd):
    """An autoencoder: no noise in the latents and no KL term (Garnelo et al. 2016).

    It has no posterior; the deviation of each latent over the images stands in for it.
    """

    def fit(
        self,
        count: int,
        images_of: Callable[[Ints], Floats32],
        steps: int,
        on_step: Callable[[int, float], None] | None = None,
    ) -> float:
        """Learn to reconstruct, then measure how far each latent varies."""
        loss = super().fit(count, images_of, steps, on_step)
        mean = super().encode(images_of(np.arange(min(count, 64)))).mean
        deviation = mean.reshape(-1, mean.shape[-1]).std(axis=0)
        self._log_variance = 2 * np.log(np.maximum(deviation, 1e-6), dtype=np.float32)
        return loss

    def encode(self, images: Floats32) -> Latents:
        """Return the latents, all with the same deviations."""
        mean = super().encode(images).mean
        return Latents(mean, np.broadcast_to(self._log_variance, mean.shape))

    def _loss(self, images: Tensor, progress: float) -> Tensor:
        latents = self.network.encode(images).mean
        loss: Tensor = binary_cross_entropy(self.network.decode(latents), images).mean()
        return loss


class CapacityVAE(BackEnd):
    """A beta-VAE whose latents may hold ever more: the capacity schedule of Burgess et al. 2018."""

    def _loss(self, images: Tensor, progress: float) -> Tensor:
        logits, posterior = self.network(images, self._generator)
        kl = kl_to_standard_normal(*posterior).flatten(1).mean(dim=1)  # nats per place
        places = posterior.mean[0, 0].numel()
        away = (kl - progress * _CAPACITY).abs() * places
        loss: Tensor = (binary_cross_entropy(logits, images) + _PRESSURE * away).mean()
        return loss


def encoder_maker(name: str, config: BackEndConfig) -> EncoderMaker:
    """Return what makes a back end of a name in `BACK_ENDS`."""

    def make(seed: int) -> Encoder:
        if name == "pixels":
            return RawPixels(config)
        kind = {"autoencoder": PlainAutoencoder, "capacity": CapacityVAE}.get(name, BackEnd)
        beta = 4.0 if name == "beta 4" else config.beta
        return kind(3, dataclasses.replace(config, beta=beta), seed, "cpu")

    return make


BACK_ENDS: Mapping[str, str] = {
    "default": "VAE, beta 1: the agent's own",
    "pixels": "no network: the cell's pixels",
    "autoencoder": "plain autoencoder",
    "beta 4": "beta-VAE, beta 4",
    "capacity": "beta-VAE, capacity rising to 25 nats a place",
}
"""The back ends by name, with what they are."""
