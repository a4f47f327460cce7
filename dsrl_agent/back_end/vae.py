"""Define the fully-convolutional variational autoencoder, for images of any size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn

from dsrl_agent.back_end.losses import reparameterise


class Layer(NamedTuple):
    """A convolution of the encoder and the decoder's that mirrors it, transposed; in pixels."""

    kernel: int  # side of the filter
    stride: int
    padding: int = 0  # on each side


CELL_LAYERS = (Layer(3, 3), Layer(2, 2), Layer(2, 2))
"""Layers for frames whose grid is known. Kernels are as wide as their strides, so a place sees one
cell of `types.CELL_SIDE` pixels (the product of the strides) and nothing of its neighbours. With a
wider receptive field an object's spectrum would depend on its neighbours, and types would split."""

FINE_LAYERS = (Layer(4, 2, 1), Layer(4, 2, 1))
"""Layers for pictures whose grid is not known: a place every 4 pixels, each of 10 x 10 pixels."""

_LEAK = 0.1  # slope of the leaky ReLU below 0
_GAUSSIANS = 32  # of a mixture prior: twice the most types of any rung of the scaling study


class Posterior(NamedTuple):
    """q(z|x) for every place: mean and log-variance, `[B, K, h, w]` each."""

    mean: Tensor
    log_variance: Tensor


class MixturePrior(nn.Module):
    """A density over K latents: 32 Gaussians whose means, variances and weights are learned.

    The first means are drawn from N(0, I).
    """

    def __init__(self, latents: int, generator: torch.Generator) -> None:
        super().__init__()
        self.means = nn.Parameter(torch.randn((_GAUSSIANS, latents), generator=generator))
        self.log_variances = nn.Parameter(torch.zeros(_GAUSSIANS, latents))
        self.scores = nn.Parameter(torch.zeros(_GAUSSIANS))

    def log_density(self, latents: Tensor) -> Tensor:
        """Return the log density `[B, h, w]` of latents `[B, K, h, w]`, in nats.

        The constant -K/2 log 2 pi is left out. A posterior's density that is compared with this
        one has to leave it out as well.
        """
        away = latents.movedim(1, -1)[..., None, :] - self.means
        each = -0.5 * (self.log_variances + away.square() / self.log_variances.exp()).sum(dim=-1)
        return (each + self.scores.log_softmax(dim=0)).logsumexp(dim=-1)


class ConvVAE(nn.Module):
    """Encode images `[B, C, H, W]` as a posterior for each of h x w places, and decode latents.

    H and W are any multiples of the product of the strides; h and w are the quotients.

    An activation spectrum has K latents. Hidden layers have `width` channels. The layers are the
    encoder's convolutions, from the image to the latents.
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
        self.prior: MixturePrior | None = None  # if the objective needs one; stored with weights

    def encode(self, images: Tensor) -> Posterior:
        """Return the posterior of images `[B, C, H, W]` in [0, 1]."""
        mean, log_variance = self.encoder(images).chunk(2, dim=1)
        return Posterior(mean, log_variance)

    def decode(self, latents: Tensor) -> Tensor:
        """Return the logits `[B, C, H, W]` of latents `[B, K, h, w]`."""
        logits: Tensor = self.decoder(latents)
        return logits

    def forward(self, images: Tensor, generator: torch.Generator) -> tuple[Tensor, Posterior]:
        """Return the logits of images decoded from one sample of their posterior, and that."""
        posterior = self.encode(images)
        return self.decode(reparameterise(*posterior, generator)), posterior


def _stack(
    convolution: type[nn.Conv2d] | type[nn.ConvTranspose2d],
    channels: Sequence[int],
    layers: Sequence[Layer],
) -> nn.Sequential:
    """Return convolutions with leaky ReLUs between them. With plain ReLUs, dead units stay dead."""
    modules: list[nn.Module] = []
    for (before, after), layer in zip(pairwise(channels), layers, strict=True):
        modules += [convolution(before, after, *layer), nn.LeakyReLU(_LEAK)]
    return nn.Sequential(*modules[:-1])
