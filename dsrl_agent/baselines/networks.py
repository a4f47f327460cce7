"""Define the networks of the baselines as feature extractors of Stable-Baselines3."""

from __future__ import annotations

from typing import Any

import torch
from gymnasium import spaces
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from torch import Tensor, nn

# (channels, kernel, stride, padding) of each layer
_SMALL = ((16, 3, 3, 0), (32, 3, 2, 0), (32, 3, 1, 0))  # few operations per frame
_SYMBOLS = ((32, 3, 1, 1), (32, 3, 1, 1))  # without strides: one output per cell


class Convolutions(BaseFeaturesExtractor):
    """Convolutions and one hidden layer of `features_dim` units.

    Observations `[C, H, W]` are pixels or, with `symbols`, planes of symbols.
    """

    def __init__(self, space: spaces.Box, features_dim: int, symbols: bool = False) -> None:
        super().__init__(space, features_dim)
        channels = space.shape[0]
        layers: list[nn.Module] = []
        for width, kernel, stride, padding in _SYMBOLS if symbols else _SMALL:
            layers += [nn.Conv2d(channels, width, kernel, stride, padding), nn.ReLU()]
            channels = width
        self.convolutions = nn.Sequential(*layers, nn.Flatten())
        with torch.no_grad():
            flat = self.convolutions(torch.zeros(1, *space.shape)).shape[1]
        self.hidden = nn.Sequential(nn.Linear(flat, features_dim), nn.ReLU())

    def forward(self, observations: Tensor) -> Tensor:
        """Return features `[B, features_dim]` of observations `[B, C, H, W]`."""
        features: Tensor = self.hidden(self.convolutions(observations))
        return features


def policy_of(network: str, features: int, symbols: bool) -> tuple[str, dict[str, Any]]:
    """Return the name and the keywords of a policy in Stable-Baselines3.

    The network is `nature` or `small`, unless the observations are planes of symbols rather than
    pixels. `features` are the units of the hidden layer behind the convolutions.
    """
    if symbols:
        keywords = {"features_dim": features, "symbols": True}
        extractor = {"features_extractor_class": Convolutions}
        return "MlpPolicy", {**extractor, "features_extractor_kwargs": keywords, "net_arch": []}
    chosen: dict[str, Any] = {"features_extractor_kwargs": {"features_dim": features}}
    if network == "small":
        chosen["features_extractor_class"] = Convolutions
    return "CnnPolicy", chosen
