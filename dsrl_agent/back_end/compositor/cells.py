"""Read places that nothing reaches into from outside: each alone, by all hypotheses at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dsrl_agent.back_end.compositor.hypotheses import Hypotheses, Scene, concatenated
from dsrl_agent.back_end.compositor.scoring import Match, Scores, score
from dsrl_agent.back_end.compositor.windows import Windows
from dsrl_agent.types import Floats32, Frame, Ints

_BATCH = 128  # frames worked on at once, to bound memory
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
        return 0.5 / (self.noise**2 + self.raster**2)


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
    ) -> None:
        rows, cols = windows.own
        self._windows = windows
        self._ground = np.array(windows.of(background[None])[0][:, :, rows, cols])
        cropped = hypotheses.cropped(rows, cols)
        self._places = _PlaceReader(self._ground, cropped, hypotheses, likelihood)

    def read(self, frames: Frame) -> Scene:
        """Return the scenes of frames `[B, H, W, 3]`."""
        rows, cols = self._windows.own
        scenes = []
        for start in range(0, len(frames), _BATCH):
            cells = self._windows.of(frames[start : start + _BATCH])[:, :, :, rows, cols]
            scenes.append(self._places.read(cells * _LEVEL - self._ground))
        return concatenated(scenes)


class _PlaceReader:
    """Scores all hypotheses on cells; what does not depend on the frame is computed once."""

    def __init__(
        self,
        ground: Floats32,
        templates: Floats32,
        hypotheses: Hypotheses,
        likelihood: Likelihood,
    ) -> None:
        self.shape, self.pixels = ground.shape[:2], ground.shape[2] * ground.shape[3]
        self.ground = ground.reshape(-1, self.pixels, 3)  # [cells, pixels, 3]
        self.templates, self.hypotheses, self.likelihood = templates, hypotheses, likelihood
        squares = np.square(templates)
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
        limit = noise * (1 + 4 * np.sqrt(2 / (3 * self.pixels)))
        limit += self.likelihood.presence / self.likelihood.precision
        busy = np.flatnonzero(energy > limit)
        types, templates, tints = (np.full(len(flat), -1) for _ in range(3))
        colours, left = np.zeros((len(flat), 3), np.float32), energy.copy()
        if len(busy) and self.hypotheses.number_of_types:
            own, best = self._best(flat[busy], busy % len(self.ground))
            there = best.summed + self.likelihood.presence < 0
            chosen = busy[there]
            types[chosen], templates[chosen] = own[there], best.templates[there]
            tints[chosen], colours[chosen] = best.tints[there], best.colours[there]
            left[chosen] += best.saved[there]
        shape = (count, *self.shape)
        return Scene(
            types.reshape(shape),
            templates.reshape(shape),
            tints.reshape(shape),
            colours.reshape(*shape, 3),
            np.maximum(left, 0).reshape(shape),
            energy.reshape(shape),
        )

    def _best(self, contrasts: Floats32, cells: Ints) -> tuple[Ints, Scores]:
        """Return the most probable type `[N]` in contrasts `[N, pixels, 3]`, and its hypothesis.

        A type's probability is that of all its hypotheses together.
        """
        over = (contrasts * self.ground[cells]).sum(axis=2)
        beneath = self.beneath[cells]
        towards = np.stack([contrasts[:, :, c] @ self.templates.T for c in range(3)], 1)
        crossed = 2 * (over @ self.templates.T) + beneath[:, 3]
        match = Match(towards + beneath[:, :3], crossed, self.sizes[None])
        precision, kinds = self.likelihood.precision, range(self.hypotheses.number_of_types)
        scores = [score(match, self.hypotheses, kind, precision) for kind in kinds]
        own = np.argmin([each.summed for each in scores], axis=0)
        each = np.arange(len(contrasts))
        parts = (np.stack(part)[own, each] for part in zip(*scores, strict=True))
        return own, Scores(*parts)
