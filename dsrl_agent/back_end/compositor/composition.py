"""Draw scenes: things over the background one after the other, in an order of the scene."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end.compositor.cells import Likelihood, PlacesReader
from dsrl_agent.back_end.compositor.hypotheses import Hypotheses, Scene
from dsrl_agent.back_end.compositor.windows import Windows
from dsrl_agent.config.things import ScenesThresholds
from dsrl_agent.types import Floats32, Ints


class Order(NamedTuple):
    """Which of two things is drawn over the other."""

    rows_down: bool = True  # later rows and columns over earlier ones, or the reverse
    top: int = -1  # number of a type that is over all others, -1 for none


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


class _Canvases:
    """Draws scenes on whole frames."""

    def __init__(self, model: SceneModel, count: int) -> None:
        self.model, rim = model, model.windows.margin
        padded = np.pad(model.background, ((rim, rim), (rim, rim), (0, 0)))
        self.frames = np.repeat(padded[None], count, axis=0)

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
