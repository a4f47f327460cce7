"""Define the interface of a back end, which the rest of the agent relies on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.config import BackEndConfig
from dsrl_agent.types import Floats32, Ints

if TYPE_CHECKING:
    import torch

ImagesOf = Callable[[Ints], Floats32]
"""Returns the images at the given indices, `float32 [B, C, H, W]` in [0, 1]."""

OnStep = Callable[[int, float], None] | None
"""Receives the number of a gradient step and its loss, unless it is `None`."""


class Latents(NamedTuple):
    """The posterior at every place: `mean` and `log_variance`, `float32 [B, h, w, K]`."""

    mean: Floats32
    log_variance: Floats32


class Encoder(Protocol):
    """Encodes every place of an image as an activation spectrum, after learning from images."""

    config: BackEndConfig
    device: torch.device

    def fit(self, count: int, images_of: ImagesOf, steps: int, on_step: OnStep = None) -> float:
        """Learn from `count` images; return the loss in nats per image, 0 without a network.

        An encoder that takes gradient steps takes `steps`, and calls `on_step` after each.
        """

    def encode(self, images: Floats32) -> Latents:
        """Return the posterior of images `[B, C, H, W]` in [0, 1]."""

    def decode(self, spectra: Floats32) -> Floats32:
        """Return the pictures `[T, 12, 12, C]` in [0, 1] of spectra `[T, K]`."""

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return everything learned, for a checkpoint."""

    def load(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Restore what `arrays()` returned."""


EncoderMaker = Callable[[int], Encoder]
"""Makes a new encoder from a seed."""
