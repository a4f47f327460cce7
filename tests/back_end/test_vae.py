"""The network: layers, receptive fields and the mixture prior, worked by hand."""

from __future__ import annotations

import math

import pytest
import torch

from dsrl_agent.back_end.vae import CELL_LAYERS, FINE_LAYERS, ConvVAE, MixturePrior
from dsrl_agent.types import CELL_SIDE


def test_a_place_of_the_cell_layers_is_one_cell() -> None:
    assert math.prod(layer.stride for layer in CELL_LAYERS) == CELL_SIDE
    network = ConvVAE(3, 4, 8)
    mean, log_variance = network.encode(torch.zeros(2, 3, 24, 36))
    assert mean.shape == log_variance.shape == (2, 4, 2, 3)
    assert network.decode(mean).shape == (2, 3, 24, 36)


def test_a_place_of_the_fine_layers_sees_10_by_10_pixels() -> None:
    network = ConvVAE(1, 1, 2, FINE_LAYERS)
    image = torch.zeros(1, 1, 24, 24, requires_grad=True)
    network.encode(image).mean[0, 0, 2, 3].backward()  # type: ignore[no-untyped-call]
    assert image.grad is not None
    rows, cols = image.grad[0, 0].nonzero().T
    # Place 2 is of pixels 8 to 11, and sees 3 more on each side.
    assert (rows.min(), rows.max(), cols.min(), cols.max()) == (5, 14, 9, 18)


def test_a_reconstruction_is_of_one_sample_of_the_posterior() -> None:
    network, images = ConvVAE(3, 4, 8), torch.rand(2, 3, 12, 12)
    logits, posterior = network(images, torch.Generator().manual_seed(3))
    noise = torch.randn((2, 4, 1, 1), generator=torch.Generator().manual_seed(3))
    latents = posterior.mean + (0.5 * posterior.log_variance).exp() * noise
    torch.testing.assert_close(logits, network.decode(latents))


def test_a_mixture_of_equal_gaussians_is_one_gaussian() -> None:
    mixture = MixturePrior(2, torch.Generator().manual_seed(0))
    with torch.no_grad():
        mixture.means.zero_()
    latents = torch.tensor([1.0, -2.0])[None, :, None, None]
    assert mixture.log_density(latents).item() == pytest.approx(-2.5)  # half of 1 + 4
    with torch.no_grad():  # all but the first, of variance e squared about (1, 0), weigh nothing
        mixture.scores[0] = 100.0
        mixture.means[0] = torch.tensor([1.0, 0.0])
        mixture.log_variances[0] = 2.0
    expected = -0.5 * (2 + 2 + 4 / math.e**2)
    assert mixture.log_density(latents).item() == pytest.approx(expected)


def test_a_prior_is_stored_with_the_weights() -> None:
    network = ConvVAE(3, 4, 8)
    assert not [name for name in network.state_dict() if name.startswith("prior")]
    network.prior = MixturePrior(4, torch.Generator().manual_seed(0))
    names = [name for name in network.state_dict() if name.startswith("prior")]
    assert names == ["prior.means", "prior.log_variances", "prior.scores"]
