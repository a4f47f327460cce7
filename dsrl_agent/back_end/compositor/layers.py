"""Compose what lies below and above places of scenes, given the other things as they are.

Things are drawn over the background one after the other, in an order of the scene. What a thing has
to explain of its window is what is seen there, seen through what lies above it, over what lies
below.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end.compositor.composition import Beside, SceneModel
from dsrl_agent.types import Floats32, Ints

_LEVEL = np.float32(1 / 255)  # of 8 bits

At: TypeAlias = tuple[Ints, Ints, Ints]
"""Frame, row and column of N places."""

Maps: TypeAlias = tuple[Floats32, Floats32]
"""What the coverage, `[N, h, w, 4]`, and its square, `[N, h, w, 5]`, of a thing are weighed by."""


class SceneState(NamedTuple):
    """The things of a batch; `templates` has one more than there are, for nothing."""

    templates: Ints  # [B, rows, cols]
    tints: Ints  # [B, rows, cols]
    colours: Floats32  # [B, rows, cols, 3 P]: of P parts


class Layers(NamedTuple):
    """What lies below and above N places: a window shows `over + light * (thing over below)`."""

    below: Floats32  # [N, h, w, 3]
    light: Floats32  # [N, h, w]: share that shows through what lies above; 0 outside of the frame
    over: Floats32  # [N, h, w, 3]


class _ThingsBeside(NamedTuple):
    """Things that stand beside places at one shift."""

    beside: Beside
    here: Ints  # [S]: numbers of the places
    own: At  # where the things stand
    templates: Ints  # [S]
    top: NDArray[np.bool_]  # [S]: whether they are of the type that is over all others

    def of(self, chosen: NDArray[np.bool_]) -> _ThingsBeside:
        """Return some of the things."""
        n, row, col = (part[chosen] for part in self.own)
        here, templates = (part[chosen] for part in (self.here, self.templates))
        return _ThingsBeside(self.beside, here, (n, row, col), templates, self.top[chosen])


class Surroundings:
    """What lies around the places of a batch of frames, as the things there are now.

    Args:
        model: The model of scenes.
        seen: Windows `uint8 [B, rows, cols, h, w, 3]` of the frames.
        state: The things, which may change.
    """

    def __init__(self, model: SceneModel, seen: NDArray[np.uint8], state: SceneState) -> None:
        self.model, self.seen, self.state = model, seen, state
        hypotheses = model.hypotheses
        self.templates, self.types = hypotheses.with_nothing, np.append(hypotheses.types, -1)
        self.none = len(hypotheses.templates)

    def layers(self, at: At, on_top: bool = False) -> Layers:
        """Return what lies around places.

        `on_top` tells whether the things at the places are of the type that is over all others.
        """
        below = self.model.ground[at[1:]]
        layers = Layers(below, self.model.inside[at[1:]], np.zeros_like(below))
        parts = self._beside(at)
        for part in parts:
            usual = part.of(~part.top) if part.top.any() else part
            self._add(usual, part.beside.later and not on_top, layers)
        for part in parts:  # those of the type that is over all others are drawn last
            if part.top.any():
                self._add(part.of(part.top), part.beside.later or not on_top, layers)
        return layers

    def _beside(self, at: At) -> list[_ThingsBeside]:
        """Return the things that stand beside places, those of each neighbour together."""
        (n, row, col), (rows, cols) = at, self.model.windows.shape
        neighbours, top = self.model.neighbours, self.model.order.top
        shifts = np.array([each.shift for each in neighbours], np.int64).reshape(-1, 2).T
        near, across = row[:, None] + shifts[0], col[:, None] + shifts[1]
        within = (near >= 0) & (near < rows) & (across >= 0) & (across < cols)
        stands = self.state.templates[n[:, None], near.clip(0, rows - 1), across.clip(0, cols - 1)]
        there = within & (stands != self.none)
        is_top = (self.types[stands] == top) & (top >= 0)
        found = []
        for number in np.flatnonzero(there.any(axis=0)).tolist():
            here = np.flatnonzero(there[:, number])
            own = n[here], near[here, number], across[here, number]
            templates, over = stands[here, number], is_top[here, number]
            found.append(_ThingsBeside(neighbours[number], here, own, templates, over))
        return found

    def _add(self, part: _ThingsBeside, above: bool, to: Layers) -> None:
        """Draw things below or above the places that they stand beside."""
        if not len(part.here):
            return
        painted = self.model.hypotheses.painted(part.templates, self.state.colours[part.own])
        colour = painted if painted.shape[1] == 1 else painted[:, *part.beside.source]
        cover = self.templates[part.templates][:, *part.beside.source]
        where = (part.here, *part.beside.to)
        layer = to.over if above else to.below
        old = layer[where]
        layer[where] = old + cover[..., None] * (colour - old)
        if above:
            to.light[where] *= 1 - cover

    def contrast(self, at: At, layers: Layers) -> Floats32:
        """Return what a thing at each place would have to explain, `[N, h, w, 3]`."""
        seen = self.seen[at] * _LEVEL
        known = (layers.light > 0)[..., None]
        return np.asarray((seen - layers.over - layers.light[..., None] * layers.below) * known)

    def maps_on_top(self, at: At, layers: Layers) -> tuple[Ints, Maps]:
        """Return which places have something above, and the maps there for things on top of it.

        A thing of the type that is over all others has below it what lies above another thing.
        """
        n, row, col = at
        if self.model.order.top < 0:
            covered = np.empty(0, np.int64)
        else:
            hidden = layers.light < self.model.inside[row, col]
            covered = np.flatnonzero(hidden.any(axis=(1, 2)))
        own = n[covered], row[covered], col[covered]
        upper = self.layers(own, on_top=True)
        return covered, maps_of(self.contrast(own, upper), upper)


def maps_of(rest: Floats32, layers: Layers) -> Maps:
    """Return what coverage and its square are weighed by, where `rest` is to be explained."""
    below, square = layers.below, np.square(layers.light)
    linear = np.empty((*rest.shape[:3], 4), np.float32)
    linear[..., :3] = layers.light[..., None] * rest
    linear[..., 3] = np.einsum("nhwc,nhwc->nhw", linear[..., :3], below)
    quadratic = np.empty((*rest.shape[:3], 5), np.float32)
    quadratic[..., :3] = square[..., None] * below
    quadratic[..., 3] = np.einsum("nhwc,nhwc->nhw", quadratic[..., :3], below)
    quadratic[..., 4] = square
    return linear, quadratic
