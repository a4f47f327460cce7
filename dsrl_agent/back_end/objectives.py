"""Compute the training loss of each kind of back end, in nats per image.

Every objective is a function of the network and a batch. `losses` holds the parts of the ELBO.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from dsrl_agent.back_end.cells import join_cells, split_cells
from dsrl_agent.back_end.losses import (
    binary_cross_entropy,
    kl_to_standard_normal,
    negative_elbo,
    reparameterise,
)
from dsrl_agent.back_end.vae import ConvVAE
from dsrl_agent.config import BackEndKind

_CAPACITY = 25.0  # nats per place at the end of a fit (Burgess et al. 2018)
_PRESSURE = 1000.0  # gamma of Burgess et al. 2018: weight of the distance from the capacity
_NOISE = 0.1  # standard deviation of the noise of `denoising`, of pixels in [0, 1]
_SHIFT = 1  # pixels, of the 12 of a cell
_SMALLEST = 0.75  # smallest relative size of a cell's content
_WARM, _COLD = 1.0, 0.3  # Gumbel-softmax temperatures at the start and the end of a fit


class Batch(NamedTuple):
    """The input of one gradient step.

    Attributes:
        images: `[B, C, H, W]` in [0, 1].
        progress: The share of the fit's steps that are done, in [0, 1).
        beta: Weight of the KL term.
        generator: Draws all noise, on the CPU.
    """

    images: Tensor
    progress: float
    beta: float
    generator: torch.Generator


Objective = Callable[[ConvVAE, Batch], Tensor]
"""Returns the loss of a network on a batch, a scalar in nats per image."""

Change = Callable[[Tensor, torch.Generator], Tensor]
"""Returns images `[B, C, H, W]` with a random change."""


def beta_vae(network: ConvVAE, batch: Batch) -> Tensor:
    """Return the negative ELBO with its KL term times beta (Higgins et al. 2017)."""
    return _elbo_of(network, batch, batch.images, batch.images)


def autoencoder(network: ConvVAE, batch: Batch) -> Tensor:
    """Return the reconstruction loss of the posterior mean: no noise and no KL term."""
    mean, _ = network.encode(batch.images)
    return binary_cross_entropy(network.decode(mean), batch.images).mean()


def rising_capacity(network: ConvVAE, batch: Batch) -> Tensor:
    """Return the loss of a VAE whose KL term is pressed to a capacity (Burgess et al. 2018, 8).

    The capacity rises from 0 to 25 nats per place over a fit. The distance from it weighs 1000.
    """
    logits, posterior = network(batch.images, batch.generator)
    kl = kl_to_standard_normal(*posterior).flatten(1).mean(dim=1)  # nats per place
    places = posterior.mean[0, 0].numel()
    away = (kl - batch.progress * _CAPACITY).abs() * places
    loss: Tensor = (binary_cross_entropy(logits, batch.images) + _PRESSURE * away).mean()
    return loss


def undoing(change: Change) -> Objective:
    """Return the objective of a VAE that is shown changed images and returns the originals."""

    def objective(network: ConvVAE, batch: Batch) -> Tensor:
        shown = change(batch.images, batch.generator)
        return _elbo_of(network, batch, shown, batch.images)

    return objective


def ignoring(change: Change) -> Objective:
    """Return the objective of a VAE whose input and target are changed independently.

    The input does not tell the change of the target, so encoding the change does not pay.
    """

    def objective(network: ConvVAE, batch: Batch) -> Tensor:
        # The target's change is drawn after the forward pass, which draws noise as well.
        logits, posterior = network(change(batch.images, batch.generator), batch.generator)
        target = change(batch.images, batch.generator)
        return negative_elbo(logits, target, posterior.mean, posterior.log_variance, batch.beta)

    return objective


def one_category(network: ConvVAE, batch: Batch) -> Tensor:
    """Return the loss of a VAE with one category per place, by Gumbel-softmax (Jang et al. 2017).

    The posterior means are the categories' logits. The prior is uniform. The temperature falls
    from 1 to 0.3 over a fit.
    """
    scores = network.encode(batch.images).mean
    logs = scores.log_softmax(dim=1)
    uniform = torch.rand(scores.shape, generator=batch.generator).to(scores.device)
    gumbel = -(-uniform.clamp_min(1e-9).log()).log()
    temperature = _WARM + batch.progress * (_COLD - _WARM)
    drawn = ((scores + gumbel) / temperature).softmax(dim=1)
    kl = (logs.exp() * (logs + math.log(scores.shape[1]))).flatten(1).sum(dim=1)
    unlike = binary_cross_entropy(network.decode(drawn), batch.images)
    return (unlike + batch.beta * kl).mean()


def mixture_prior(network: ConvVAE, batch: Batch) -> Tensor:
    """Return the negative ELBO under a learned mixture prior (Jiang et al. 2017).

    This KL term has no closed form. One sample of the latents estimates it.

    Raises:
        ValueError: The network has no prior.
    """
    if network.prior is None:
        raise ValueError("The network has no prior, but mixture_prior needs a MixturePrior.")
    mean, log_variance = network.encode(batch.images)
    latents = reparameterise(mean, log_variance, batch.generator)
    away = (latents - mean).square() / log_variance.exp()
    posterior = -0.5 * (log_variance + away).sum(dim=1)
    kl = (posterior - network.prior.log_density(latents)).flatten(1).sum(dim=1)
    unlike = binary_cross_entropy(network.decode(latents), batch.images)
    return (unlike + batch.beta * kl).mean()


def add_noise(images: Tensor, generator: torch.Generator) -> Tensor:
    """Return images with Gaussian noise of deviation 0.1, clipped to [0, 1] (Im et al. 2017)."""
    noise = torch.randn(images.shape, generator=generator).to(images.device)
    return (images + _NOISE * noise).clamp(0, 1)


def shift(images: Tensor, generator: torch.Generator) -> Tensor:
    """Return images that are all shifted by -1, 0 or 1 pixel on each axis, as a camera shakes.

    Each cell's edge then shows a part of its neighbour.
    """
    down, right = torch.randint(-_SHIFT, _SHIFT + 1, (2,), generator=generator).tolist()
    padded = functional.pad(images, (_SHIFT,) * 4, mode="replicate")
    high, wide = images.shape[2:]
    top, left = _SHIFT + down, _SHIFT + right
    return padded[..., top : top + high, left : left + wide]


def resize(images: Tensor, generator: torch.Generator) -> Tensor:
    """Return images `[B, C, 12 rows, 12 cols]` with each cell's content at 0.75-1 of its size."""
    cells = split_cells(images)
    sizes = torch.empty(len(cells)).uniform_(_SMALLEST, 1.0, generator=generator)
    turns = torch.zeros(len(cells), 2, 3)
    turns[:, 0, 0] = turns[:, 1, 1] = 1 / sizes
    places = functional.affine_grid(turns, list(cells.shape), align_corners=False)
    shrunk = functional.grid_sample(cells, places.to(images.device), align_corners=False)
    return join_cells(shrunk.clamp(0, 1), images.shape)


def recolour(images: Tensor, generator: torch.Generator) -> Tensor:
    """Return images `[B, 3, H, W]` whose channels are random weighted means of all channels.

    One mixture is drawn per image.
    """
    weights = torch.rand((len(images), 3, 3), generator=generator)
    weights = weights / weights.sum(dim=2).amax(dim=1)[:, None, None]
    return torch.einsum("bij,bjhw->bihw", weights.to(images.device), images)


OBJECTIVES: Mapping[BackEndKind, Objective] = {
    "vae": beta_vae,
    "autoencoder": autoencoder,
    "capacity": rising_capacity,
    "denoising": undoing(add_noise),
    "shifted": undoing(shift),
    "categorical": one_category,
    "mixture": mixture_prior,
    "resized": ignoring(resize),
    "recoloured": ignoring(recolour),
}
"""The objective of each kind that has a network."""


def _elbo_of(network: ConvVAE, batch: Batch, shown: Tensor, target: Tensor) -> Tensor:
    logits, (mean, log_variance) = network(shown, batch.generator)
    return negative_elbo(logits, target, mean, log_variance, batch.beta)
