"""Compare shapes whatever their place, size and, if they turn freely, their turn.

A shape is sampled in polar coordinates about its centre of mass, with the square root of its area
as the unit of length. A turn is then a shift along the angle.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.ndimage import map_coordinates

from dsrl_agent.types import Floats, Ints

_RADII, _ANGLES = 12, 64  # samples
FARTHEST = 1.3
"""The largest radius of a shape, as a multiple of the square root of its area."""
_ALIKE = 0.03  # difference of shapes of one type; a heart and a square differ by 0.06
_FEWEST = 2  # shapes that make a type
_QUARTERS = 4  # a shape seen in more turns than these turns freely


class PolarShape(NamedTuple):
    """A shape about its centre of mass."""

    samples: Floats  # [_RADII, _ANGLES]: coverage
    size: float  # square root of the area, in pixels


class ShapeTypes(NamedTuple):
    """The types of shapes."""

    shapes: Floats  # [K, _RADII, _ANGLES]: mean samples
    turns: bool  # whether shapes turn freely
    sizes: tuple[float, float]  # the least and the largest size, in pixels

    def is_like(self, difference: float) -> bool:
        """Return whether a shape with this difference from a type is of the type."""
        return difference < _ALIKE

    def nearest(self, shape: PolarShape) -> tuple[int, float]:
        """Return the type nearest to a shape, and their difference as a share."""
        away = differences(shape.samples, self.shapes, self.turns)[0]
        best = int(away.argmin())
        return best, float(away[best])

    def drawn(self, kind: int, size: float, turn: float, side: int) -> Floats:
        """Return the coverage `[side, side]` of a type about the middle of a picture."""
        steps = np.arange(side) - (side - 1) / 2
        down, right = np.meshgrid(steps, steps, indexing="ij")
        radius = np.hypot(down, right) / size / FARTHEST * _RADII - 0.5
        angle = (np.arctan2(down, right) - turn) % (2 * np.pi) / (2 * np.pi) * _ANGLES
        wrapped = np.concatenate([self.shapes[kind], self.shapes[kind][:, :1]], axis=1)
        where = [radius.clip(0, None), angle]
        return np.asarray(map_coordinates(wrapped, where, order=1, mode="constant"))


def polar(coverage: Floats) -> PolarShape:
    """Return the shape of an object that covers pixels `[H, W]`."""
    area = float(coverage.sum())
    size = float(np.sqrt(area))
    rows, cols = (np.arange(length) for length in coverage.shape)
    middle = [(coverage.sum(axis=1) @ rows) / area, (coverage.sum(axis=0) @ cols) / area]
    radii = (np.arange(_RADII) + 0.5) / _RADII * FARTHEST * size
    angles = np.arange(_ANGLES) / _ANGLES * 2 * np.pi
    down, right = np.outer(radii, np.sin(angles)), np.outer(radii, np.cos(angles))
    where = [middle[0] + down, middle[1] + right]
    return PolarShape(map_coordinates(coverage, where, order=1, mode="constant"), size)


def differences(one: Floats, others: Floats, turns: bool) -> tuple[Floats, Ints]:
    """Return how much others `[K, radii, angles]` differ from a shape, and by which turn.

    The difference is squared, over the area, as a share of the sum of both squares. The turn is a
    number of steps along the angle.
    """
    weights = (np.arange(_RADII) + 0.5)[:, None]
    squares = (weights * np.square(others)).sum(axis=(1, 2))
    total = squares + float((weights * np.square(one)).sum())
    shifts = np.fft.rfft(weights * one, axis=1) * np.conj(np.fft.rfft(others, axis=2))
    match = np.fft.irfft(shifts.sum(axis=1), n=_ANGLES, axis=1)  # [K, angles]
    if not turns:
        match = match[:, :1]
    best = match.argmax(axis=1)
    away = (total - 2 * match[np.arange(len(others)), best]) / total
    return away, best


def turn_between(shape: PolarShape, types: ShapeTypes, kind: int) -> float:
    """Return by which angle, in radians, a shape is turned from its type."""
    _, steps = differences(shape.samples, types.shapes[kind][None], types.turns)
    return float(steps[0]) / _ANGLES * 2 * np.pi


def find_types(found: list[PolarShape]) -> ShapeTypes:
    """Return the types of shapes, which turn freely if they do so in more than quarter turns."""
    fixed, turned = (_groups(found, turns) for turns in (False, True))
    turns = len(fixed) > _QUARTERS * len(turned)
    types = ShapeTypes(np.stack(turned if turns else fixed), turns, (0.0, 0.0))
    sizes = [shape.size for shape in found if types.nearest(shape)[1] < _ALIKE]
    return types._replace(sizes=(min(sizes), max(sizes)))


def _groups(found: list[PolarShape], turns: bool) -> list[Floats]:
    """Return the mean shape of each group of like shapes, the largest give exemplars first."""
    left = sorted(range(len(found)), key=lambda number: -found[number].size)
    samples = np.stack([shape.samples for shape in found])
    means, single = list[Floats](), list[Floats]()
    while left:
        away, shifts = differences(samples[left[0]], samples[left], turns)
        own = away < _ALIKE
        turned = [
            np.roll(samples[left[k]], int(shifts[k]), axis=1) for k in np.flatnonzero(own).tolist()
        ]
        (means if len(turned) >= _FEWEST else single).append(np.mean(turned, axis=0))
        left = [number for number, mine in zip(left, own, strict=True) if not mine]
    return means or single  # a few pictures may show each shape once
