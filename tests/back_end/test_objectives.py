"""Objectives: losses worked by hand with a network of given answers, and the random changes."""

from __future__ import annotations

import math
from typing import get_args

import pytest
import torch
from torch import Tensor

from dsrl_agent.back_end.losses import binary_cross_entropy
from dsrl_agent.back_end.objectives import (
    OBJECTIVES,
    Batch,
    Change,
    add_noise,
    ignoring,
    mixture_prior,
    one_category,
    recolour,
    resize,
    rising_capacity,
    shift,
    undoing,
)
from dsrl_agent.back_end.vae import ConvVAE, MixturePrior, Posterior
from dsrl_agent.config import BackEndKind

SIDE, PLACES = 24, 4  # images of 2 x 2 cells
PIXELS = 3 * SIDE * SIDE
HALF_GREY = PIXELS * math.log(2)  # nats of a reconstruction of 1/2, whatever the picture is


class Given(ConvVAE):
    """A network with the same posterior and reconstruction for every image; keeps its inputs."""

    def __init__(self, mean: list[float], logits: Tensor | None = None) -> None:
        super().__init__(3, len(mean), 2)
        self.mean = torch.tensor(mean)[None, :, None, None].expand(1, -1, 2, 2)
        self.logits = torch.zeros(1, 3, SIDE, SIDE) if logits is None else logits
        self.shown: list[Tensor] = []

    def encode(self, images: Tensor) -> Posterior:
        self.shown.append(images)
        return Posterior(self.mean, torch.zeros_like(self.mean))

    def decode(self, latents: Tensor) -> Tensor:
        return self.logits


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def picture() -> Tensor:
    # Far from both ends of the range, where noise would be cut off.
    return 0.4 + 0.2 * torch.rand((1, 3, SIDE, SIDE), generator=generator())


def batch(progress: float = 0.5, beta: float = 1.0, images: Tensor | None = None) -> Batch:
    return Batch(picture() if images is None else images, progress, beta, generator())


def test_every_kind_with_a_network_has_an_objective() -> None:
    assert set(get_args(BackEndKind)) - set(OBJECTIVES) == {"compositor", "pca", "pixels"}


def test_the_beta_vae_has_the_negative_elbo() -> None:
    # Means of 2 and 0 with a variance of 1: half of 4 is 2 nats in each of 4 places.
    loss = OBJECTIVES["vae"](Given([2.0, 0.0]), batch(beta=3.0))
    assert loss.item() == pytest.approx(HALF_GREY + 3 * PLACES * 2.0, rel=1e-6)


def test_the_autoencoder_has_the_reconstruction_alone() -> None:
    loss = OBJECTIVES["autoencoder"](Given([2.0, 0.0]), batch(beta=3.0))
    assert loss.item() == pytest.approx(HALF_GREY, rel=1e-6)


@pytest.mark.parametrize(("progress", "away"), [(0.0, 2.0), (0.08, 0.0), (1.0, 23.0)])
def test_the_capacity_is_per_place_and_rises_to_25_nats(progress: float, away: float) -> None:
    # Means of 2 and 0 with a variance of 1: half of 4 is 2 nats in each place.
    loss = rising_capacity(Given([2.0, 0.0]), batch(progress))
    assert loss.item() == pytest.approx(HALF_GREY + 1000 * PLACES * away, rel=1e-5)


def test_the_prior_of_categories_is_uniform() -> None:
    equal = one_category(Given([0.0, 0.0]), batch(beta=2.0))
    assert equal.item() == pytest.approx(HALF_GREY, rel=1e-6)
    # Three to one: .75 log 1.5 + .25 log .5 nats a place.
    uneven = one_category(Given([math.log(3), 0.0]), batch(beta=2.0))
    kl = 0.75 * math.log(1.5) + 0.25 * math.log(0.5)
    assert uneven.item() - equal.item() == pytest.approx(2 * PLACES * kl, rel=1e-2)


def test_the_drawn_category_follows_its_probability_and_hardens() -> None:
    class Kept(Given):
        drawn: list[Tensor]

        def decode(self, latents: Tensor) -> Tensor:
            self.drawn.append(latents)
            return self.logits

    network = Kept([math.log(3), 0.0])
    network.drawn = []
    noise = generator()
    for _ in range(500):
        one_category(network, Batch(picture(), 0.0, 1.0, noise))
    warm = torch.cat(network.drawn)
    # P(category 0) = 3/4, which 2000 draws give to about 0.01.
    assert (warm[:, 0] > 0.5).float().mean().item() == pytest.approx(0.75, abs=0.04)
    network.drawn = []
    for _ in range(500):
        one_category(network, Batch(picture(), 1.0, 1.0, noise))
    cold = torch.cat(network.drawn)
    assert cold.amax(dim=1).mean() > warm.amax(dim=1).mean() + 0.05


