"""Add pixel noise and camera shake to frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from shapes_grid.drawing.canvas import BACKGROUND, Frame
from shapes_grid.spec import WorldSpec

_POOL = 2**20  # places of the noise store at which a frame's noise may begin

Words = NDArray[np.uint64]


class Camera:
    """Captures frames with the pixel noise and shake of a spec.

    The episode's seed and the step number determine a frame's noise and shift. Noise is a stretch
    of a store of about a million Gaussian samples, which is about 40 times faster than drawing new
    ones. The same pixel gets the same noise again after about a million frames.
    """

    def __init__(self, spec: WorldSpec) -> None:
        self._shape = spec.frame_shape
        self._shake = spec.shake
        self._noise: NDArray[np.int16] | None = None
        if spec.noise:
            count = _POOL + int(np.prod(spec.frame_shape))
            noise = np.random.default_rng(0).standard_normal(count, np.float32)
            self._noise = np.rint(noise * np.float32(spec.noise * 255)).astype(np.int16)

    def capture(self, frames: Frame, seeds: NDArray[np.int64], steps: NDArray[np.int64]) -> Frame:
        """Return noisy, shaken copies of frames `uint8 [B, H, W, 3]`.

        Noise and shift follow from the episodes' seeds `[B]` and numbers of steps taken `[B]`.
        """
        words = seeds.astype(np.uint64)
        hashes = _mix(words + steps.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
        frames = self._shaken(frames, _mix(hashes)) if self._shake else frames.copy()
        if self._noise is None:
            return frames
        starts = (hashes % np.uint64(_POOL)).astype(np.intp)
        size = int(np.prod(self._shape))
        for frame, start in zip(frames, starts.tolist(), strict=True):
            noisy = self._noise[start : start + size].reshape(self._shape) + frame
            np.clip(noisy, 0, 255, out=noisy)
            frame[...] = noisy
        return frames

    def _shaken(self, frames: Frame, hashes: Words) -> Frame:
        reach, side = self._shake, np.uint64(2 * self._shake + 1)
        downs = (hashes % side).astype(np.intp)  # shift plus `reach`, hence from 0
        rights = (hashes // side % side).astype(np.intp)
        height, width, _ = self._shape
        shaken = np.empty_like(frames, order="C")
        wide = np.empty((height + 2 * reach, width + 2 * reach, 3), np.uint8)
        wide[:] = BACKGROUND
        for index, (down, right) in enumerate(zip(downs.tolist(), rights.tolist(), strict=True)):
            wide[reach : reach + height, reach : reach + width] = frames[index]
            shaken[index] = wide[down : down + height, right : right + width]
        return shaken


def make_camera(spec: WorldSpec) -> Camera | None:
    """Return the camera of a world, or `None` in worlds without noise and shake."""
    return Camera(spec) if spec.noise or spec.shake else None


def _mix(words: Words) -> Words:
    """Mix 64 bits well (the finaliser of SplitMix64, Steele et al. 2014)."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))
