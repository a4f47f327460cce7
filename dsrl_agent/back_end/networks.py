"""The fully-convolutional variational autoencoder: no layer knows the size of the image."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from dsrl_agent.back_end.losses import reparameterise

CELL_SIDE = 12
"""Pixels of a side of the square that one latent place sees: 3 x 2 x 2, the product of strides."""


class Posterior(NamedTuple):
    """q(z|x) for every place: mean and log-variance, `[B, K, h, w]` each."""

    mean: Tensor
    log_variance: Tensor


class ConvVAE(nn.Module):
    """Images `[B, C, 12 h, 12 w]` to a posterior for each of h x w places, and back.

    The kernels are as wide as their strides, so that a place sees one cell and nothing of its
    neighbours: wider receptive fields put the neighbours' pictures into an object's spectrum,
    which then is no type any more.

    Args:
        channels: Channels of the image.
        latents: K, the length of an activation spectrum.
        width: Channels of the hidden layers.
    """

    def __init__(self, channels: int, latents: int, width: int) -> None:
        super().__init__()
        self.latents = latents
        self.encoder = nn.Sequential(
            nn.Conv2d(channels, width, 3, stride=3),
            nn.ReLU(),
            nn.Conv2d(width, width, 2, stride=2),
            nn.ReLU(),
            nn.Conv2d(width, 2 * latents, 2, stride=2),
        )
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(latents, width, 2, stride=2),
            nn.ReLU(),
            nn.ConvTranspose2d(width, width, 2, stride=2),
            nn.ReLU(),
            nn.ConvTranspose2d(width, channels, 3, stride=3),
        )

    def encode(self, images: Tensor) -> Posterior:
        """Return the posterior of images `[B, C, H, W]` in [0, 1]."""
        mean, log_variance = self.encoder(images).chunk(2, dim=1)
        return Posterior(mean, log_variance)

    def decode(self, latents: Tensor) -> Tensor:
        """Return the logits `[B, C, 12 h, 12 w]` of latents `[B, K, h, w]`."""
        logits: Tensor = self.decoder(latents)
        return logits

    def forward(self, images: Tensor, generator: torch.Generator) -> tuple[Tensor, Posterior]:
        """Reconstruct images from a sample of their posterior: logits and posterior."""
        posterior = self.encode(images)
        return self.decode(reparameterise(*posterior, generator)), posterior
