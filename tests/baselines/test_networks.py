"""The feature extractors of the baselines."""

from __future__ import annotations

import numpy as np
import torch
from gymnasium import spaces

from dsrl_agent.baselines.networks import Convolutions, policy_of


def test_the_small_network_takes_frames_of_36_pixels() -> None:
    space = spaces.Box(0, 255, (3, 36, 36), np.uint8)
    network = Convolutions(space, 8)
    # 36 -> 12 (kernel 3, stride 3) -> 5 (3, 2) -> 3 (3, 1): 32 channels of 3 x 3 places.
    assert network.hidden[0].in_features == 32 * 3 * 3
    assert network(torch.zeros(2, 3, 36, 36)).shape == (2, 8)


def test_the_network_for_symbols_has_an_output_for_every_cell() -> None:
    space = spaces.Box(0, 1, (3, 4, 5), np.uint8)
    network = Convolutions(space, 8, symbols=True)
    assert network.hidden[0].in_features == 32 * 4 * 5
    assert network(torch.zeros(2, 3, 4, 5)).shape == (2, 8)


def test_policies_are_named_as_stable_baselines3_names_them() -> None:
    extractor = {"features_extractor_kwargs": {"features_dim": 16}}
    assert policy_of("nature", 16, symbols=False) == ("CnnPolicy", extractor)
    small = {**extractor, "features_extractor_class": Convolutions}
    assert policy_of("small", 16, symbols=False) == ("CnnPolicy", small)
    name, keywords = policy_of("nature", 16, symbols=True)
    assert name == "MlpPolicy"
    assert keywords["features_extractor_kwargs"] == {"features_dim": 16, "symbols": True}
    assert keywords["net_arch"] == []
