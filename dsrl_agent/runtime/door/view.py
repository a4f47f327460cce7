"""Convert one observation into an RGB frame by a fixed recipe."""

from __future__ import annotations

import colorsys
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.types import Floats, Frame

Layout = Literal["rgb", "grey", "rgba", "planes"]

_LEVELS = 255.0  # the highest grey level
_LONGEST = 4096  # pixels of a cell, a factor or a corner in a file
# Of a cell's colour: what its uppermost plane gives; the lower planes share the rest.
_TOP_SHARE = 0.7
_SHADES = (1.0, 0.7)  # brightness of the colours of even and of odd planes


@dataclass(frozen=True)
class View:
    """A recipe from an environment's observations, or its rendered pictures, to frames.

    Attributes:
        rendered: Whether the picture that `render()` draws replaces the observation.
        path: The keys that lead to the array in a Dict or Tuple; empty for an array.
        layout: The meaning of the array's axes: `rgb [H, W, 3]`, `grey [H, W]` or `[H, W, 1]`,
            `rgba [H, W, 4]` or `planes [H, W, C]`.
        channels_first: Whether the colours or planes are the first axis in place of the last.
        scale: The factor from the array's values to grey levels; planes are not scaled.
        cell: Pixels of a side of the square that shows one cell of planes.
        factor: Pixels of a side of the square whose mean becomes one pixel.
        corner: The row and column at which the first of these squares begins.
    """

    rendered: bool = False
    path: tuple[str | int, ...] = ()
    layout: Layout = "rgb"
    channels_first: bool = False
    scale: float = 1.0
    cell: int = 1
    factor: int = 1
    corner: tuple[int, int] = (0, 0)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return a recipe that `to_json` wrote.

        Raises:
            ValueError, TypeError, KeyError: It is none.
        """
        values = dict(stored)
        values["path"], values["corner"] = tuple(values["path"]), tuple(values["corner"])
        view = cls(**values)
        whole = (view.cell, view.factor, *view.corner)
        sound = (
            {type(view.rendered), type(view.channels_first)} == {bool}
            and view.layout in get_args(Layout)
            and isinstance(view.scale, int | float)
            and 0 < view.scale <= _LEVELS
            and all(type(number) is int and 0 <= number <= _LONGEST for number in whole)
            and min(view.cell, view.factor) >= 1
            and len(view.corner) == 2
        )
        if not sound:
            raise ValueError(f"{dict(stored)!r} is no recipe for frames")
        return view

    def to_json(self) -> dict[str, Any]:
        """Return the recipe as JSON data."""
        return dataclasses.asdict(self)

    @property
    def plain(self) -> bool:
        """Whether observations are frames already, so that a copy is all that is made."""
        return self == _PLAIN

    def array(self, observation: Any) -> Any:
        """Return the part of an observation that holds the image."""
        for key in self.path:
            observation = observation[key]
        return observation

    def frame(self, image: NDArray[Any]) -> Frame:
        """Return the frame `uint8 [H, W, 3]` of an image; it shares no memory with the image."""
        if self.plain:
            return np.array(image, np.uint8, order="C")
        if self.channels_first:
            image = np.moveaxis(image, 0, -1)
        return self._reduced(self._coloured(image))

    def _coloured(self, image: NDArray[Any]) -> Frame:
        """Return an image with the colours last as `uint8 [H, W, 3]`."""
        if self.layout == "planes":
            colours = _mixed(image)
            return colours.repeat(self.cell, axis=0).repeat(self.cell, axis=1)
        levels = image
        if self.scale != 1.0 or image.dtype != np.uint8:
            scaled = np.rint(np.asarray(image, np.float64) * self.scale)
            levels = scaled.clip(0, _LEVELS).astype(np.uint8)
        if self.layout == "grey":
            return np.repeat(levels.reshape(*levels.shape[:2], 1), 3, axis=2)
        if self.layout == "rgba":
            opacity = levels[..., 3:] / _LEVELS
            return np.asarray(np.rint(levels[..., :3] * opacity).astype(np.uint8))
        return np.array(levels, np.uint8, order="C")

    def _reduced(self, frame: Frame) -> Frame:
        """Return a frame with every square of `factor` pixels as their mean."""
        return reduced(frame, self.factor, self.corner)


_PLAIN = View()


def reduced(frame: Frame, factor: int, corner: tuple[int, int]) -> Frame:
    """Return the mean of every whole `factor` x `factor` square of `frame [H, W, 3]`.

    The squares begin at `corner`, a row and a column. Pixels outside whole squares are left out.
    """
    if factor == 1:
        return frame
    cut = frame[corner[0] :, corner[1] :]
    rows, cols = cut.shape[0] // factor, cut.shape[1] // factor
    bands = cut[: rows * factor, : cols * factor].reshape(rows, factor, cols * factor * 3)
    # One axis after the other, in long runs: a sum over both at once takes 20 times as long.
    tall = bands.sum(axis=1, dtype=np.uint32).reshape(rows, cols, factor, 3)
    sums = tall[:, :, 0].copy()
    for column in range(1, factor):
        sums += tall[:, :, column]
    area = factor * factor
    means: Frame = ((sums + area // 2) // area).astype(np.uint8)
    return means


def _mixed(planes: NDArray[Any]) -> Frame:
    """Return the colours `uint8 [H, W, 3]` of planes `[H, W, C]` with values 0 to 1.

    The uppermost plane that is set in a cell gives most of its colour, so that every set of planes
    has a colour of its own. An empty cell is black.
    """
    values = np.clip(np.asarray(planes, np.float64), 0.0, 1.0)
    count = values.shape[2]
    top = count - 1 - np.argmax(values[..., ::-1] > 0, axis=2)
    highest = np.arange(count) == top[..., None]
    weights = np.where(highest, _TOP_SHARE, (1 - _TOP_SHARE) / max(1, count - 1)) * values
    alone = np.count_nonzero(values, axis=2) == 1
    weights[alone] /= _TOP_SHARE
    return np.rint(weights @ _palette(count)).clip(0, _LEVELS).astype(np.uint8)


@cache
def _palette(count: int) -> Floats:
    """Return `count` colours `[count, 3]`, 0 to 255, of evenly spaced hues."""
    shades = [_SHADES[index % 2] for index in range(count)]
    hues = (colorsys.hsv_to_rgb(i / count, 1.0, shade) for i, shade in enumerate(shades))
    return np.array(list(hues)) * _LEVELS
