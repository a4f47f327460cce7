"""The shapes: each an outline as a function of position, so that it can be drawn at any size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float64]
Ink = NDArray[np.bool_]


class Shape(NamedTuple):
    """A shape a person can tell from the others.

    Attributes:
        inside: Takes x (right) and y (down) in [-1, 1] over a cell; says where there is ink.
        letter: How the shape is written on an ASCII board.
        colour: RGB, from Okabe & Ito's palette for colour-blind readers and lighter kin of it.
    """

    inside: Callable[[Plane, Plane], Ink]
    letter: str
    colour: tuple[int, int, int]


def _ball(x: Plane, y: Plane, radius: float) -> Ink:
    return np.asarray(x**2 + y**2 <= radius**2)


def _box(x: Plane, y: Plane, half_width: float, half_height: float) -> Ink:
    return np.asarray((np.abs(x) <= half_width) & (np.abs(y) <= half_height))


def _plus(x: Plane, y: Plane) -> Ink:
    return _box(x, y, 0.78, 0.24) | _box(x, y, 0.24, 0.78)


def _cross(x: Plane, y: Plane) -> Ink:
    along, across = (x + y) / np.sqrt(2.0), (x - y) / np.sqrt(2.0)
    return (_box(along, across, 1.1, 0.24) | _box(along, across, 0.24, 1.1)) & _box(x, y, 0.8, 0.8)


def _triangle(x: Plane, y: Plane) -> Ink:
    return np.asarray((y <= 0.68) & (np.abs(x) <= (y + 0.8) * 0.54))


def _star(x: Plane, y: Plane) -> Ink:
    angle = np.arctan2(x, -y)
    # Five points: the radius falls linearly from a tip to the notch half a fifth away.
    phase = np.abs((angle / (2 * np.pi / 5) + 0.5) % 1.0 - 0.5) * 2
    return np.asarray(np.hypot(x, y) <= 0.86 - 0.52 * phase)


def _heart(x: Plane, y: Plane) -> Ink:
    u, v = x * 1.35, -(y * 1.35) + 0.12
    return np.asarray((u**2 + v**2 - 0.9) ** 3 <= u**2 * v**3 * 1.4)


SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "plus": Shape(_plus, "+", (245, 245, 245)),
        "circle": Shape(lambda x, y: _ball(x, y, 0.72), "o", (213, 94, 0)),
        "cross": Shape(_cross, "x", (86, 180, 233)),
        "square": Shape(lambda x, y: _box(x, y, 0.64, 0.64), "s", (240, 228, 66)),
        "triangle": Shape(_triangle, "t", (0, 158, 115)),
        "diamond": Shape(
            lambda x, y: np.asarray(np.abs(x) + np.abs(y) <= 0.86), "d", (204, 121, 167)
        ),
        "ring": Shape(lambda x, y: _ball(x, y, 0.8) & ~_ball(x, y, 0.45), "r", (230, 159, 0)),
        "star": Shape(_star, "*", (255, 255, 160)),
        "frame": Shape(
            lambda x, y: _box(x, y, 0.74, 0.74) & ~_box(x, y, 0.4, 0.4), "f", (0, 114, 178)
        ),
        "bar": Shape(lambda x, y: _box(x, y, 0.8, 0.28), "-", (150, 220, 150)),
        "pillar": Shape(lambda x, y: _box(x, y, 0.28, 0.8), "i", (190, 160, 240)),
        "heart": Shape(_heart, "h", (240, 100, 120)),
        "crescent": Shape(
            lambda x, y: _ball(x, y, 0.78) & ~_ball(x - 0.42, y, 0.66), "c", (200, 200, 110)
        ),
        "hourglass": Shape(
            lambda x, y: np.asarray((np.abs(x) <= np.abs(y) * 0.95) & (np.abs(y) <= 0.74)),
            "z",
            (120, 210, 220),
        ),
        "wedge": Shape(
            lambda x, y: np.asarray((x >= -0.7) & (y <= 0.7) & (y >= x)), "w", (225, 170, 140)
        ),
        "stairs": Shape(
            lambda x, y: (_box(x, y + 0.37, 0.74, 0.37) & (x >= 0)) | _box(x, y - 0.37, 0.74, 0.37),
            "b",
            (160, 160, 160),
        ),
    }
)
"""Every shape by name. The agent's comes first; there are 15 for objects."""

AGENT_SHAPE = "plus"


def coverage(shape: str, size: int, samples: int = 8) -> NDArray[np.float64]:
    """Return how much of each pixel a shape covers, by supersampling: antialiasing.

    Args:
        shape: A name in `SHAPES`.
        size: Side of the cell in pixels.
        samples: Sub-samples along each side of a pixel.

    Returns:
        `float64 [size, size]` in [0, 1].
    """
    count = size * samples
    axis = (np.arange(count) + 0.5) / count * 2.0 - 1.0
    ink = SHAPES[shape].inside(axis[None, :], axis[:, None])
    blocks = np.broadcast_to(ink, (count, count)).reshape(size, samples, size, samples)
    return np.asarray(blocks.mean(axis=(1, 3)))
