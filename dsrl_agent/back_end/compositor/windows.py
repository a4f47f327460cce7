"""Cut windows around the places of a grid out of images, without copying."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

_BESIDE = [(down, right) for down in range(3) for right in range(3) if (down, right) != (1, 1)]


@dataclass(frozen=True)
class Windows:
    """Windows of one size around places at equal distances."""

    pitch: tuple[int, int]  # height and width of a place, in pixels
    origin: tuple[int, int]  # top and left edge of place (0, 0)
    shape: tuple[int, int]  # rows and columns of places
    frame: tuple[int, int]  # height and width of the images
    margin: int  # pixels around a place

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of a window."""
        return self.pitch[0] + 2 * self.margin, self.pitch[1] + 2 * self.margin

    @property
    def own(self) -> tuple[slice, slice]:
        """The place's own pixels in its window."""
        (height, width), margin = self.pitch, self.margin
        return slice(margin, margin + height), slice(margin, margin + width)

    def core(self, share: float) -> tuple[slice, slice]:
        """Return the middle of the place in its window: a share of its sides."""
        rims = [self.margin + round(side * (1 - share) / 2) for side in self.pitch]
        height, width = self.size
        return slice(rims[0], height - rims[0]), slice(rims[1], width - rims[1])

    def of(self, images: NDArray[Any]) -> NDArray[Any]:
        """Return a view `[B, rows, cols, h, w, C]` of the windows in images `[B, H, W, C]`.

        Beyond the images' edges there are zeros.
        """
        padded = with_rim(images, self.margin) if self.margin else images
        (top, left), (rows, cols), (height, width) = self.origin, self.shape, self.pitch
        first = padded[:, top:, left:]
        batch, down, right, channel = padded.strides
        shape = (len(images), rows, cols, *self.size, images.shape[3])
        strides = (batch, down * height, right * width, down, right, channel)
        return as_strided(first, shape, strides, writeable=False)

    def inside(self) -> NDArray[np.float32]:
        """Return which pixels of the windows lie in the image, `[rows, cols, h, w]`."""
        return np.array(self.of(np.ones((1, *self.frame, 1), np.float32))[0, ..., 0])


def most_beside(values: NDArray[Any]) -> NDArray[Any]:
    """Return the greatest of the values at the 8 places around each place, `[B, rows, cols]`.

    Of flags, that is whether any is set. Beyond the edges there are zeros.
    """
    _, rows, cols = values.shape
    wide, most = with_rim(values, 1), np.zeros_like(values)
    for down, right in _BESIDE:
        np.maximum(most, wide[:, down : down + rows, right : right + cols], out=most)
    return most


def with_rim(images: NDArray[Any], margin: int) -> NDArray[Any]:
    """Return images `[B, H, W, ...]` with zeros around them, which `np.pad` takes longer for."""
    count, height, width, *rest = images.shape
    padded = np.zeros((count, height + 2 * margin, width + 2 * margin, *rest), images.dtype)
    padded[:, margin : margin + height, margin : margin + width] = images
    return padded
