"""Adam's steps, by hand and beside those of torch."""

from __future__ import annotations

import pytest
import torch

from dsrl_agent.back_end.compositor.recognition.adam import Adam


def test_the_first_step_is_the_step_size_against_the_sign_of_the_gradient() -> None:
    # m = 0.1 g and v = 0.01 g^2; without bias they are g and g^2, and g / |g| = 1.
    value = torch.nn.Parameter(torch.tensor([3.0, -2.0]))
    Adam([value]).step((value.square()).sum(), 0.5)
    assert value.tolist() == pytest.approx([2.5, -1.5])


def test_steps_are_those_of_torch() -> None:
    ours, theirs = (torch.nn.Parameter(torch.tensor([1.0, 2.0, -3.0])) for _ in range(2))
    adam, reference = Adam([ours]), torch.optim.Adam([theirs], lr=0.1, betas=(0.9, 0.99))
    for _ in range(20):
        adam.step((ours.square() * torch.tensor([1.0, 5.0, 0.1])).sum(), 0.1)
        reference.zero_grad()
        (theirs.square() * torch.tensor([1.0, 5.0, 0.1])).sum().backward()  # type: ignore[no-untyped-call]
        reference.step()
    assert torch.allclose(ours, theirs, atol=1e-6)
