"""Make the encoder of every `back_end.kind`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from dsrl_agent.back_end.encoder import Encoder, ImagesOf, Latents, OnStep
from dsrl_agent.back_end.linear import PrincipalComponents, RawPixels
from dsrl_agent.back_end.training import BackEnd
from dsrl_agent.back_end.vae import CELL_LAYERS, Layer
from dsrl_agent.config import BackEndConfig, BackEndKind
from dsrl_agent.config.back_end import COMPOSITOR
from dsrl_agent.errors import ConfigError
from dsrl_agent.types import Floats32

_CHANNELS = 3
_MEASURED = 64  # images that give the deviations of an autoencoder's latents
_LEAST_DEVIATION = 1e-6
_CATEGORY_DEVIATION = 0.05  # of a category's probability

CELL_KINDS: tuple[BackEndKind, ...] = ("pixels", "pca", "resized")
"""Kinds that see whole cells of 12 x 12 pixels only, for `CELL_LAYERS` therefore."""


def make_encoder(
    config: BackEndConfig, seed: int, device: str, layers: Sequence[Layer] = CELL_LAYERS
) -> Encoder:
    """Return a new encoder of RGB images, of the kind that `config` names.

    The arguments are those of `BackEnd`; an encoder without a network uses `config` only. A sight
    that asks for an encoder of cells where things are configured gets the beta-VAE.

    Raises:
        ConfigError: There is no such device, or the kind sees cells only and `layers` are others
            than `CELL_LAYERS`.
    """
    if config.kind == COMPOSITOR:
        config = replace(config, kind="vae")
    if config.kind in CELL_KINDS and tuple(layers) != CELL_LAYERS:
        raise ConfigError(
            f"back_end.kind is {config.kind!r}, which sees cells of a known grid only; take "
            "another kind for pictures without a known grid."
        )
    if config.kind in _WITHOUT_NETWORK:
        return _WITHOUT_NETWORK[config.kind](config)
    return _NETWORKS.get(config.kind, BackEnd)(_CHANNELS, config, seed, device, layers)


class Autoencoder(BackEnd):
    """A plain autoencoder (Garnelo et al. 2016), which has no posterior.

    The standard deviation of each latent over the images of the last fit stands in for it.
    """

    _log_variance: Floats32 = np.zeros(1, np.float32)  # [K] after the first fit

    def fit(self, count: int, images_of: ImagesOf, steps: int, on_step: OnStep = None) -> float:
        """Learn to reconstruct, then measure each latent's deviation on the first 64 images."""
        loss = super().fit(count, images_of, steps, on_step)
        mean = super().encode(images_of(np.arange(min(count, _MEASURED)))).mean
        deviation = mean.reshape(-1, mean.shape[-1]).std(axis=0)
        self._log_variance = 2 * np.log(np.maximum(deviation, _LEAST_DEVIATION), dtype=np.float32)
        return loss

    def encode(self, images: Floats32) -> Latents:
        """Return the latents, with the same deviations at every place."""
        mean = super().encode(images).mean
        return Latents(mean, np.broadcast_to(self._log_variance, mean.shape))

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return weights, random state and the latents' log-variances."""
        return {**super().arrays(), "log_variance": self._log_variance}

    def load(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Restore weights, random state and the latents' log-variances."""
        weights = dict(arrays)
        self._log_variance = np.array(weights.pop("log_variance"), np.float32)
        super().load(weights)


class CategoricalVAE(BackEnd):
    """A VAE with one category per place, whose spectra are the categories' probabilities."""

    def encode(self, images: Floats32) -> Latents:
        """Return the probabilities of the categories, with a deviation of 0.05 each."""
        scores = torch.from_numpy(super().encode(images).mean)
        mean = np.asarray(scores.softmax(dim=-1).numpy(), np.float32)
        return Latents(mean, np.full_like(mean, 2 * np.log(_CATEGORY_DEVIATION)))


_WITHOUT_NETWORK: Mapping[str, type[RawPixels]] = {"pixels": RawPixels, "pca": PrincipalComponents}
_NETWORKS: Mapping[str, type[BackEnd]] = {"autoencoder": Autoencoder, "categorical": CategoricalVAE}
