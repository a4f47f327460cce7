"""Learn sprites from objects that nothing touches, and place them anywhere, in any size and turn.

A sprite is a picture of coverage about a shape's centre of mass, whose unit is the square root of
the shape's area. A placed sprite covers a pixel by the mean of its samples there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from dsrl_agent.experiments.studies.smooth_colours import (
    Mask,
    floor_of,
    grown,
    most_frequent,
    smoothed,
)
from dsrl_agent.experiments.studies.turned_shapes import (
    FARTHEST,
    PolarShape,
    ShapeTypes,
    find_types,
    polar,
    turn_between,
)
from dsrl_agent.types import Floats

_SIDE = 96  # samples of a sprite along each axis
_SAMPLES = 2  # of a pixel along each axis
_LEAST = 6  # pixels of an object, and of its inner part
_EVEN = 0.97  # share of an object's inner pixels that have its colour
_SHARPNESS = 2.5  # slope that brings back edges in a first sprite
_MEMBERS = 40  # objects that a sprite is learned from
_ROUNDS, _REFITS = 9, 4  # rounds of learning, and those after which objects are placed anew
_RELAXATION = 1.5  # step of the reconstruction; it converges below 2
_TRIALS = (0.25, 0.25, 0.3, 0.03)  # changes that derivatives are measured by: pixels, radians
_MOST = (2.0, 2.0, 2.0, 0.3)  # the most that one step changes
_STEPS, _HALVINGS = 8, 4  # steps of a fit, and how often each is shortened
_SETTLED = 1e-4  # share of a loss by which a last step lowers it
_AROUND = np.ones((3, 3), np.bool_)


class FreePose(NamedTuple):
    """A sprite and where it is placed."""

    kind: int
    down: float  # pixels from the middle of the first one to the sprite's centre
    right: float
    size: float  # pixels
    turn: float  # radians


class Wanted(NamedTuple):
    """What the coverage of a placed sprite is to explain, pixel by pixel `[H, W]`.

    A coverage a leaves `energy * (coverage - a)^2 + rest` nats; more than `most` is not believed.
    """

    coverage: Floats
    energy: Floats
    rest: Floats
    most: float

    def shares(self, covered: Floats) -> Floats:
        """Return what a coverage leaves, as a share of the most."""
        return (self.energy * np.square(self.coverage - covered) + self.rest) / self.most


class FreeSprites:
    """The sprites of objects whose coverage is known, with their types.

    Attributes:
        types: Shapes by type.
        pictures: `[K, side, side]`: the sprites.
        edge: Error of drawing a pixel, as a share of how much the coverage changes about it.
    """

    def __init__(self, found: list[Floats]) -> None:
        shapes = [polar(coverage) for coverage in found]
        self.types: ShapeTypes = find_types(shapes)
        self.pictures = np.zeros((len(self.types.shapes), _SIDE, _SIDE))
        for kind, picture in enumerate(self.pictures):
            size = _SIDE / 2 / FARTHEST
            smooth = self.types.drawn(kind, size, 0.0, _SIDE)
            picture[:] = ((smooth - 0.5) * _SHARPNESS + 0.5).clip(0, 1)
        self.edge = self._learned(self._members(found, shapes))

    def draw(self, pose: FreePose, shape: tuple[int, ...]) -> Floats:
        """Return the coverage `[H, W]` of a placed sprite."""
        drawn, reach = np.zeros(shape), FARTHEST * pose.size
        box, axes = [], []
        for middle, length in zip(pose[1:3], shape, strict=True):
            first, last = max(0, int(middle - reach)), min(length, int(middle + reach) + 2)
            box.append(slice(first, last))
            steps = (np.arange(_SAMPLES) + 0.5) / _SAMPLES - 0.5
            axes.append((np.arange(first, last)[:, None] + steps).ravel() - middle)
        if all(len(axis) for axis in axes):
            down, right = np.meshgrid(*axes, indexing="ij")
            cos, sin = np.cos(pose.turn), np.sin(pose.turn)
            turned = (down * cos - right * sin, right * cos + down * sin)
            where = [(each / reach + 1) / 2 * _SIDE - 0.5 for each in turned]
            seen = ndimage.map_coordinates(self.pictures[pose.kind], where, order=1)
            rows, cols = (len(axis) // _SAMPLES for axis in axes)
            drawn[*box] = seen.reshape(rows, _SAMPLES, cols, _SAMPLES).mean(axis=(1, 3))
        return drawn

    def fitted(self, pose: FreePose, wanted: Wanted) -> tuple[FreePose, Floats]:
        """Return the place that explains most, near to a given one, and the coverage there.

        Gauss-Newton steps of a robust loss (Geman and McClure 1987), damped as by Levenberg.
        """
        shape, count = wanted.coverage.shape, 4 if self.types.turns else 3
        covered = self.draw(pose, shape)
        now, damping = _loss(wanted, covered), 1e-2
        for _ in range(_STEPS):
            weights = wanted.energy / np.square(1 + wanted.shares(covered))
            slopes = np.stack([self._slope(pose, k, covered) for k in range(count)])
            weighed = slopes * weights.ravel()
            normal = weighed @ slopes.T + 1e-9 * np.eye(count)
            towards = weighed @ (wanted.coverage - covered).ravel()
            before = now
            for _ in range(_HALVINGS):
                step = np.linalg.solve(normal + damping * np.diag(np.diag(normal)), towards)
                step = np.clip(np.pad(step, (0, 4 - count)), -np.array(_MOST), _MOST)
                other = self._moved(pose, step.tolist())
                drawn = self.draw(other, shape)
                if (loss := _loss(wanted, drawn)) < now:
                    pose, covered, now, damping = other, drawn, loss, damping / 3
                    break
                damping *= 5
            if before - now <= _SETTLED * before:
                break
        return pose, covered

    def _slope(self, pose: FreePose, number: int, covered: Floats) -> Floats:
        """Return by how much the coverage of pixels changes with a number of a pose, flat."""
        place = list(pose[1:])
        place[number] += _TRIALS[number]
        drawn = self.draw(FreePose(pose.kind, *place), covered.shape)
        return np.asarray((drawn - covered).ravel() / _TRIALS[number])

    def _moved(self, pose: FreePose, step: list[float]) -> FreePose:
        """Return a place changed by a step, with a size among those that were seen."""
        down, right, size, turn = (a + b for a, b in zip(pose[1:], step, strict=True))
        low, high = self.types.sizes
        return FreePose(pose.kind, down, right, min(max(size, low), high), turn)

    def _members(
        self, found: list[Floats], shapes: list[PolarShape]
    ) -> list[tuple[Floats, FreePose]]:
        """Return the coverage and the place of the objects of each type, the larger ones."""
        members, counts = [], np.zeros(len(self.pictures), np.int64)
        for number in sorted(range(len(found)), key=lambda each: -shapes[each].size):
            coverage, shape = found[number], shapes[number]
            kind, away = self.types.nearest(shape)
            if self.types.is_like(away) and counts[kind] < _MEMBERS:
                counts[kind] += 1
                down, right = ndimage.center_of_mass(coverage)
                turn = turn_between(shape, self.types, kind)
                members.append((coverage, FreePose(kind, down, right, shape.size, turn)))
        return members

    def _learned(self, members: list[tuple[Floats, FreePose]]) -> float:
        """Reconstruct the sprites (SIRT; Gilbert 1972), and return the error of drawing."""
        steps = ((np.arange(_SIDE) + 0.5) / _SIDE * 2 - 1) * FARTHEST
        down, right = np.meshgrid(steps, steps, indexing="ij")
        left = [coverage for coverage, _ in members]
        for number in range(_ROUNDS):
            back, counts = np.zeros_like(self.pictures), np.zeros(len(self.pictures))
            for k, (coverage, pose) in enumerate(members):
                if number % _REFITS == 0:
                    sure = np.ones_like(coverage)
                    pose, _ = self.fitted(pose, Wanted(coverage, sure, 0 * sure, 1.0))
                    members[k] = coverage, pose
                left[k] = coverage - self.draw(pose, coverage.shape)
                cos, sin = np.cos(pose.turn) * pose.size, np.sin(pose.turn) * pose.size
                where = [
                    pose.down + down * cos + right * sin,
                    pose.right + right * cos - down * sin,
                ]
                back[pose.kind] += ndimage.map_coordinates(left[k], where, order=1)
                counts[pose.kind] += 1
            self.pictures += _RELAXATION * back / np.maximum(counts, 1)[:, None, None]
            self.pictures = self.pictures.clip(0, 1)
        changes = [
            spread(coverage - rest) for (coverage, _), rest in zip(members, left, strict=True)
        ]
        return float(np.sqrt(np.square(left).sum() / max(1.0, np.square(changes).sum())))


def spread(coverage: Floats) -> Floats:
    """Return by how much coverage changes about each pixel: 0 inside and outside of a thing."""
    return np.asarray(ndimage.maximum_filter(coverage, 3) - ndimage.minimum_filter(coverage, 3))


def clear_coverage(values: Floats, noise: float) -> Iterator[Floats]:
    """Yield the coverage `[H, W]` of objects of one colour that touch nothing, nor the edge."""
    soft, left = smoothed(values, noise)
    floor = floor_of(soft, left)
    areas, count = ndimage.label(~floor.own, _AROUND)
    for number in range(1, count + 1):
        own = ndimage.binary_fill_holes(areas == number)
        around, inner = ndimage.binary_dilation(own, _AROUND), ndimage.binary_erosion(own, _AROUND)
        if inner.sum() < _LEAST or _at_edge(around):
            continue
        tint = grown(soft, most_frequent(soft, inner, left), inner, left)
        if tint.own.sum() >= _EVEN * inner.sum():
            away = tint.colour - floor.colour
            energy = np.maximum(np.square(away).sum(axis=2), 1e-12)
            covered = (((values - floor.colour) * away).sum(axis=2) / energy).clip(0, 1)
            yield np.where(inner, 1.0, covered * around)


def _loss(wanted: Wanted, covered: Floats) -> float:
    shares = wanted.shares(covered)
    return float((shares / (1 + shares)).sum())


def _at_edge(area: Mask) -> bool:
    return bool(area[0].any() or area[-1].any() or area[:, 0].any() or area[:, -1].any())
