"""Disturb the pixels of an environment: noise, and another size of frames."""

from __future__ import annotations

from typing import Any, Literal

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.utils import RecordConstructorArgs
from PIL import Image

from dsrl_agent.errors import ConfigError
from dsrl_agent.runtime.rng import Streams
from dsrl_agent.types import Frame

Method = Literal["nearest", "area", "bilinear"]

_RESAMPLING = {
    "nearest": Image.Resampling.NEAREST,
    "area": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
}


class NoisyPixels(gym.ObservationWrapper[Frame, Any, Frame], RecordConstructorArgs):
    """Adds Gaussian noise to every value of the frames `uint8 [H, W, 3]`.

    Args:
        env: An environment with frames as observations.
        sigma: Standard deviation of the noise, in grey levels.

    The seed of an episode decides its noise.
    """

    def __init__(self, env: gym.Env[Any, Any], sigma: float) -> None:
        RecordConstructorArgs.__init__(self, sigma=sigma)
        super().__init__(env)
        self._sigma = sigma
        self._rng = np.random.default_rng(0)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Frame, dict[str, Any]]:
        """Begin an episode; a seed begins the noise anew as well."""
        if seed is not None:
            self._rng = Streams(seed).get("pixel noise")
        return super().reset(seed=seed, options=options)

    def observation(self, observation: Frame) -> Frame:
        """Return a noisy copy of a frame."""
        noise = self._rng.normal(0.0, self._sigma, observation.shape)
        return np.rint(observation + noise).clip(0, 255).astype(np.uint8)


class ResizedFrames(gym.ObservationWrapper[Frame, Any, Frame], RecordConstructorArgs):
    """Brings the frames `uint8 [H, W, 3]` to another size.

    Args:
        env: An environment with frames as observations.
        height: Pixel rows of the new frames.
        width: Their pixel columns.
        method: How pixels are found: `nearest` takes one, `area` the mean of those covered (as
            OpenCV's INTER_AREA), `bilinear` a weighted mean.

    Raises:
        ConfigError: The method is another one.
    """

    def __init__(
        self, env: gym.Env[Any, Any], height: int, width: int, method: Method = "area"
    ) -> None:
        RecordConstructorArgs.__init__(self, height=height, width=width, method=method)
        super().__init__(env)
        if method not in _RESAMPLING:
            raise ConfigError(f"method is {method!r}, but it must be one of {list(_RESAMPLING)}.")
        self._size, self._method = (width, height), _RESAMPLING[method]
        self.observation_space = spaces.Box(0, 255, (height, width, 3), np.uint8)

    def observation(self, observation: Frame) -> Frame:
        """Return a frame in the new size."""
        picture = Image.fromarray(observation).resize(self._size, self._method)
        return np.array(picture, np.uint8)
