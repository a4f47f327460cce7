"""The fully-convolutional variational autoencoder: no layer knows the size of the image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn

from dsrl_agent.back_end.losses import reparameterise


class Layer(NamedTuple):
    """A convolution of the encoder; the decoder undoes it with the same numbers."""

    kernel: int
    stride: int
    padding: int = 0


CELL_LAYERS = (Layer(3, 3), Layer(2, 2), Layer(2, 2))
"""Kernels as wide as their strides: a place sees one cell and nothing of its neighbours. Wider
receptive fields put the neighbours' pictures into an object's spectrum, which then is no type any
more. For frames whose grid is known. A place sees `types.CELL_SIDE` pixels, the product of the
strides."""

FINE_LAYERS = (Layer(4, 2, 1), Layer(4, 2, 1))
"""A place every 4 pixels that sees 10 x 10 of them. For pictures whose grid is not known."""

_LEAK = 0.1


class Posterior(NamedTuple):
    """q(z|x) for every place: mean and log-variance, `[B, K, h, w]` each."""

    mean: Tensor
    log_variance: Tensor


class ConvVAE(nn.Module):
    """Images `[B, C, H, W]` to a posterior for each of h x w places, and back.

    H and W are any multiples of the product of the strides; h and w are the quotients.

    Args:
        channels: Channels of the image.
        latents: K, the length of an activation spectrum.
        width: Channels of the hidden layers.
        layers: The encoder's convolutions, from the image to the latents.
    """

    def __init__(
        self, channels: int, latents: int, width: int, layers: Sequence[Layer] = CELL_LAYERS
    ) -> None:
        super().__init__()
        self.latents = latents
        self.stride = math.prod(layer.stride for layer in layers)
        # Channels between the layers, without the two ends: image and latents.
        inner = [width] * (len(layers) - 1)
        self.encoder = _stack(nn.Conv2d, [channels, *inner, 2 * latents], layers)
        self.decoder = _stack(nn.ConvTranspose2d, [latents, *inner, channels], layers[::-1])

    def encode(self, images: Tensor) -> Posterior:
        """Return the posterior of images `[B, C, H, W]` in [0, 1]."""
        mean, log_variance = self.encoder(images).chunk(2, dim=1)
        return Posterior(mean, log_variance)

    def decode(self, latents: Tensor) -> Tensor:
        """Return the logits `[B, C, H, W]` of latents `[B, K, h, w]`."""
        logits: Tensor = self.decoder(latents)
        return logits

    def forward(self, images: Tensor, generator: torch.Generator) -> tuple[Tensor, Posterior]:
        """Reconstruct images from a sample of their posterior: logits and posterior."""
        posterior = self.encode(images)
        return self.decode(reparameterise(*posterior, generator)), posterior


def _stack(
    convolution: type[nn.Conv2d] | type[nn.ConvTranspose2d],
    channels: Sequence[int],
    layers: Sequence[Layer],
) -> nn.Sequential:
    """Return convolutions with a leaky ReLU between each two: units that died would stay dead."""
    modules: list[nn.Module] = []
    for (before, after), layer in zip(pairwise(channels), layers, strict=True):
        modules += [convolution(before, after, *layer), nn.LeakyReLU(_LEAK)]
    return nn.Sequential(*modules[:-1])
