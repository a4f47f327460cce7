"""Take the steps of Adam without `torch.optim`.

The first optimiser that `torch.optim` makes imports the compiler, which takes 1.1 CPU-seconds:
a third of what training an encoder takes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import Tensor


class Adam:
    """Adam (Kingma and Ba 2015, algorithm 1)."""

    def __init__(self, parameters: Iterable[Tensor]) -> None:
        self.parameters = list(parameters)
        self.first = [torch.zeros_like(each) for each in self.parameters]
        self.second = [torch.zeros_like(each) for each in self.parameters]
        self.steps = 0

    @torch.no_grad()
    def step(self, loss: Tensor, rate: float, decays: tuple[float, float] = (0.9, 0.99)) -> None:
        """Descend the gradient of a loss by a step of size `rate`."""
        gradients = torch.autograd.grad(loss, self.parameters)
        self.steps += 1
        unbiased = [1 - decay**self.steps for decay in decays]
        for each, gradient, first, second in zip(
            self.parameters, gradients, self.first, self.second, strict=True
        ):
            first.lerp_(gradient, 1 - decays[0])
            second.mul_(decays[1]).addcmul_(gradient, gradient, value=1 - decays[1])
            deviation = second.sqrt().div_(math.sqrt(unbiased[1])).add_(1e-8)
            each.addcdiv_(first, deviation, value=-rate / unbiased[0])
