"""The ELBO's parts, worked by hand: summed over dimensions, averaged over the batch, in nats."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.distributions import Bernoulli, Normal, kl_divergence

from dsrl_agent.back_end.losses import (
    binary_cross_entropy,
    kl_to_standard_normal,
    negative_elbo,
    reparameterise,
)

LN2 = math.log(2.0)


def place(*values: float) -> torch.Tensor:
    """Make `[1, K, 1, 1]`."""
    return torch.tensor(values)[None, :, None, None]


def test_the_kl_of_the_standard_normal_to_itself_is_zero() -> None:
    nothing = torch.zeros(2, 3, 4, 5)
    torch.testing.assert_close(kl_to_standard_normal(nothing, nothing), torch.zeros(2, 4, 5))


def test_the_kl_worked_by_hand() -> None:
    # (2.27) with mean 1, variance 1: (1 + 1 - 1 - 0) / 2 = 0.5; with mean -2, variance 4:
    # (4 + 4 - 1 - ln 4) / 2 = 3.5 - ln 2. Summed over the two dimensions: 4 - ln 2.
    mean, log_variance = place(1.0, -2.0), place(0.0, math.log(4.0))
    expected = torch.tensor([[[4.0 - LN2]]])
    torch.testing.assert_close(kl_to_standard_normal(mean, log_variance), expected)


def test_every_place_has_its_own_kl() -> None:
    mean = torch.tensor([[[[0.0, 2.0]], [[0.0, 1.0]]]])  # [1, 2, 1, 2]
    # 0 at the left place; (4 + 1) / 2 at the right one.
    expected = torch.tensor([[[0.0, 2.5]]])
    torch.testing.assert_close(kl_to_standard_normal(mean, torch.zeros_like(mean)), expected)


@given(
    st.lists(
        st.tuples(st.floats(-3.0, 3.0, width=32), st.floats(-3.0, 3.0, width=32)),
        min_size=1,
        max_size=6,
    )
)
def test_the_kl_is_that_of_torch_and_never_negative(pairs: list[tuple[float, float]]) -> None:
    mean, log_variance = (torch.tensor(part) for part in zip(*pairs, strict=True))
    expected = kl_divergence(Normal(mean, (0.5 * log_variance).exp()), Normal(0.0, 1.0)).sum()
    found = kl_to_standard_normal(place(*mean), place(*log_variance))
    torch.testing.assert_close(found, expected[None, None, None], rtol=1e-4, atol=1e-5)
    assert found.item() >= -1e-6


def test_the_cross_entropy_worked_by_hand() -> None:
    # Logit 0 means 1/2, whatever the target: ln 2. Logit ln 3 means 3/4: against 1 it costs
    # -ln(3/4) = 2 ln 2 - ln 3, against 0 it costs -ln(1/4) = 2 ln 2. Summed over pixels and
    # channels, one figure for each image.
    ln3 = math.log(3.0)
    logits = torch.tensor([[[[0.0, ln3]], [[ln3, 0.0]]], [[[0.0, 0.0]], [[0.0, 0.0]]]])
    target = torch.tensor([[[[0.3, 1.0]], [[0.0, 1.0]]], [[[0.0, 1.0]], [[0.5, 0.2]]]])
    expected = torch.tensor([LN2 + (2 * LN2 - ln3) + 2 * LN2 + LN2, 4 * LN2])
    torch.testing.assert_close(binary_cross_entropy(logits, target), expected)


def test_the_cross_entropy_is_that_of_torch() -> None:
    generator = torch.Generator().manual_seed(0)
    logits = 4.0 * torch.randn(3, 2, 4, 5, generator=generator)
    target = torch.rand(3, 2, 4, 5, generator=generator).round()
    bernoulli: Any = Bernoulli(logits=logits)  # torch leaves its methods untyped
    expected = -bernoulli.log_prob(target).sum(dim=(1, 2, 3))
    torch.testing.assert_close(binary_cross_entropy(logits, target), expected)


@pytest.mark.parametrize("beta", [0.0, 1.0, 4.0])
def test_the_loss_is_reconstruction_plus_beta_kl_averaged_over_the_batch(beta: float) -> None:
    # Reconstruction of two images of 1 x 2 pixels at logit 0: 2 ln 2 each. KL: two places, mean
    # 1 and 3 in the first image, 0.5 + 4.5 = 5; none in the second. The mean over the batch:
    # (4 ln 2 + beta (5 + 0)) / 2.
    logits = torch.zeros(2, 1, 1, 2)
    mean = torch.tensor([[[[1.0, 3.0]]], [[[0.0, 0.0]]]])
    loss = negative_elbo(logits, torch.ones_like(logits), mean, torch.zeros_like(mean), beta)
    torch.testing.assert_close(loss, torch.tensor((4 * LN2 + beta * 5.0) / 2.0))


def test_the_loss_pulls_the_posterior_towards_the_prior() -> None:
    # The minus that the draft's (2.29) lost: more KL, more loss. The gradients are those of
    # mean^2 / 2 and (variance - log variance) / 2: 2 and (e - 1) / 2.
    mean = place(2.0).requires_grad_()
    log_variance = place(1.0).requires_grad_()
    logits = torch.zeros(1, 1, 1, 1)
    negative_elbo(logits, logits, mean, log_variance, 1.0).backward()  # type: ignore[no-untyped-call]
    assert mean.grad is not None
    assert log_variance.grad is not None
    torch.testing.assert_close(mean.grad, place(2.0))
    torch.testing.assert_close(log_variance.grad, place((math.e - 1.0) / 2.0))


def test_a_sample_has_the_posterior_s_mean_and_spread() -> None:
    # 100 000 draws of N(3, 4) and N(-1, 1/4): the means within 5 standard errors of 2 / 316 and
    # .5 / 316.
    mean = torch.tensor([3.0, -1.0]).repeat(100_000, 1)
    log_variance = torch.tensor([math.log(4.0), math.log(0.25)]).repeat(100_000, 1)
    drawn = reparameterise(mean, log_variance, torch.Generator().manual_seed(0))
    torch.testing.assert_close(drawn.mean(dim=0), torch.tensor([3.0, -1.0]), rtol=0.0, atol=0.03)
    torch.testing.assert_close(drawn.std(dim=0), torch.tensor([2.0, 0.5]), rtol=0.02, atol=0.0)


def test_gradients_pass_through_a_sample() -> None:
    # (2.30): dz / d mean = 1 and dz / d log variance = sigma epsilon / 2 = (z - mean) / 2.
    mean = torch.tensor([0.5, -2.0], requires_grad=True)
    log_variance = torch.tensor([0.0, 1.0], requires_grad=True)
    drawn = reparameterise(mean, log_variance, torch.Generator().manual_seed(1))
    drawn.sum().backward()  # type: ignore[no-untyped-call]
    assert mean.grad is not None
    assert log_variance.grad is not None
    torch.testing.assert_close(mean.grad, torch.ones(2))
    torch.testing.assert_close(log_variance.grad, ((drawn - mean) / 2.0).detach())


def test_the_generator_alone_decides_a_sample() -> None:
    mean, log_variance = torch.zeros(2, 3, 1, 2), torch.ones(2, 3, 1, 2)
    before = torch.get_rng_state()
    first, again, other = (
        reparameterise(mean, log_variance, torch.Generator().manual_seed(seed))
        for seed in (4, 4, 5)
    )
    torch.testing.assert_close(first, again, rtol=0.0, atol=0.0)
    assert (first != other).all()
    assert torch.equal(torch.get_rng_state(), before)
