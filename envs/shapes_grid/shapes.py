"""Define the shapes: outlines as functions of position, to be drawn at any size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float64]
Ink = NDArray[np.bool_]
Role = Literal["object", "lethal", "wall", "box", "key", "door", "gate", "switch", "pressed"]


class Shape(NamedTuple):
    """A shape that a person can tell from the others.

    Colours are from Okabe & Ito's palette for colour-blind readers, and lighter kin of it.
    """

    inside: Callable[[Plane, Plane], Ink]  # ink at x (right), y (down) in [-1, 1] over a cell
    letter: str  # the shape's letter on an ASCII board
    colour: tuple[int, int, int]  # RGB
    role: Role = "object"  # the effect of touching the shape, unless a world sets another one


def _ball(x: Plane, y: Plane, radius: float) -> Ink:
    return np.asarray(x**2 + y**2 <= radius**2)


def _box(x: Plane, y: Plane, half_width: float, half_height: float) -> Ink:
    return np.asarray((np.abs(x) <= half_width) & (np.abs(y) <= half_height))


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


def _tee(x: Plane, y: Plane) -> Ink:
    return _box(x, y + 0.52, 0.76, 0.24) | _box(x, y - 0.1, 0.22, 0.84)


def _arrow(turns: int) -> Callable[[Plane, Plane], Ink]:
    """Return an arrowhead that points up, turned to the right by a number of quarter turns."""

    def inside(x: Plane, y: Plane) -> Ink:
        for _ in range(turns):
            x, y = y, -x
        return np.asarray((np.abs(x) <= (y + 0.82) * 0.5) & (y <= 0.72 - (0.6 - np.abs(x) * 0.6)))

    return inside


def _slope(turns: int) -> Callable[[Plane, Plane], Ink]:
    """Return a bar along a diagonal: from the lower left, or turned by a quarter turn."""

    def inside(x: Plane, y: Plane) -> Ink:
        across, along = (x - y, x + y) if turns else (x + y, x - y)
        return _box(across, along, 0.36, 1.5) & _box(x, y, 0.8, 0.8)

    return inside


def _house(x: Plane, y: Plane) -> Ink:
    roof = (y >= -0.8) & (y <= -0.05) & (np.abs(x) <= y + 0.8)
    return _box(x, y - 0.345, 0.6, 0.395) | roof


def _zed(x: Plane, y: Plane) -> Ink:
    stroke = (np.abs(x + y) <= 0.34) & _box(x, y, 0.74, 0.74)
    return _box(x, np.abs(y) - 0.58, 0.74, 0.16) | stroke


def _ess(x: Plane, y: Plane) -> Ink:
    return _box(x - 0.24, y + 0.32, 0.5, 0.32) | _box(x + 0.24, y - 0.32, 0.5, 0.32)


def _key(x: Plane, y: Plane) -> Ink:
    bow = _ball(x + 0.38, y, 0.4) & ~_ball(x + 0.38, y, 0.17)
    teeth = _box(x - 0.68, y - 0.2, 0.12, 0.32) | _box(x - 0.32, y - 0.2, 0.1, 0.26)
    return bow | _box(x - 0.34, y, 0.46, 0.12) | teeth


def _door(x: Plane, y: Plane) -> Ink:
    return _box(x, y, 0.72, 0.94) & ~_ball(x - 0.4, y, 0.17)


def _gate(x: Plane, y: Plane) -> Ink:
    bars = np.abs((x * 2.0) % 1.0 - 0.5) <= 0.22
    return (_box(x, y, 0.98, 0.94) & bars) | _box(x, np.abs(y) - 0.6, 0.98, 0.1)


def _crate(x: Plane, y: Plane) -> Ink:
    rim = _box(x, y, 0.86, 0.86) & ~_box(x, y, 0.64, 0.64)
    return rim | (_box(x, y, 0.86, 0.86) & (np.abs(x - y) <= 0.26))


def _bricks(x: Plane, y: Plane) -> Ink:
    shift = np.where(np.abs(y) <= 1 / 3, 0.0, 0.5)
    upright = np.abs((x + shift) % 1.0 - 0.5) >= 0.43
    level = np.abs((y * 1.5 + 0.5) % 1.0) <= 0.12
    return np.asarray(~(upright | level) & _box(x, y, 1.0, 1.0))


SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "plus": Shape(
            lambda x, y: _box(x, y, 0.78, 0.24) | _box(x, y, 0.24, 0.78), "+", (245, 245, 245)
        ),
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
        "tee": Shape(_tee, "y", (170, 210, 255)),
        "ell": Shape(
            lambda x, y: _box(x + 0.46, y, 0.27, 0.76) | _box(x, y - 0.49, 0.73, 0.27),
            "l",
            (140, 60, 200),
        ),
        "arch": Shape(
            lambda x, y: _box(x, y, 0.74, 0.74) & ~_box(x, y - 0.4, 0.3, 0.7), "n", (60, 200, 60)
        ),
        "cup": Shape(
            lambda x, y: _box(x, y, 0.74, 0.74) & ~_box(x, y + 0.4, 0.3, 0.7), "u", (200, 40, 40)
        ),
        "house": Shape(_house, "H", (90, 90, 220)),
        "checks": Shape(
            lambda x, y: np.asarray(_box(x, y, 0.74, 0.74) & (x * y > 0)), "%", (255, 120, 40)
        ),
        "slash": Shape(_slope(0), "/", (20, 130, 130)),
        "backslash": Shape(_slope(1), "\\", (170, 240, 60)),
        "zed": Shape(_zed, "Z", (255, 180, 220)),
        "dots": Shape(
            lambda x, y: _ball(np.abs(x) - 0.42, np.abs(y) - 0.42, 0.3), ":", (150, 80, 30)
        ),
        "equals": Shape(lambda x, y: _box(x, np.abs(y) - 0.46, 0.74, 0.24), "=", (250, 60, 180)),
        "rails": Shape(lambda x, y: _box(np.abs(x) - 0.46, y, 0.24, 0.74), "|", (60, 230, 190)),
        "dome": Shape(lambda x, y: _ball(x, y - 0.36, 0.8) & (y <= 0.36), "a", (150, 150, 60)),
        "chevron": Shape(
            lambda x, y: np.asarray((np.abs(y + 0.12 - np.abs(x)) <= 0.34) & (np.abs(x) <= 0.76)),
            "A",
            (110, 140, 170),
        ),
        "bow": Shape(
            lambda x, y: np.asarray((np.abs(y) <= np.abs(x) * 0.95) & (np.abs(x) <= 0.74)),
            "8",
            (200, 110, 60),
        ),
        "target": Shape(
            lambda x, y: _ball(x, y, 0.8) & ~_ball(x, y, 0.52) | _ball(x, y, 0.26),
            "@",
            (190, 250, 210),
        ),
        "ess": Shape(_ess, "5", (100, 170, 90)),
        # Parts of a world besides objects.
        "wall": Shape(_bricks, "#", (112, 104, 100), "wall"),
        "box": Shape(_crate, "B", (176, 122, 70), "box"),
        "key": Shape(_key, "k", (255, 215, 90), "key"),
        "door": Shape(_door, "D", (150, 90, 50), "door"),
        "gate": Shape(_gate, "G", (140, 150, 165), "gate"),
        "switch": Shape(
            lambda x, y: _box(x, y, 0.84, 0.84) & ~_ball(x, y, 0.6) | _ball(x, y, 0.3),
            "S",
            (120, 130, 200),
            "switch",
        ),
        "pressed": Shape(
            lambda x, y: _box(x, y, 0.84, 0.84) & ~_ball(x, y, 0.6), "p", (70, 80, 110), "pressed"
        ),
        # Agents that face up, right, down, left.
        "facing up": Shape(_arrow(0), "^", (245, 245, 245)),
        "facing right": Shape(_arrow(1), ">", (245, 245, 245)),
        "facing down": Shape(_arrow(2), "v", (245, 245, 245)),
        "facing left": Shape(_arrow(3), "<", (245, 245, 245)),
    }
)
"""Every shape by name: the agent, 32 objects, 7 parts of worlds, 4 agents that face a direction."""

AGENT_SHAPE = "plus"
FACING_SHAPES = ("facing up", "facing right", "facing down", "facing left")
AGENT_SHAPES = (AGENT_SHAPE, *FACING_SHAPES)
WALL, PRESSED = "wall", "pressed"
OBJECT_SHAPES = tuple(
    name for name, shape in SHAPES.items() if shape.role == "object" and name not in AGENT_SHAPES
)
"""The 32 shapes of objects."""

MOST_PARTS = 3
_SLANT = 0.3  # of the lines between parts: no symmetry of a shape makes its parts alike
_BETWEEN = {1: (), 2: (0.0,), 3: (-0.22, 0.22)}  # heights of those lines above a cell's middle


def part_at(x: Plane, y: Plane, parts: int) -> NDArray[np.intp]:
    """Return which of an object's parts each point belongs to, from 0; see `WorldSpec.parts`."""
    return np.asarray(np.digitize(y + _SLANT * x, _BETWEEN[parts]), np.intp)


PALETTE = (
    (230, 159, 0),
    (86, 180, 233),
    (0, 158, 115),
    (240, 228, 66),
    (0, 114, 178),
    (213, 94, 0),
    (204, 121, 167),
    (200, 200, 200),
)
"""Okabe & Ito's colours, which colour-blind readers tell apart, with a grey for their black."""
