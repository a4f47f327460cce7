"""Noisy and resized frames."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from dsrl_agent.errors import ConfigError
from dsrl_agent.experiments.worlds.disturbing import NoisyPixels, ResizedFrames
from dsrl_agent.types import Frame


class Still(gym.Env[Frame, int]):
    """Shows one frame."""

    def __init__(self, frame: Frame) -> None:
        self.observation_space = spaces.Box(0, 255, frame.shape, np.uint8)
        self.action_space: Any = spaces.Discrete(1)
        self._frame = frame

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Frame, dict[str, Any]]:
        super().reset(seed=seed)
        return self._frame, {}

    def step(self, action: int) -> tuple[Frame, float, bool, bool, dict[str, Any]]:
        return self._frame, 0.0, False, False, {}


def test_noise_has_its_deviation_and_comes_from_the_seed() -> None:
    env = NoisyPixels(Still(np.full((40, 50, 3), 100, np.uint8)), sigma=5.0)
    first, second, again = (env.reset(seed=seed)[0] for seed in (1, 2, 1))
    assert first.std() == pytest.approx(5.0, rel=0.05)
    assert first.mean() == pytest.approx(100.0, abs=0.5)
    np.testing.assert_array_equal(first, again)
    assert (first != second).any()
    assert (env.step(0)[0] != first).any()


def test_frames_are_resized_by_each_method() -> None:
    frame = np.zeros((2, 4, 3), np.uint8)
    frame[:, 2:] = 90
    frame[:, 3:] = 120  # columns 0, 0, 90, 120
    shown = {
        method: ResizedFrames(Still(frame), 1, 2, method).reset(seed=0)[0][0, :, 0].tolist()
        for method in ("area", "nearest")
    }
    assert shown == {"area": [0, 105], "nearest": [0, 120]}
    assert ResizedFrames(Still(frame), 6, 7, "bilinear").reset(seed=0)[0].shape == (6, 7, 3)


def test_an_unknown_method_is_refused() -> None:
    wrong: Any = "magic"
    with pytest.raises(ConfigError, match="method is 'magic', but it must be one of"):
        ResizedFrames(Still(np.zeros((2, 2, 3), np.uint8)), 1, 1, wrong)
