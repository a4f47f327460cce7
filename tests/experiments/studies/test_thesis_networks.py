"""The thesis's networks: as many weights as Tables 2.1 and 2.2 have."""

from __future__ import annotations

import pytest
import torch

from dsrl_agent.experiments.studies.thesis_networks import (
    FullyConnected,
    FullyConvolutional,
    make_network,
)

pytestmark = pytest.mark.usefixtures("one_thread")


def test_the_networks_have_the_tables_parameters() -> None:
    def size(network: torch.nn.Module) -> int:
        return sum(values.numel() for values in network.parameters())

    # 784 * 32 + 32 and 32 * 784 + 784.
    assert size(FullyConnected()) == 25120 + 25872
    # Kernel 3: 1*32*9 + 32, 32*4*9 + 4, 4*32*9 + 32, 32*1*9 + 1.
    assert size(FullyConvolutional(3)) == 320 + 1156 + 1184 + 289


@pytest.mark.parametrize("kernel", [1, 2, 3, 5])
def test_convolutions_keep_the_size_whatever_the_kernel(kernel: int) -> None:
    assert FullyConvolutional(kernel)(torch.zeros(2, 1, 28, 28)).shape == (2, 1, 28, 28)


def test_the_seed_decides_the_weights_and_biases_begin_at_0() -> None:
    first, again, other = (make_network("fully_convolutional", 2, seed) for seed in (0, 0, 1))
    assert all(map(torch.equal, first.parameters(), again.parameters()))
    weights = dict(first.named_parameters())
    assert not torch.equal(weights["into.weight"], dict(other.named_parameters())["into.weight"])
    assert not weights["into.bias"].any()
    # Glorot: uniform up to the root of 6 / (fans in and out, 4 + 4 * 32).
    assert weights["into.weight"].abs().max().item() <= (6 / 132) ** 0.5