def test_a_mixture_of_standard_normals_costs_the_log_ratio_of_one_sample() -> None:
    network = Given([1.0, -2.0])
    with pytest.raises(ValueError, match="has no prior"):
        mixture_prior(network, batch())
    network.prior = MixturePrior(2, generator())
    with torch.no_grad():
        network.prior.means.zero_()
    loss = mixture_prior(network, batch(beta=2.0))
    # log q - log p of z = mean + noise: (|z|^2 - |noise|^2) / 2, summed over places.
    noise = torch.randn((1, 2, 2, 2), generator=generator())
    ratio = ((network.mean + noise).square() - noise.square()).sum().item() / 2
    assert loss.item() == pytest.approx(HALF_GREY + 2.0 * ratio, rel=1e-5)


@pytest.mark.parametrize("change", [add_noise, shift])
def test_the_target_of_undoing_is_the_original(change: Change) -> None:
    # No reconstruction is better than the picture itself; the KL is 0.
    network = Given([0.0], logits=picture().logit())
    loss = undoing(change)(network, batch())
    best = binary_cross_entropy(picture().logit(), picture()).item()
    assert loss.item() == pytest.approx(best, rel=1e-6)
    assert not torch.equal(network.shown[0], picture())


@pytest.mark.parametrize("change", [resize, recolour])
def test_input_and_target_are_changed_independently(change: Change) -> None:
    changed: list[Tensor] = []

    def kept(images: Tensor, noise: torch.Generator) -> Tensor:
        changed.append(change(images, noise))
        return changed[-1]

    network = Given([0.0])
    loss = ignoring(kept)(network, batch())
    seen, target = changed
    assert torch.equal(network.shown[0], seen)
    assert not torch.equal(seen, target)
    assert loss.item() == pytest.approx(HALF_GREY, rel=1e-6)  # whatever the target, of 1/2


def test_noise_has_a_tenth_of_the_range_and_leaves_no_colour_out_of_range() -> None:
    noise = add_noise(picture(), generator()) - picture()
    assert noise.std().item() == pytest.approx(0.1, abs=0.01)
    assert abs(noise.mean().item()) < 0.01
    assert add_noise(torch.zeros_like(picture()), generator()).min() == 0.0


def test_shifts_are_of_a_pixel_at_most_in_all_directions() -> None:
    noise = generator()
    inner = (slice(None), slice(None), slice(1, -1), slice(1, -1))
    found = set()
    for _ in range(100):
        shown = shift(picture(), noise)
        moved = {
            (down, right)
            for down in (-1, 0, 1)
            for right in (-1, 0, 1)
            if torch.equal(shown.roll((down, right), (2, 3))[inner], picture()[inner])
        }
        assert len(moved) == 1
        found |= moved
    assert len(found) == 9


def test_each_cell_shrinks_by_a_size_of_its_own() -> None:
    white = torch.ones(1, 3, SIDE, SIDE)
    noise, areas = generator(), []
    for _ in range(50):
        changed = resize(white, noise)
        cells = changed.reshape(3, 2, 12, 2, 12).permute(1, 3, 0, 2, 4).flatten(0, 1)
        areas += [float(cell[0].sum()) / 144 for cell in cells]
    # A square's area is the square of its size, from .75 squared to 1.
    assert min(areas) >= 0.75**2 - 0.02
    assert max(areas) <= 1.0
    assert max(areas) - min(areas) > 0.3
    assert float(changed[0, 0, 6, 6]) == 1.0  # the middle stays


def test_colours_are_mixed_alike_in_a_whole_picture_and_stay_in_range() -> None:
    red = torch.zeros(1, 3, SIDE, SIDE)
    red[:, 0] = 1.0
    changed = recolour(red, generator())
    assert (changed == changed[:, :, :1, :1]).all()
    assert changed.min() >= 0
    assert changed.max() <= 1
    assert len(set(changed[0, :, 0, 0].tolist())) == 3
    grey = recolour(torch.full((1, 3, SIDE, SIDE), 0.5), generator())
    assert grey.max().item() == pytest.approx(0.5, abs=1e-6)  # a channel's weights sum to 1
