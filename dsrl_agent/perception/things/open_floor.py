"""Find things on a floor that is not known, and from them the floor.

Of an unknown floor only the mean colour and the variance are known, both measured in the frame. A
thing with coverage a and colour c then gives a pixel the mean a c + (1 - a) m and the variance
v + (1 - a)^2 s, where m and s are the floor's mean and variance and v is the variance of noise.
So pixels that a sprite covers wholly must have the sprite's colour, and the others tell little.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end.compositor.cells import Likelihood
from dsrl_agent.back_end.compositor.composition import SceneModel
from dsrl_agent.back_end.compositor.hypotheses import Scene
from dsrl_agent.config.scenes import FloorsThresholds
from dsrl_agent.types import Floats32, Frame, Ints

_LEVEL = np.float32(1 / 255)  # of 8 bits


class OpenReading(NamedTuple):
    """What a frame shows if its floor is not known."""

    scene: Scene  # of one frame; its residuals are 0
    nats: float  # negative log-likelihood and costs, against a frame that is known exactly
    mean: Floats32  # [3]: the floor's mean colour
    variances: Floats32  # [3]: the floor's variance in each channel


class _Best(NamedTuple):
    """The best thing at each of N places."""

    nats: Floats32  # [N]: against nothing
    templates: Ints  # [N]
    tints: Ints  # [N]: -1 for a colour that is none of the palette's
    colours: Floats32  # [N, 3]


class OpenFloorReader:
    """Reads the scene of a frame whose floor is not known, each place by its own pixels."""

    def __init__(
        self, scenes: SceneModel, likelihood: Likelihood, thresholds: FloorsThresholds
    ) -> None:
        self.scenes, self.likelihood, self.thresholds = scenes, likelihood, thresholds
        rows, cols = scenes.windows.own
        self._templates = scenes.hypotheses.cropped(rows, cols)
        self._pixels = scenes.windows.pitch[0] * scenes.windows.pitch[1]

    def read(self, frame: Frame) -> OpenReading:
        """Return what a frame `uint8 [H, W, 3]` shows."""
        cells = self._cells(frame)
        shown = np.ones(cells.shape[:2], np.bool_)
        mean, variances = _floor_of(cells, shown)
        for _ in range(self.thresholds.rounds):
            best = self._best(cells - mean, mean, float(variances.mean()))
            there = best.nats < 0
            shown = np.ones_like(shown)
            shown[there] = self._templates[best.templates[there]] <= self.thresholds.haze
            mean, variances = _floor_of(cells, shown)
        variance = float(variances.mean())
        best = self._best(cells - mean, mean, variance)
        energy = np.square(cells - mean).sum(axis=(1, 2))
        total = variance + self.likelihood.variance
        nats = energy / (2 * total) + self._values / 2 * np.log(total / self.likelihood.variance)
        nats = np.minimum(nats + np.minimum(best.nats, 0), self.most)
        # Half the logarithm of the sample's size for each of the floor's means and variances.
        costs = len(mean) * np.log(cells.size)
        return OpenReading(self._scene(best), float(nats.sum() + costs), mean, variances)

    def nats_of(self, scene: Scene, likelihood: Likelihood) -> NDArray[np.float64]:
        """Return the same nats `[B]` of scenes that were read with a likelihood."""
        spread = self._values / 2 * np.log(likelihood.variance / self.likelihood.variance)
        costs = self.scenes.costs_of(scene.types) + spread
        each = scene.left * likelihood.precision + costs
        return np.asarray(np.minimum(each, self.most).sum(axis=(1, 2)), np.float64)

    @cached_property
    def most(self) -> float:
        """Nats of a place of which nothing is known: each value may be any in its range."""
        return max(0.0, -self._values / 2 * float(np.log(2 * np.pi * self.likelihood.variance)))

    @property
    def _values(self) -> int:
        """The number of values that a place's own pixels have."""
        return 3 * self._pixels

    def _cells(self, frame: Frame) -> Floats32:
        """Return the places' own pixels in a frame, `[N, pixels, 3]`."""
        rows, cols = self.scenes.windows.own
        cells = self.scenes.windows.of(frame[None])[0][:, :, rows, cols]
        return np.asarray(cells.reshape(-1, self._pixels, 3) * _LEVEL, np.float32)

    def _best(self, contrasts: Floats32, mean: Floats32, variance: float) -> _Best:
        """Return the best thing in contrasts `[N, pixels, 3]` with the floor's mean."""
        hypotheses, count = self.scenes.hypotheses, len(contrasts)
        if not hypotheses.number_of_types:
            none = np.zeros(count, np.int64)
            return _Best(np.ones(count, np.float32), none, none, np.zeros((count, 3), np.float32))
        nats, others = self._scores(contrasts, mean, variance)
        best = nats.reshape(count, -1).argmin(axis=1)
        templates, tints = np.divmod(best, nats.shape[2])
        each, is_other = np.arange(count), tints == len(hypotheses.palette)
        colours = np.concatenate([hypotheses.palette, np.zeros((1, 3), np.float32)])[tints]
        colours[is_other] = (others[each, templates] + mean)[is_other]
        least = nats[each, templates, tints] + self.likelihood.presence
        return _Best(least, templates, np.where(is_other, -1, tints), colours)

    def _scores(
        self, contrasts: Floats32, mean: Floats32, variance: float
    ) -> tuple[Floats32, Floats32]:
        """Return the nats `[N, M, P + 1]` of each template in each tint against nothing.

        The last tint is the best other colour; also returned is its contrast `[N, M, 3]`.
        """
        hypotheses, cover = self.scenes.hypotheses, self._templates
        floor = np.float32(variance + self.likelihood.variance)
        each = np.float32(self.likelihood.variance) + np.square(1 - cover) * np.float32(variance)
        spread = contrasts.shape[2] / 2 * np.log(each / floor).sum(axis=1)
        square = np.square(contrasts).sum(axis=2) @ (1 / each - 1 / floor).T
        towards = np.moveaxis(np.moveaxis(contrasts, 2, 1) @ (cover / each).T, 1, 2)
        sizes = (np.square(cover) / each).sum(axis=1)
        others = towards / np.maximum(sizes, np.float32(1e-6))[:, None]
        costs = self._tint_costs[hypotheses.types]
        nats = np.empty((*square.shape, costs.shape[1]), np.float32)
        for tint, colour in enumerate(hypotheses.palette - mean):
            nats[..., tint] = sizes * np.square(colour).sum() - 2 * (towards @ colour)
        nats[..., -1] = -(towards * others).sum(axis=2)
        # A patch of one colour that the floor may have is floor.
        limit = 3 * self.thresholds.outlier**2 * floor
        nats[..., -1][np.square(others).sum(axis=2) < limit] = np.inf
        return (nats + square[..., None]) / 2 + spread[:, None] + costs, others

    @cached_property
    def _tint_costs(self) -> Floats32:
        """Cost `[K, P + 1]` of a hypothesis of each type; types of one tint have no other."""
        return replace(self.scenes.hypotheses, any_tint=False).tint_costs

    def _scene(self, best: _Best) -> Scene:
        shape, there = (1, *self.scenes.windows.shape), best.nats < 0
        zero = np.zeros(shape, np.float32)
        types = np.full(len(there), -1)
        types[there] = self.scenes.hypotheses.types[best.templates[there]]
        colours = best.colours.reshape(*shape, 3)
        templates, tints = best.templates.reshape(shape), best.tints.reshape(shape)
        return Scene(types.reshape(shape), templates, tints, colours, zero, zero)


def _floor_of(cells: Floats32, shown: NDArray[np.bool_]) -> tuple[Floats32, Floats32]:
    """Return mean and variance `[3]` of the colours of a floor that `[N, pixels, 3]` show.

    Both are medians over places, so that few places with something else do not count. Places of
    which less than half of what the barest place shows is `shown` `[N, pixels]` tell nothing.
    """
    counts = shown.sum(axis=1)
    bare = 2 * counts >= counts.max()
    seen, weights, counts = cells[bare], shown[bare][..., None], counts[bare]
    if not counts.any():
        return _floor_of(cells, np.ones_like(shown))
    means = (seen * weights).sum(axis=1) / counts[:, None]
    mean = np.asarray(np.median(means, axis=0), np.float32)
    squares = (np.square(seen - mean) * weights).sum(axis=1) / counts[:, None]
    return mean, np.asarray(np.median(squares, axis=0), np.float32)
