"""Define the thesis's two plain autoencoders, layer for layer (Sherburn, Tables 2.1 and 2.2).

Hidden layers have ReLUs. The networks return logits, and the loss includes the last sigmoid. The
draft names Keras layers, so first weights are Keras's: Glorot uniform, biases 0. It leaves the
kernel's size open.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

NetworkKind = Literal["fully_connected", "fully_convolutional"]

SIDE = 28
"""Pixels of a side of an MNIST image."""

_HIDDEN, _FILTERS, _LATENT_FILTERS = 32, 32, 4  # Tables 2.1 and 2.2


class FullyConnected(nn.Module):
    """Table 2.1: 784 - 32 - 784."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Linear(SIDE * SIDE, _HIDDEN)
        self.decoder = nn.Linear(_HIDDEN, SIDE * SIDE)

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits of the reconstructions of images `[B, 1, 28, 28]`."""
        latents = torch.relu(self.encoder(images.flatten(1)))
        logits: Tensor = self.decoder(latents).view(images.shape)
        return logits


class FullyConvolutional(nn.Module):
    """Table 2.2: convolutions of 32 and 4 filters with pooling, and a decoder that mirrors them.

    Every filter has `kernel` pixels a side. Outputs have the size of inputs, as with Keras's
    `padding="same"`, which pads the odd pixel of an even kernel at the right and below.
    """

    def __init__(self, kernel: int) -> None:
        super().__init__()
        self._before = (kernel - 1) // 2
        self._after = kernel - 1 - self._before
        self.into = nn.Conv2d(1, _FILTERS, kernel)
        self.to_latents = nn.Conv2d(_FILTERS, _LATENT_FILTERS, kernel)
        self.from_latents = nn.ConvTranspose2d(_LATENT_FILTERS, _FILTERS, kernel)
        self.out = nn.ConvTranspose2d(_FILTERS, 1, kernel)

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits of the reconstructions of images `[B, 1, 28, 28]`."""
        hidden = functional.max_pool2d(torch.relu(self.into(self._padded(images))), 2)
        latents = functional.max_pool2d(torch.relu(self.to_latents(self._padded(hidden))), 2)
        back = torch.relu(self._cropped(self.from_latents(_doubled(latents))))
        return self._cropped(self.out(_doubled(back)))

    def _padded(self, images: Tensor) -> Tensor:
        return functional.pad(images, (self._before, self._after) * 2)

    def _cropped(self, images: Tensor) -> Tensor:
        height, width = (side - self._before - self._after for side in images.shape[2:])
        first = self._before
        return images[:, :, first : first + height, first : first + width]


def make_network(kind: NetworkKind, kernel: int, seed: int) -> nn.Module:
    """Return an untrained network of a kind; the seed decides its weights.

    The kernel is that of the convolutions; the fully-connected network has none.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = FullyConnected() if kind == "fully_connected" else FullyConvolutional(kernel)
        for name, values in network.named_parameters():
            if name.endswith("weight"):
                nn.init.xavier_uniform_(values)
            else:
                nn.init.zeros_(values)
    return network


def _doubled(images: Tensor) -> Tensor:
    return functional.interpolate(images, scale_factor=2.0)
