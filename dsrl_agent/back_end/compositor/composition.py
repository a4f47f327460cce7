"""Draw scenes: things over the background one after the other, in an order of the scene."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end.compositor.cells import Likelihood, PlacesReader
from dsrl_agent.back_end.compositor.hypotheses import Hypotheses, Scene
from dsrl_agent.back_end.compositor.windows import Windows, with_rim
from dsrl_agent.config.things import ScenesThresholds
from dsrl_agent.types import Floats32, Ints


class Order(NamedTuple):
    """Which of two things is drawn over the other."""

    rows_down: bool = True  # later rows and columns over earlier ones, or the reverse
    top: int = -1  # number of a type that is over all others, -1 for none


class Beside(NamedTuple):
    """A neighbour of a place, and what of its window lies in that of the place."""

    shift: tuple[int, int]  # rows and columns from the place
    later: bool  # whether it is drawn after the place
    source: tuple[slice, slice]  # rows and columns of its window
    to: tuple[slice, slice]  # the same pixels in the place's window


_RASTER = Order()


@dataclass(frozen=True)
class SceneModel:
    """Everything that draws and reads scenes."""

    windows: Windows
    background: Floats32  # [H, W, 3] in [0, 1]
    hypotheses: Hypotheses
    likelihood: Likelihood
    order: Order = _RASTER
    thresholds: ScenesThresholds = field(default_factory=ScenesThresholds)

    def with_order(self, order: Order) -> SceneModel:
        """Return the same model with another order."""
        return replace(self, order=order)

    @cached_property
    def places(self) -> PlacesReader:
        """Reads each place alone."""
        return PlacesReader(
            self.background, self.windows, self.hypotheses, self.likelihood, self.thresholds
        )

    def costs_of(self, types: Ints) -> NDArray[np.float32]:
        """Return the cost in nats of what stands at places `[...]`; nothing, -1, costs nothing."""
        costs = self.hypotheses.costs + self.likelihood.presence
        return np.asarray(np.append(costs, 0)[types])

    @cached_property
    def ground(self) -> Floats32:
        """The background in each window, `[rows, cols, h, w, 3]`."""
        return np.array(self.windows.of(self.background[None])[0])

    @cached_property
    def neighbours(self) -> list[Beside]:
        """The neighbours of a place in drawing order."""
        windows = self.windows
        shifts = [each for each in product((-1, 0, 1), (-1, 0, 1)) if each != (0, 0)]
        if not self.order.rows_down:
            shifts.reverse()
        overlaps = [_overlap(shift, windows.pitch, windows.size) for shift in shifts]
        return [
            Beside(shift, number >= len(shifts) // 2, *overlap)
            for number, (shift, overlap) in enumerate(zip(shifts, overlaps, strict=True))
            if overlap is not None
        ]

    @cached_property
    def reached(self) -> Floats32:
        """The most that a thing beside a place may cover of each pixel of its window, `[h, w]`."""
        most: Floats32 = self.hypotheses.with_nothing.max(axis=0)
        reached = np.zeros_like(most)
        for beside in self.neighbours:
            reached[beside.to] = np.maximum(reached[beside.to], most[beside.source])
        return reached

    def summed(self, images: Floats32) -> Floats32:
        """Return the sums of images `[B, H, W]` in each window, `[B, rows, cols]`."""
        down, across = self._reaches
        return np.asarray(down @ images @ across.T)

    @cached_property
    def _reaches(self) -> tuple[Floats32, Floats32]:
        """Which rows and columns of pixels lie in the windows of each row and column of places."""
        own, reaches = self.windows, []
        for axis in (0, 1):
            pixels = np.arange(own.frame[axis])
            low = own.origin[axis] + np.arange(own.shape[axis])[:, None] * own.pitch[axis]
            low = low - own.margin
            within = (pixels >= low) & (pixels < low + own.size[axis])
            reaches.append(within.astype(np.float32))
        return reaches[0], reaches[1]

    @cached_property
    def inside(self) -> Floats32:
        """Which pixels of the windows lie in the frame, `[rows, cols, h, w]`."""
        return self.windows.inside()


def draw_scenes(scene: Scene, model: SceneModel) -> Floats32:
    """Return the frames `[B, H, W, 3]` in [0, 1] that scenes stand for."""
    return _Canvases(model, len(scene.types)).drawn(scene)


def light_through(scene: Scene, model: SceneModel) -> Floats32:
    """Return the share `[B, H, W]` of the background that scenes let through."""
    black = replace(model, background=np.zeros_like(model.background))
    white = replace(model, background=np.ones_like(model.background))
    return np.asarray((draw_scenes(scene, white) - draw_scenes(scene, black)).mean(axis=3))


def _overlap(
    shift: tuple[int, int], pitch: tuple[int, int], size: tuple[int, int]
) -> tuple[tuple[slice, slice], tuple[slice, slice]] | None:
    """Return which pixels of a neighbour's window lie in a place's window, and where there."""
    steps = [places * pixels for places, pixels in zip(shift, pitch, strict=True)]
    if any(abs(by) >= side for by, side in zip(steps, size, strict=True)):
        return None
    own, other = (
        [slice(max(0, by), min(side, side + by)) for by, side in zip(moves, size, strict=True)]
        for moves in (steps, [-by for by in steps])
    )
    return (other[0], other[1]), (own[0], own[1])


class _Canvases:
    """Draws scenes on whole frames."""

    def __init__(self, model: SceneModel, count: int) -> None:
        self.model, rim = model, model.windows.margin
        self.frames = np.repeat(with_rim(model.background[None], rim), count, axis=0)

    def drawn(self, scene: Scene) -> Floats32:
        """Return the frames `[B, H, W, 3]` of a scene."""
        order, rim = self.model.order, self.model.windows.margin
        top = (scene.types == order.top) & (scene.types >= 0)
        for now in ((scene.types >= 0) & ~top, top):
            places = np.argwhere(now.any(axis=0)).tolist()
            for row, col in places if order.rows_down else places[::-1]:
                self._draw(scene, np.flatnonzero(now[:, row, col]), row, col)
        height, width = self.model.windows.frame
        return self.frames[:, rim : rim + height, rim : rim + width]

    def _draw(self, scene: Scene, n: Ints, row: int, col: int) -> None:
        if not len(n):
            return
        windows, hypotheses = self.model.windows, self.model.hypotheses
        top, left = (windows.origin[i] + (row, col)[i] * windows.pitch[i] for i in (0, 1))
        where = (n, slice(top, top + windows.size[0]), slice(left, left + windows.size[1]))
        templates = scene.templates[n, row, col]
        cover = hypotheses.templates[templates][..., None]
        colour = hypotheses.painted(templates, scene.colours[n, row, col])
        old = self.frames[where]
        self.frames[where] = old + cover * (colour - old)
