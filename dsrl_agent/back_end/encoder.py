"""What the rest of the agent asks of a neural back end, whatever network is inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from dsrl_agent.config import BackEndConfig
from dsrl_agent.types import Floats32, Ints


class Latents(NamedTuple):
    """The posterior at every place: `mean` and `log_variance`, `float32 [B, h, w, K]`."""

    mean: Floats32
    log_variance: Floats32


class Encoder(Protocol):
    """Learns from images and turns each of their places into an activation spectrum."""

    config: BackEndConfig
    device: torch.device

    def fit(
        self,
        count: int,
        images_of: Callable[[Ints], Floats32],
        steps: int,
        on_step: Callable[[int, float], None] | None = None,
    ) -> float:
        """Learn from images; returns the loss in nats per image."""

    def encode(self, images: Floats32) -> Latents:
        """Return the spectra of images `[B, C, H, W]` in [0, 1], with their deviations."""

    def decode(self, spectra: Floats32) -> Floats32:
        """Return the pictures `[T, 12, 12, C]` in [0, 1] of spectra `[T, K]`."""

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return everything learned for a checkpoint."""

    def load(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Take what `arrays()` gave."""


EncoderMaker = Callable[[int], Encoder]
"""Makes a fresh encoder from a seed."""
