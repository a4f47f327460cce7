"""Read places that nothing reaches into from outside: each alone, by all hypotheses at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from dsrl_agent.back_end.compositor.hypotheses import Hypotheses, Scene, concatenated
from dsrl_agent.back_end.compositor.parts import PartsMatch, PartsTemplates
from dsrl_agent.back_end.compositor.scoring import Match, Scores, best_types
from dsrl_agent.back_end.compositor.windows import Windows
from dsrl_agent.config.things import ScenesThresholds
from dsrl_agent.runtime.work import count_work
from dsrl_agent.types import Floats32, Frame, Ints

_BATCH = 128  # frames worked on at once, to bound memory
_VALUES = 2**17  # sums of one map worked on at once, to stay in the cache
_LEVEL = np.float32(1 / 255)  # of 8 bits


@dataclass(frozen=True)
class Likelihood:
    """How well a scene explains pixels.

    Attributes:
        noise: Standard deviation of the pixels, 1 being the whole range.
        raster: Error of drawing, likewise; it adds to the noise.
        presence: Cost of a thing in nats.
    """

    noise: float
    raster: float
    presence: float

    @property
    def precision(self) -> float:
        """Nats for a squared residual of 1: half the inverse variance of a pixel."""
        return 0.5 / self.variance

    @property
    def variance(self) -> float:
        """Variance of a pixel whose colour is known."""
        return self.noise**2 + self.raster**2


class PlacesReader:
    """Reads the most probable type of each place.

    Scale, offset and tint are summed out: a type's evidence is that of all its hypotheses. Only the
    place's own pixels count. `background` is `[H, W, 3]`.
    """

    def __init__(
        self,
        background: Floats32,
        windows: Windows,
        hypotheses: Hypotheses,
        likelihood: Likelihood,
        thresholds: ScenesThresholds,
    ) -> None:
        rows, cols = windows.own
        self._windows = replace(windows, margin=0)
        self._ground = np.array(windows.of(background[None])[0][:, :, rows, cols])
        reader = _PlaceReader if hypotheses.masks is None else _PartsPlaceReader
        self._places = reader(self._ground, (rows, cols), hypotheses, likelihood, thresholds)

    def read(self, frames: Frame) -> Scene:
        """Return the scenes of frames `[B, H, W, 3]`."""
        scenes = []
        for start in range(0, len(frames), _BATCH):
            cells = self._windows.of(frames[start : start + _BATCH])
            scenes.append(self._places.read(cells * _LEVEL - self._ground))
        return concatenated(scenes)


class _PlaceReader:
    """Scores all hypotheses on cells; what does not depend on the frame is computed once."""

    def __init__(
        self,
        ground: Floats32,
        own: tuple[slice, slice],
        hypotheses: Hypotheses,
        likelihood: Likelihood,
        thresholds: ScenesThresholds,
    ) -> None:
        self.thresholds = thresholds
        self.shape, self.pixels = ground.shape[:2], ground.shape[2] * ground.shape[3]
        self.ground = ground.reshape(-1, self.pixels, 3)  # [cells, pixels, 3]
        self.own, self.hypotheses, self.likelihood = own, hypotheses, likelihood
        self.templates = hypotheses.cropped(*own)
        squares = np.square(self.templates)
        self.sizes = squares.sum(axis=1)  # [M]
        beneath = np.concatenate(
            [self.ground, np.square(self.ground).sum(axis=2, keepdims=True)], axis=2
        )
        self.beneath = np.einsum("cpk,mp->ckm", beneath, squares, optimize=True)  # [cells, 4, M]

    def read(self, contrasts: Floats32) -> Scene:
        """Return the scene of contrasts `[B, rows, cols, h, w, 3]` with the background."""
        count = len(contrasts)
        flat = contrasts.reshape(count * self.shape[0] * self.shape[1], self.pixels, 3)
        energy = np.einsum("npc,npc->n", flat, flat)
        noise = self.likelihood.noise**2 * 3 * self.pixels
        limit = noise * (1 + self.thresholds.busy_deviations * np.sqrt(2 / (3 * self.pixels)))
        limit += self.likelihood.presence / self.likelihood.precision
        busy = np.flatnonzero(energy > limit)
        types, templates, tints = (np.full(len(flat), -1) for _ in range(3))
        colours, left = (
            np.zeros((len(flat), self.hypotheses.colour_size), np.float32),
            energy.copy(),
        )
        if len(busy) and self.hypotheses.number_of_types:
            best = self._best(flat[busy], busy % len(self.ground))
            there = best.summed + self.likelihood.presence < 0
            chosen = busy[there]
            types[chosen], templates[chosen] = best.types[there], best.templates[there]
            tints[chosen], colours[chosen] = best.tints[there], best.colours[there]
            left[chosen] += best.saved[there]
        shape = (count, *self.shape)
        return Scene(
            types.reshape(shape),
            templates.reshape(shape),
            tints.reshape(shape),
            colours.reshape(*shape, self.hypotheses.colour_size),
            np.maximum(left, 0).reshape(shape),
            energy.reshape(shape),
        )

    def _best(self, contrasts: Floats32, cells: Ints) -> Scores:
        """Return the most probable type in contrasts `[N, pixels, 3]` of cells."""
        batch = max(1, _VALUES // len(self.templates))
        precision, negligible = self.likelihood.precision, self.thresholds.negligible
        scores = []
        for start in range(0, len(contrasts), batch):
            part = slice(start, start + batch)
            match = self._match(contrasts[part], cells[part])
            scores.append(best_types(match, self.hypotheses, precision, negligible))
        joined: list[Any] = [np.concatenate(part) for part in zip(*scores, strict=True)]
        return Scores(*joined)

    def _match(self, contrasts: Floats32, cells: Ints) -> Match | PartsMatch:
        """Return the sums of contrasts `[N, pixels, 3]` with all templates."""
        return self._whole_match(contrasts, cells)

    def _whole_match(self, contrasts: Floats32, cells: Ints) -> Match:
        """Return the sums of contrasts `[N, pixels, 3]` with the whole coverage of templates."""
        count = len(contrasts)
        count_work(4.0 * count * self.templates.size)
        maps = np.empty((count, 4, self.pixels), np.float32)
        maps[:, :3] = np.moveaxis(contrasts, 2, 1)
        maps[:, 3] = 2 * np.einsum("npc,npc->np", contrasts, self.ground[cells])
        sums = (maps.reshape(count * 4, -1) @ self.templates.T).reshape(count, 4, -1)
        sums += self.beneath[cells]
        return Match(sums[:, :3], sums[:, 3], self.sizes[None])


class _PartsPlaceReader(_PlaceReader):
    """Scores things of several parts, each in a tint of its own."""

    @cached_property
    def parts(self) -> PartsTemplates:
        """The parts of all templates."""
        return PartsTemplates(self.hypotheses.cropped_masks(*self.own))

    @cached_property
    def beneath_parts(self) -> Floats32:
        """What of the ground each part covers, `[cells, P, 3, M]`."""
        return self.parts.of_grounds(np.moveaxis(self.ground, 2, 1))

    @cached_property
    def part_sizes(self) -> Floats32:
        """Pixels that pairs of parts share, `[1, P, P, M]`."""
        return self.parts.sizes(np.ones((1, self.pixels), np.float32))

    def _match(self, contrasts: Floats32, cells: Ints) -> PartsMatch:
        """Return the sums of contrasts `[N, pixels, 3]` with the parts of all templates."""
        crossed = self._whole_match(contrasts, cells).crossed
        towards = self.parts.of_contrasts(np.moveaxis(contrasts, 2, 1))
        return PartsMatch(towards + self.beneath_parts[cells], crossed, self.part_sizes)
