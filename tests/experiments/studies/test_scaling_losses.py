"""The losses of the scaling study: worked by hand, with a network whose answers are given."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from torch import Tensor

from dsrl_agent.back_end import BackEnd
from dsrl_agent.back_end.losses import binary_cross_entropy
from dsrl_agent.back_end.vae import Posterior
from dsrl_agent.config import BackEndConfig
from dsrl_agent.experiments.studies.scaling_back_ends import _Mixture, encoder_maker

SIDE, PLACES = 24, 4  # images of 2 x 2 cells
PIXELS = 3 * SIDE * SIDE


class Given:
    """Stands in for a network: it says the same of every image, and notes what it was shown."""

    def __init__(self, mean: list[float]) -> None:
        self.mean = torch.tensor(mean)[None, :, None, None].expand(1, -1, 2, 2)
        self.shown: list[Tensor] = []

    def encode(self, images: Tensor) -> Posterior:
        self.shown.append(images)
        return Posterior(self.mean, torch.zeros_like(self.mean))

    def decode(self, latents: Tensor) -> Tensor:
        return torch.zeros(1, 3, SIDE, SIDE)

    def __call__(self, images: Tensor, generator: torch.Generator) -> tuple[Tensor, Posterior]:
        return self.decode(images), self.encode(images)


def with_network(name: str, network: Any, beta: float = 1.0) -> BackEnd:
    encoder = encoder_maker(name, BackEndConfig(beta=beta))(0)
    assert isinstance(encoder, BackEnd)
    encoder.network = network
    return encoder


def made(name: str) -> Any:
    return encoder_maker(name, BackEndConfig())(0)


def picture() -> Tensor:
    # Far from both ends of the range, where noise would be cut off.
    return 0.4 + 0.2 * torch.rand((1, 3, SIDE, SIDE), generator=torch.Generator().manual_seed(0))


HALF_GREY = PIXELS * math.log(2)  # nats of a reconstruction of one half, whatever the picture is


@pytest.mark.parametrize(("progress", "away"), [(0.0, 2.0), (0.08, 0.0), (1.0, 23.0)])
def test_capacity_is_nats_a_place_and_rises_to_25(progress: float, away: float) -> None:
    # Means of 2 and 0 with a variance of 1: half of 4 is 2 nats in each place.
    loss = with_network("capacity", Given([2.0, 0.0]))._loss(picture(), progress)
    assert loss.item() == pytest.approx(HALF_GREY + 1000 * PLACES * away, rel=1e-5)


def test_categories_are_measured_against_equal_ones() -> None:
    equal = with_network("categorical", Given([0.0, 0.0]), beta=2.0)._loss(picture(), 0.5)
    assert equal.item() == pytest.approx(HALF_GREY, rel=1e-6)
    # Three to one: .75 log 1.5 + .25 log .5 nats a place.
    uneven = with_network("categorical", Given([math.log(3), 0.0]), beta=2.0)._loss(picture(), 0.5)
    kl = 0.75 * math.log(1.5) + 0.25 * math.log(0.5)
    assert uneven.item() - equal.item() == pytest.approx(2 * PLACES * kl, rel=1e-2)


class Perfect(Given):
    """Gives the clean picture back, whatever it is shown."""

    def decode(self, latents: Tensor) -> Tensor:
        return picture().logit()


@pytest.mark.parametrize("name", ["denoising", "shifted"])
def test_what_was_corrupted_is_to_be_given_back_clean(name: str) -> None:
    network = Perfect([0.0])
    loss = with_network(name, network)._loss(picture(), 0.5)
    # No other reconstruction is better than the picture itself; the KL is 0.
    assert loss.item() == pytest.approx(
        binary_cross_entropy(picture().logit(), picture()).item(), rel=1e-6
    )


def test_noise_is_of_a_tenth_of_the_range() -> None:
    network = Perfect([0.0])
    with_network("denoising", network)._loss(picture(), 0.5)
    noise = network.shown[0] - picture()
    assert noise.std().item() == pytest.approx(0.1, abs=0.01)
    assert abs(noise.mean().item()) < 0.01
    with_network("denoising", network)._loss(torch.zeros_like(picture()), 0.5)
    assert network.shown[1].min() == 0.0  # of colours beyond the range there are none


def test_shifts_are_by_a_pixel_at_most_in_all_directions() -> None:
    network = Perfect([0.0])
    encoder = with_network("shifted", network)
    for _ in range(100):
        encoder._loss(picture(), 0.5)
    inner = (slice(None), slice(None), slice(1, -1), slice(1, -1))
    found = set()
    for shown in network.shown:
        moved = {
            (down, right)
            for down in (-1, 0, 1)
            for right in (-1, 0, 1)
            if torch.equal(shown.roll((down, right), (2, 3))[inner], picture()[inner])
        }
        assert len(moved) == 1
        found |= moved
    assert len(found) == 9


class Shown(Given):
    """Notes what it is shown, and gives back one half."""

    def decode(self, latents: Tensor) -> Tensor:
        return torch.zeros(1, 3, SIDE, SIDE)


@pytest.mark.parametrize("name", ["resized", "recoloured"])
def test_what_is_seen_and_what_is_wanted_are_changed_apart(name: str) -> None:
    network = Shown([0.0])
    encoder = with_network(name, network)
    wanted: list[Tensor] = []
    change = encoder._changed  # type: ignore[attr-defined]
    encoder._changed = lambda images: wanted.append(change(images)) or wanted[-1]  # type: ignore
    loss = encoder._loss(picture(), 0.5)
    seen, target = wanted
    assert torch.equal(network.shown[0], seen)
    assert not torch.equal(seen, target)
    assert loss.item() == pytest.approx(HALF_GREY, rel=1e-6)  # whatever the target, of one half


def test_cells_shrink_each_by_itself_to_three_quarters_at_least() -> None:
    white = torch.ones(1, 3, SIDE, SIDE)
    areas = []
    encoder = made("resized")
    for _ in range(50):
        changed = encoder._changed(white)
        cells = changed.reshape(3, 2, 12, 2, 12).permute(1, 3, 0, 2, 4).flatten(0, 1)
        areas += [float(cell[0].sum()) / 144 for cell in cells]
    # A square's content: the square of its size, from .75 squared to 1.
    assert min(areas) >= 0.75**2 - 0.02
    assert max(areas) <= 1.0
    assert max(areas) - min(areas) > 0.3
    assert float(changed[0, 0, 6, 6]) == 1.0  # the middle stays


def test_colours_are_mixed_alike_in_all_of_a_picture_and_stay_in_range() -> None:
    red = torch.zeros(1, 3, SIDE, SIDE)
    red[:, 0] = 1.0
    changed = made("recoloured")._changed(red)
    assert (changed == changed[:, :, :1, :1]).all()
    assert changed.min() >= 0
    assert changed.max() <= 1
    assert changed[0, :, 0, 0].unique().numel() == 3
    grey = made("recoloured")._changed(torch.full((1, 3, SIDE, SIDE), 0.5))
    assert grey.max().item() == pytest.approx(0.5, abs=1e-6)  # weights of a channel sum to 1


def test_a_mixture_of_one_gaussian_is_the_usual_prior() -> None:
    mixture = _Mixture(2, torch.Generator().manual_seed(0))
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


def test_a_learned_prior_is_learned_and_stored() -> None:
    encoder = encoder_maker("mixture", BackEndConfig(steps=3))(0)
    before = encoder.arrays()["prior.means"].copy()
    images = picture().numpy()
    encoder.fit(1, lambda chosen: images[chosen], 3)
    assert not np.array_equal(before, encoder.arrays()["prior.means"])
    other = encoder_maker("mixture", BackEndConfig())(1)
    other.load(encoder.arrays())
    assert_allclose(other.encode(images).mean, encoder.encode(images).mean, atol=1e-6)
