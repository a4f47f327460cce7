"""Define who reads pictures of objects without a grid: the rows of `dsrl study objects`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np
from scipy import ndimage

from dsrl_agent.errors import PerceptionError
from dsrl_agent.evaluation.object_metrics import ObjectMasks
from dsrl_agent.experiments.studies.free_scenes import FreeSceneReader
from dsrl_agent.experiments.studies.free_sprites import FreeSprites, clear_coverage
from dsrl_agent.experiments.studies.smooth_colours import noise_of
from dsrl_agent.types import Floats, Frame, Ints

_DIFFERS = 24.0  # distance of colours, of 255, from which on two pixels are not of one area
_LEAST = 6  # pixels of an area that is an object
_PICTURE = 16  # pixels of a side of the pictures that shapes are compared in
_ALIKE = 0.8  # intersection over union of pictures of one type


class ObjectReader(Protocol):
    """Learns from pictures alone, and gives the masks and the types of their objects."""

    def fit(self, frames: Frame, seed: int) -> None:
        """Learn from pictures `uint8 [N, H, W, 3]`."""

    def read(self, frames: Frame) -> list[ObjectMasks]:
        """Return the objects of pictures `uint8 [N, H, W, 3]`."""


class ColourAreas:
    """A reader without a model: objects are connected areas of one colour.

    A type is a set of areas whose pictures, brought to one size, overlap the type's first one. An
    area cut in two by another is two objects, so hidden objects are read wrongly.
    """

    def __init__(self) -> None:
        self._types: list[Floats] = []

    def fit(self, frames: Frame, seed: int) -> None:
        """Gather a picture of each type."""
        self._types = []
        for frame in frames:
            mask = _areas(frame)
            for number in range(1, int(mask.max()) + 1):
                picture = _picture(mask == number)
                if self._type_of(picture) is None:
                    self._types.append(picture)

    def read(self, frames: Frame) -> list[ObjectMasks]:
        """Return areas with their types; 0 is the type of those like none seen before."""
        found = []
        for frame in frames:
            mask = _areas(frame)
            pictures = [_picture(mask == number) for number in range(1, int(mask.max()) + 1)]
            types = (self._type_of(picture) for picture in pictures)
            found.append(ObjectMasks(mask, tuple(0 if t is None else 1 + t for t in types)))
        return found

    def _type_of(self, picture: Floats) -> int | None:
        if not self._types:
            return None
        known = np.stack(self._types)
        both = np.minimum(known, picture).sum(axis=(1, 2))
        either = np.maximum(known, picture).sum(axis=(1, 2))
        alike = both / np.maximum(either, 1)  # a thin area may have an empty picture
        best = int(np.argmax(alike))
        return best if alike[best] > _ALIKE else None


class FreeScenes:
    """A reader by a generative model of scenes: sprites at free places, sizes, turns and depths.

    Its objective is that of the agent's own model: pixels under measured noise, and the nats that
    latents cost. Floors and things may have colours that change evenly.
    """

    def __init__(self) -> None:
        self._reader: FreeSceneReader | None = None

    def fit(self, frames: Frame, seed: int) -> None:
        """Measure the noise, and learn sprites from objects that nothing touches.

        Raises:
            PerceptionError: Every object touches another one.
        """
        noise = noise_of(frames)
        found = [each for frame in frames for each in clear_coverage(frame / 255, noise)]
        if not found:
            raise PerceptionError(
                f"In {len(frames)} pictures no object stands alone, so no shape can be learned; "
                "give more pictures."
            )
        self._reader = FreeSceneReader(FreeSprites(found), noise, frames.shape[1:3])

    def read(self, frames: Frame) -> list[ObjectMasks]:
        """Return the objects of pictures; what no sprite explains has type 0."""
        assert self._reader is not None
        reader = self._reader
        return [reader.masks(reader.read(frame / 255)) for frame in frames]


READERS: Mapping[str, Callable[[], ObjectReader]] = {
    "areas of one colour": ColourAreas,
    "scenes": FreeScenes,
}
"""The readers by name; each call makes one that has learned nothing."""


def _areas(frame: Frame) -> Ints:
    """Return the connected areas of one colour, numbered, but the background, the largest."""
    colours = frame.astype(np.float64)
    usual = np.median(np.concatenate([colours[0], colours[-1], colours[:, 0], colours[:, -1]]), 0)
    left = np.linalg.norm(colours - usual, axis=2) > _DIFFERS
    mask = np.zeros(frame.shape[:2], np.int64)
    while left.any():
        # The most frequent colour of those left: edges mix colours, and are rarer.
        shades, counts = np.unique(frame[left], axis=0, return_counts=True)
        colour = shades[counts.argmax()].astype(np.float64)
        own = left & (np.linalg.norm(colours - colour, axis=2) <= _DIFFERS)
        labels, count = ndimage.label(own)
        for label in range(1, count + 1):
            area = labels == label
            if area.sum() >= _LEAST:
                mask[area] = mask.max() + 1
        left &= ~own
    return mask


def _picture(area: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Floats:
    """Return an area's bounding box, brought to one size with its proportions: `[16, 16]`."""
    (rows, cols) = (np.flatnonzero(area.any(axis=axis)) for axis in (1, 0))
    box = area[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1].astype(np.float64)
    side = max(box.shape)
    gaps = [((side - size) // 2, side - size - (side - size) // 2) for size in box.shape]
    square = np.pad(box, gaps)
    places = np.minimum(((np.arange(_PICTURE) + 0.5) * side / _PICTURE).astype(int), side - 1)
    return np.asarray(square[np.ix_(places, places)])
