"""Draw sprites by exact area coverage, and fit them to pictures of the things they stand for.

A sprite is a picture of coverage, `[n, n]` in [0, 1], with several samples to a pixel. It covers a
window of pixels about the middle of a place. Drawing is linear in the sprite: `Y A X'`, where `Y`
and `X` hold by how much each pixel covers each sample at a scale and an offset.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.ndimage import map_coordinates

from dsrl_agent.runtime.work import count_work
from dsrl_agent.types import Floats32


class Placement(NamedTuple):
    """How a sprite is drawn in a window."""

    scale: float  # 1 is the size of the sprite
    down: int  # pixels from the window's middle to the sprite's
    right: int  # likewise


class Sighted(NamedTuple):
    """Pictures of coverage of one sprite, with the placement and the weight of each."""

    placements: Sequence[Placement]  # [T]
    pictures: Floats32  # [T, h, w]
    weights: Floats32  # [T, h, w]: inverse variance of each pixel; 0 where nothing is known


class Canvas:
    """Draws sprites in windows of one size.

    Args:
        window: Height and width of the window in pixels.
        samples: Samples of a sprite to a pixel, along each axis.
    """

    def __init__(self, window: tuple[int, int], samples: int) -> None:
        self.window, self.samples = window, samples
        self.side = samples * max(window)  # samples of a sprite's side
        self._covers: dict[tuple[int, float, int], Floats32] = {}

    def cover(self, axis: int, scale: float, offset: int) -> Floats32:
        """Return by how much pixels cover samples along an axis, `[pixels, side]`, in pixels."""
        key = (axis, round(scale, 4), offset)
        if key not in self._covers:
            size = self.window[axis]
            low = np.arange(size) - size / 2 - offset
            edges = (np.arange(self.side + 1) - self.side / 2) / self.samples * scale
            ends = np.minimum(low[:, None] + 1, edges[None, 1:])
            overlap = ends - np.maximum(low[:, None], edges[None, :-1])
            self._covers[key] = np.clip(overlap, 0, None).astype(np.float32)
        return self._covers[key]

    def draw(self, sprite: Floats32, at: Placement) -> Floats32:
        """Return the coverage `[h, w]` of a sprite `[side, side]` at a placement."""
        rows, cols = self.cover(0, at.scale, at.down), self.cover(1, at.scale, at.right)
        return np.asarray(rows @ sprite @ cols.T)

    def draw_all(self, sprite: Floats32, placements: Iterable[Placement]) -> Floats32:
        """Return the coverage `[P, h, w]` of a sprite at placements.

        All offsets of one scale are two matrix products.
        """
        places, (height, width) = list(placements), self.window
        sizes: dict[float, list[int]] = {}
        for number, place in enumerate(places):
            sizes.setdefault(place.scale, []).append(number)
        count_work(len(places) * self.side * height * (self.side / height + width))
        drawn = np.empty((len(places), height, width), np.float32)
        for scale, own in sizes.items():
            downs = sorted({places[number].down for number in own})
            rights = sorted({places[number].right for number in own})
            rows = np.concatenate([self.cover(0, scale, down) for down in downs])
            cols = np.concatenate([self.cover(1, scale, right) for right in rights])
            grid = (rows @ sprite @ cols.T).reshape(len(downs), height, len(rights), width)
            down, right = {y: k for k, y in enumerate(downs)}, {x: k for k, x in enumerate(rights)}
            first = [down[places[number].down] for number in own]
            second = [right[places[number].right] for number in own]
            drawn[own] = grid[first, :, second]
        return drawn

    def enlarged(self, picture: Floats32, down: int, right: int, sharpness: float) -> Floats32:
        """Return a first sprite from a picture of coverage `[h, w]`, whose middle is at an offset.

        The picture is enlarged by cubic splines. `sharpness` is the slope that brings back edges.
        """
        height, width = self.window
        steps = (np.arange(self.side) + 0.5 - self.side / 2) / self.samples
        rows, cols = steps + height / 2 - 0.5 + down, steps + width / 2 - 0.5 + right
        where = np.meshgrid(rows, cols, indexing="ij")
        smooth = map_coordinates(picture, where, order=3, mode="grid-constant")
        sharp = np.clip((smooth - 0.5) * sharpness + 0.5, 0, 1)
        return np.asarray(sharp, np.float32)

    def reconstruct(
        self, sprite: Floats32, seen: Sighted, rounds: int, relaxation: float, least: float = 1e-3
    ) -> Floats32:
        """Return a sprite `[side, side]` that explains pictures better, from a first one.

        Simultaneous iterative reconstruction (SIRT; Gilbert 1972): residuals are projected back to
        the samples, weighted by coverage, and the sprite is clipped to [0, 1]. The relaxation is
        the step, which converges below 2. Samples whose weight is at most a share `least` of the
        most seen one's stay as they are.
        """
        views = self._views(seen)
        # Of each view there and back: rows @ sprite @ cols.T.
        there = self.side * (self.side + self.window[1]) * self.window[0]
        count_work(2.0 * rounds * len(views) * there)
        weight = sum((y.T @ w @ x for y, x, w, _ in views), np.zeros_like(sprite))
        touched = weight > least * float(weight.max())
        share = np.where(touched, 1 / np.maximum(weight, 1e-12), 0).astype(np.float32)
        for _ in range(rounds):
            back = np.zeros_like(sprite)
            for rows, cols, weights, picture in views:
                back += rows.T @ (weights * (picture - rows @ sprite @ cols.T)) @ cols
            sprite = np.clip(sprite + relaxation * share * back, 0, 1)
        return sprite

    def _views(self, seen: Sighted) -> list[tuple[Floats32, Floats32, Floats32, Floats32]]:
        """Return cover of rows and of columns, weights and mean picture of each placement."""
        together: dict[Placement, list[int]] = {}
        for number, placement in enumerate(seen.placements):
            together.setdefault(placement, []).append(number)
        views = []
        for (scale, down, right), own in together.items():
            weights = seen.weights[own].sum(axis=0)
            total = (seen.weights[own] * seen.pictures[own]).sum(axis=0)
            mean = total / np.maximum(weights, 1e-12)
            views.append((self.cover(0, scale, down), self.cover(1, scale, right), weights, mean))
        return views
