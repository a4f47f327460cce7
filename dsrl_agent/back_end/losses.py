"""Compute the parts of the ELBO: nats, summed over dimensions and averaged over the batch."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def kl_to_standard_normal(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Return D_KL(N(mean, variance) || N(0, I)) for every place of a latent map.

    Sherburn (2.27): one half of the sum over k of variance + mean^2 - 1 - log variance.

    Args:
        mean: `[B, K, h, w]`.
        log_variance: `[B, K, h, w]`.

    Returns:
        `[B, h, w]`, in nats, never negative.
    """
    return 0.5 * (log_variance.exp() + mean.square() - 1.0 - log_variance).sum(dim=1)


def binary_cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """Return the reconstruction loss -log p(x|z) of every image (section 2.3.2).

    Args:
        logits: `[B, C, H, W]`: the reconstruction before its sigmoid.
        target: `[B, C, H, W]` in [0, 1].

    Returns:
        `[B]`: nats per image, summed over pixels and channels.
    """
    each = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
    return each.flatten(1).sum(dim=1)


def reparameterise(mean: Tensor, log_variance: Tensor, generator: torch.Generator) -> Tensor:
    """Draw z = mean + sigma * epsilon with epsilon from N(0, I) (Sherburn 2.30).

    The generator draws on its own device, whatever the device of `mean`.
    """
    noise = torch.randn(mean.shape, generator=generator, device=generator.device)
    return mean + (0.5 * log_variance).exp() * noise.to(mean.device)


def negative_elbo(
    logits: Tensor, target: Tensor, mean: Tensor, log_variance: Tensor, beta: float
) -> Tensor:
    """Return the loss: reconstruction plus beta times KL, a scalar in nats per image.

    The ELBO is -KL + E[log p(x|z)]: (2.22) and (2.23). The draft's (2.29) lacks the minus in front
    of the KL term; this function has it. beta = 1 is the variational autoencoder, beta > 1 the
    beta-VAE of Higgins et al. 2017.

    Args:
        logits: `[B, C, H, W]`: the reconstruction before its sigmoid.
        target: `[B, C, H, W]` in [0, 1].
        mean: `[B, K, h, w]`, of the posterior.
        log_variance: `[B, K, h, w]`, of the posterior.
        beta: Weight of the KL term.
    """
    kl = kl_to_standard_normal(mean, log_variance).flatten(1).sum(dim=1)
    return (binary_cross_entropy(logits, target) + beta * kl).mean()
