"""Read places that nothing reaches into from outside: each alone, by all hypotheses at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end.compositor.hypotheses import Hypotheses, Scene, concatenated
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


def read_cells(
    frames: Frame,
    background: Floats32,
    windows: Windows,
    hypotheses: Hypotheses,
    likelihood: Likelihood,
) -> Scene:
    """Return the most probable type of each place of frames `[B, H, W, 3]`.

    Scale, offset and tint are summed out: a type's evidence is that of all its hypotheses. Only the
    place's own pixels count. `background` is `[H, W, 3]`.
    """
    rows, cols = windows.own
    ground = windows.of(background[None])[0][:, :, rows, cols]  # [rows, cols, h, w, 3]
    reader = _CellReader(ground, hypotheses.cropped(rows, cols), hypotheses, likelihood)
    scenes = []
    for start in range(0, len(frames), _BATCH):
        cells = windows.of(frames[start : start + _BATCH])[:, :, :, rows, cols]
        scenes.append(reader.read(cells * _LEVEL - ground))
    return concatenated(scenes)


class _CellReader:
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
        left = energy.copy()
        if len(busy) and self.hypotheses.number_of_types:
            cells = busy % len(self.ground)
            evidence, best, tint, saved = self._score(flat[busy], cells)
            own = evidence.argmin(axis=1)
            each = np.arange(len(busy))
            there = evidence[each, own] + self.likelihood.presence < 0
            chosen = busy[there]
            types[chosen] = own[there]
            templates[chosen] = best[each, own][there]
            tints[chosen] = tint[each, own][there]
            left[chosen] += saved[each, own][there]
        shape = (count, *self.shape)
        parts = (types, templates, tints, np.maximum(left, 0), energy)
        return Scene(*(part.reshape(shape) for part in parts))

    def _score(self, contrasts: Floats32, cells: Ints) -> tuple[NDArray[np.float32], Ints, Ints, Floats32]:
        """Return evidence, best template, its tint and what it saves, `[N, K]` each.

        The evidence is the negative logarithm of how much more probable the pixels are, in nats.
        """
        over = (contrasts * self.ground[cells]).sum(axis=2)
        match = np.stack(
            [*(contrasts[:, :, c] @ self.templates.T for c in range(3)), over @ self.templates.T], 1
        )  # [N, 4, M]
        count, kinds = len(contrasts), self.hypotheses.number_of_types
        evidence = np.empty((count, kinds), np.float32)
        best, tint = np.empty((count, kinds), np.int64), np.empty((count, kinds), np.int64)
        saved = np.empty((count, kinds), np.float32)
        each = np.arange(count)
        for kind, part in enumerate(self.hypotheses.parts):
            own = self.hypotheses.tints[kind]
            change = self._change(match[:, :, part], self.beneath[cells][:, :, part], own, part)
            flat = change.reshape(count, -1)
            chosen = flat.argmin(axis=1)
            least = flat[each, chosen]
            nats = (flat - least[:, None]) * -self.likelihood.precision
            spread = np.log(np.exp(nats).sum(axis=1))
            evidence[:, kind] = (
                least * self.likelihood.precision - spread + self.hypotheses.costs[kind]
            )
            size = part.stop - part.start
            best[:, kind], tint[:, kind] = part.start + chosen % size, own[chosen // size]
            saved[:, kind] = least
        return evidence, best, tint, saved

    def _change(
        self, match: Floats32, beneath: Floats32, tints: Ints, part: slice
    ) -> NDArray[np.float32]:
        """Return by how much hypotheses of a type change the squared residual, `[N, tints, M]`."""
        colours = self.hypotheses.palette[tints]  # [P, 3]
        towards = match[:, :3] + beneath[:, :3]
        change = -2 * np.einsum("ncm,pc->npm", towards, colours, optimize=True)
        change += (2 * match[:, 3] + beneath[:, 3])[:, None]
        change += np.square(colours).sum(axis=1)[:, None] * self.sizes[part]
        return np.asarray(change, np.float32)
