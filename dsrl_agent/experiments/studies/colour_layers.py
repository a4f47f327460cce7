"""Take pictures of objects of one colour each apart into layers, one for each colour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from dsrl_agent.types import Floats, Frame, Ints

_DIFFERS = 24.0  # distance of colours, of 255, from which on two are not one
_PURE = 8.0  # distance within which a pixel has a colour, unmixed
_APART = 1  # pixels around an object in which nothing else stands


class ColourLayers(NamedTuple):
    """The layers of a picture; number 0 is the background."""

    labels: Ints  # [H, W]: the layer of each pixel
    colours: Floats  # [K, 3]

    @property
    def layers(self) -> int:
        """The number of layers, with the background."""
        return len(self.colours)


class ClearObject(NamedTuple):
    """An object beside which nothing else stands."""

    coverage: Floats  # [H, W]: the share of each pixel that it covers, 0 elsewhere


def colour_layers(frame: Frame) -> ColourLayers:
    """Return the layers of a picture `uint8 [H, W, 3]`: its colours, the most frequent ones first.

    Pixels at edges mix colours. They are of the nearest colour among those of their neighbours.
    """
    values = frame.astype(np.float64)
    colours = _colours(frame)
    away = np.linalg.norm(values[:, :, None] - colours, axis=3)
    pure = away <= _PURE
    near = ndimage.maximum_filter(pure, size=(3, 3, 1))
    known = np.where(near, away, np.inf)
    labels = np.where(near.any(axis=2), known.argmin(axis=2), away.argmin(axis=2))
    return ColourLayers(labels, colours)


def clear_objects(frame: Frame, layers: ColourLayers) -> Iterator[ClearObject]:
    """Yield the objects of a picture that touch neither another one nor the picture's edge."""
    background = layers.colours[0]
    for number in range(1, layers.layers):
        areas, count = ndimage.label(layers.labels == number)
        away = layers.colours[number] - background
        covered = ((frame - background) @ away / float(away @ away)).clip(0, 1)
        for area in range(1, count + 1):
            own = areas == area
            around = ndimage.binary_dilation(own, iterations=_APART, structure=np.ones((3, 3)))
            if not _at_edge(around) and not layers.labels[around & ~own].any():
                yield ClearObject(np.where(around, covered, 0.0))


def _colours(frame: Frame) -> Floats:
    """Return the colours `[K, 3]` of areas; the first is that of the picture's edge.

    An area has a block of 2 x 2 pixels of its colour. Mixed colours at edges may occur in many
    pixels, but in rows of single ones.
    """
    sides = np.concatenate([frame[0], frame[-1], frame[:, 0], frame[:, -1]])
    found = [np.median(sides, axis=0)]
    values = frame.astype(np.int64)
    corners = np.stack([values[:-1, :-1], values[1:, :-1], values[:-1, 1:], values[1:, 1:]])
    even = (np.ptp(corners, axis=0) <= _PURE).all(axis=2)
    shades, counts = np.unique(corners[0][even], axis=0, return_counts=True)
    for shade in shades[np.argsort(-counts, kind="stable")].astype(np.float64):
        if min(np.linalg.norm(shade - each) for each in found) > _DIFFERS:
            found.append(shade)
    return np.stack(found)


def _at_edge(area: NDArray[np.bool_]) -> bool:
    return bool(area[0].any() or area[-1].any() or area[:, 0].any() or area[:, -1].any())
