"""Find the images in an observation space, and tell pixels from symbols."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from dsrl_agent.config import DoorThresholds
from dsrl_agent.runtime.door.view import View

_COLOURS = (1, 3, 4)  # channels of a grey, an RGB and an RGBA image
_LEVELS = 255.0
_LEAST_SIDE = 2  # pixels of an image in one colour, or of planes


class Image(NamedTuple):
    """An array among the observations that has the form of an image."""

    view: View  # the recipe that makes frames of the array
    box: spaces.Box  # the array's space


def images_in(space: spaces.Space[Any], path: tuple[str | int, ...] = ()) -> Iterator[Image]:
    """Yield the arrays of an observation space that have the form of an image."""
    if isinstance(space, spaces.Box):
        view = _view_of(space, path)
        if view is not None:
            yield Image(view, space)
    elif isinstance(space, spaces.Dict):
        for key, part in space.spaces.items():
            yield from images_in(part, (*path, key))
    elif isinstance(space, spaces.Tuple):
        for index, part in enumerate(space.spaces):
            yield from images_in(part, (*path, index))


def holds_symbols(image: NDArray[Any], thresholds: DoorThresholds) -> bool:
    """Return whether an array in the form of a small image holds symbols in place of pixels.

    Only a few low numbers occur then. MiniGrid's observations are arrays `uint8 [7, 7, 3]` of
    numbers for objects, colours and states.
    """
    return bool((image < thresholds.symbol_levels).all()) and bool((image > 1).any())


def _view_of(box: spaces.Box, path: tuple[str | int, ...]) -> View | None:
    """Return the recipe for the arrays of a space, or None if they are no images."""
    low, high = float(box.low.min(initial=0)), float(box.high.max(initial=0))
    if len(box.shape) not in (2, 3) or low < 0 or high > _LEVELS or 0 in box.shape:
        return None
    binary = high <= 1.0
    scale = _LEVELS if binary else 1.0
    if len(box.shape) == 2:
        return View(path=path, layout="grey", scale=scale) if _is_wide(box.shape) else None
    first, last = box.shape[0], box.shape[2]
    if binary and last > 1 and (box.dtype == np.bool_ or last not in _COLOURS):
        return View(path=path, layout="planes") if _is_wide(box.shape[:2]) else None
    if last == 3 or (last in _COLOURS and _is_wide(box.shape[:2])):
        return View(path=path, layout=_LAYOUTS[last], scale=scale)
    if first in _COLOURS[:2] and _is_wide(box.shape[1:]):
        return View(path=path, layout=_LAYOUTS[first], channels_first=True, scale=scale)
    return None


_LAYOUTS: dict[int, Any] = {1: "grey", 3: "rgb", 4: "rgba"}


def _is_wide(sides: tuple[int, ...]) -> bool:
    return min(sides) >= _LEAST_SIDE
