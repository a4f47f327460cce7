"""Read places that things reach into from outside, by coordinate descent, and draw scenes.

Things are drawn over the background one after the other, in an order of the scene. While one place
is decided, the things around it stay as they are: those below it change what it covers, those above
hide it. Places that cannot reach each other are decided at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end.compositor.composition import SceneModel, draw_scenes
from dsrl_agent.back_end.compositor.hypotheses import Scene, concatenated
from dsrl_agent.back_end.compositor.layers import (
    At,
    Layers,
    Maps,
    SceneState,
    Surroundings,
    maps_of,
)
from dsrl_agent.back_end.compositor.parts import PartsMatch, PartsTemplates
from dsrl_agent.back_end.compositor.scoring import OTHER_TINT, Match, best_hypotheses
from dsrl_agent.back_end.compositor.windows import most_beside
from dsrl_agent.runtime.work import count_work
from dsrl_agent.types import Floats32, Frame, Ints

_BATCH = 64  # frames worked on at once, to bound memory
_NATS = 3 / 2  # of noise in a pixel: half a nat for each of 3 channels
_LEVEL = np.float32(1 / 255)  # of 8 bits
_LAYERS = 1000  # multiplications that take as long as the layers about a pixel of a place


def read_scenes(frames: Frame, model: SceneModel) -> Scene:
    """Return the most probable scenes of frames `[B, H, W, 3]`."""
    batches = [frames[start : start + _BATCH] for start in range(0, len(frames), _BATCH)]
    return concatenated([SceneReader(model, batch).read() for batch in batches])


class Views(NamedTuple):
    """What N things of scenes show of themselves."""

    contrasts: Floats32  # [N, h, w, 3]: what each thing has to explain of its window
    colours: Floats32  # [N, h, w, 3]: its colour over what lies below it, seen through the light


def views_of(
    frames: Frame, scene: Scene, model: SceneModel, n: Ints, row: Ints, col: Ints
) -> Views:
    """Return what things at places of frames `[B, H, W, 3]` show, all others being as in the scene.

    A thing with coverage a explains a times `colours` of `contrasts`.
    """
    reader = SceneReader(model, frames, scene)
    around, at = reader.around, (n, row, col)
    layers = around.layers(at)
    top = np.flatnonzero(scene.types[at] == model.order.top)
    if len(top):
        _put(around.layers((n[top], row[top], col[top]), on_top=True), layers, top)
    contrasts = around.contrast(at, layers)
    own = model.hypotheses.painted(scene.templates[at], scene.colours[at])
    return Views(contrasts, layers.light[..., None] * (own - layers.below))


class SceneReader:
    """Decides the places of a batch of frames, one set of independent places after the other.

    The search starts from a scene, or else from what each place shows alone.
    """

    def __init__(self, model: SceneModel, frames: Frame, scene: Scene | None = None) -> None:
        self.model, self.frames = model, frames
        self.none = len(model.hypotheses.templates)
        if scene is None:
            scene = model.places.read(frames)
            shadow = _is_overshadowed(scene, model.thresholds.overshadowed)
            scene = scene._replace(types=np.where(shadow, -1, scene.types))
        templates = np.where(scene.types < 0, self.none, scene.templates)
        self.state = SceneState(templates, scene.tints.copy(), scene.colours.copy())
        self.around = Surroundings(model, model.windows.of(frames), self.state)
        self.stale = np.ones(templates.shape, np.bool_)  # where a decision may change
        self._drawing = np.empty(frames.shape, np.float32)
        self._undrawn = np.ones(len(frames), np.bool_)

    def read(self) -> Scene:
        """Return the scenes after the last sweep."""
        self.settle()
        frames = np.arange(len(self.frames))
        for _ in range(self.model.thresholds.doubts):
            frames = self._doubt(frames)
            if not len(frames):
                break
        return self._scene()

    def settle(self) -> None:
        """Decide places until nothing changes; those that hold things come first."""
        self._sweep(self._unsettled() & (self.state.templates != self.none))
        for _ in range(self.model.thresholds.sweeps):
            unsettled = self._unsettled()
            if not unsettled.any() or not self._sweep(unsettled):
                break

    def _doubt(self, frames: Ints) -> Ints:
        """Take the weakest overshadowed thing out of frames; return those in which it stays out.

        One by one, two things that share the pixels of one never give way. Both scenes are settled,
        and the more probable one stays.
        """
        scene = self._scene()
        doubted = _is_overshadowed(scene, self.model.thresholds.doubted) & (scene.types >= 0)
        some = frames[doubted[frames].any(axis=(1, 2))]
        doubted[some] &= ~self._is_evident(scene, some)
        own = frames[doubted[frames].any(axis=(1, 2))]
        if not len(own):
            return own
        explained = np.where(doubted, scene.energy - scene.left, np.inf)[own]
        row, col = np.unravel_index(
            explained.reshape(len(own), -1).argmin(axis=1), scene.types.shape[1:]
        )
        other = self._without(scene, own, row, col)
        other.settle()
        better = other.nats() < self.nats()[own] - self.model.thresholds.doubt_margin
        chosen = own[better]
        _put([part[better] for part in other.state], self.state, chosen)
        self.stale[chosen], self._drawing[chosen] = other.stale[better], other.drawn()[better]
        return np.asarray(chosen)

    def _is_evident(self, scene: Scene, frames: Ints) -> NDArray[np.bool_]:
        """Return where in some frames something must stand, `[F, rows, cols]`.

        No thing beside the place could explain what is seen there.

        Nothing may be left unexplained around the place, or another scene could be better as well.
        """
        rows, cols = self.model.windows.own
        seen = self.around.seen[frames][:, :, :, rows, cols] * _LEVEL
        rest = seen - self.model.windows.of(self.drawn()[frames])[:, :, :, rows, cols]
        contrast = seen - self.model.ground[:, :, rows, cols]
        alone = self.model.reached[rows, cols] <= self.model.thresholds.unreached
        told = (np.square(contrast[..., alone, :]) - np.square(rest[..., alone, :])).sum((3, 4))
        costs = self.model.costs_of(scene.types[frames]) + self.model.hypotheses.free_tint
        costs += self.model.thresholds.doubt_margin
        evident = told * np.float32(self.model.likelihood.precision) > costs
        return np.asarray(evident & ~self._leaves_much(frames))

    def _without(self, scene: Scene, own: Ints, row: Ints, col: Ints) -> SceneReader:
        """Return a reader of some of the frames, with one thing less in each."""
        parts: list[Any] = [each[own] for each in scene]
        part, each = Scene(*parts), np.arange(len(own))
        part.types[each, row, col] = -1
        other = SceneReader(self.model, self.frames[own], part)
        other.stale = self.stale[own]
        other.stale[each, row, col] = True
        other._mark_around((each, row, col))
        return other

    def _mark_around(self, at: At) -> None:
        """Let the places beside others be decided anew."""
        changed = np.zeros(self.stale.shape, np.bool_)
        changed[at] = True
        self.stale |= most_beside(changed)

    def nats(self) -> NDArray[np.float64]:
        """Return the negative ELBO of each frame in nats, up to a constant."""
        scene, likelihood = self._scene_now(), self.model.likelihood
        rest = np.square(self.frames * _LEVEL - self.drawn()).sum(axis=(1, 2, 3))
        costs = self.model.costs_of(scene.types).sum(axis=(1, 2))
        return np.asarray(rest * likelihood.precision + costs, np.float64)

    def _unsettled(self) -> NDArray[np.bool_]:
        """Return where another thing could explain notably more, `[B, rows, cols]`.

        No thing can save more than its window's residual has beyond noise. A place that was decided
        since the things around it changed would be decided likewise.
        """
        unsettled = np.zeros(self.stale.shape, np.bool_)
        frames = np.flatnonzero(self.stale.any(axis=(1, 2)))
        unsettled[frames] = self._leaves_much(frames)
        return unsettled & self.stale

    def _leaves_much(self, frames: Ints) -> NDArray[np.bool_]:
        """Return in which windows of some frames the residual exceeds noise, `[F, rows, cols]`."""
        likelihood = self.model.likelihood
        rest = self.frames[frames] * _LEVEL - self.drawn()[frames]
        nats = np.einsum("bhwc,bhwc->bhw", rest, rest) * np.float32(likelihood.precision)
        expected = _NATS * self.model.inside.sum(axis=(2, 3))
        deviations = self.model.thresholds.settled_deviations
        spare = likelihood.presence + deviations * np.sqrt(expected)
        return np.asarray(self.model.summed(nats) > expected + spare)

    def _sweep(self, unsettled: NDArray[np.bool_]) -> bool:
        """Decide the places that are not settled anew; return whether anything changed."""
        changed = False
        n, row, col = np.nonzero(unsettled)
        for down, right in product(range(2), range(2)):
            own = (row % 2 == down) & (col % 2 == right)
            if own.any():
                changed |= self._decide(n[own], row[own], col[own])
        return changed

    def _decide(self, n: Ints, row: Ints, col: Ints) -> bool:
        """Decide places that do not reach each other."""
        height, width = self.model.windows.size
        count_work(_LAYERS * len(n) * height * width)
        layers = self.around.layers((n, row, col))
        rest = self.around.contrast((n, row, col), layers)
        busy = np.flatnonzero(self._is_busy(rest, layers.light))
        decided = SceneState(
            np.full(len(n), self.none),
            np.full(len(n), OTHER_TINT),
            np.zeros((len(n), self.model.hypotheses.colour_size), np.float32),
        )
        if len(busy):
            at = (n[busy], row[busy], col[busy])
            best = self._best(at, rest[busy], Layers(*(part[busy] for part in layers)))
            _put(best, decided, busy)
        at = (n, row, col)
        changed = self.state.templates[at] != decided.templates
        changed |= self.state.tints[at] != decided.tints
        other = changed | (self.state.colours[at] != decided.colours).any(axis=1)
        _put(decided, self.state, at)
        self.stale[at], self._undrawn[n[other]] = False, True
        self._mark_around((n[other], row[other], col[other]))
        return bool(changed.any())

    def _is_busy(self, rest: Floats32, light: Floats32) -> NDArray[np.bool_]:
        """Return whether a thing could save more than it costs at places."""
        energy = np.einsum("nhwc,nhwc->n", rest, rest)
        likelihood = self.model.likelihood
        noise = 2 * _NATS * likelihood.noise**2 * (light > 0).sum(axis=(1, 2))
        noise *= self.model.thresholds.least_noise
        return np.asarray(energy > noise + likelihood.presence / likelihood.precision)

    def _best(self, at: At, rest: Floats32, layers: Layers) -> SceneState:
        """Return the most probable thing, or nothing, at N places.

        `at` has the frame, row and column of each place.
        """
        likelihood = self.model.likelihood
        hypotheses, settings = self.model.hypotheses, self.model.thresholds
        sums = self._sums(maps_of(rest, layers), slice(None))
        covered, maps = self.around.maps_on_top(at, layers)
        if len(covered):
            part = hypotheses.parts[self.model.order.top]
            for whole, own in zip(sums, self._sums(maps, part), strict=True):
                whole[covered, ..., part] = own
        best = best_hypotheses(sums, hypotheses, likelihood.precision, settings.negligible)
        there = best.nats + likelihood.presence < 0
        return SceneState(
            np.where(there, best.templates, self.none),
            np.where(there, best.tints, OTHER_TINT),
            np.where(there[:, None], best.colours, np.float32(0)),
        )

    def _sums(self, maps: Maps, part: slice) -> Match | PartsMatch:
        """Return the sums of maps with a part of the templates."""
        hypotheses = self.model.hypotheses
        match = self._products(maps[0], hypotheses.flat[part])
        beneath = self._products(maps[1], hypotheses.squares[part])
        towards, crossed = match[:, :3] + beneath[:, :3], 2 * match[:, 3] + beneath[:, 3]
        if hypotheses.masks is None:
            return Match(towards, crossed, beneath[:, 4])
        return self._parts_match(maps, part, crossed)

    def _parts_match(self, maps: Maps, part: slice, crossed: Floats32) -> PartsMatch:
        """Return the sums of maps with the parts of a part of the templates."""
        masks = self.model.hypotheses.cropped_masks(slice(None), slice(None))[part]
        parts = PartsTemplates(masks)
        shown, below = (np.moveaxis(each[..., :3].reshape(len(each), -1, 3), 2, 1) for each in maps)
        light = maps[1][..., 4].reshape(len(crossed), -1)
        return PartsMatch(parts.towards(shown, below), crossed, parts.sizes(light))

    def _products(self, flat: Floats32, templates: Floats32) -> Floats32:
        """Return the products `[N, K, M]` of maps `[N, h, w, K]` with templates."""
        count, channels = len(flat), flat.shape[3]
        count_work(flat.size * len(templates))
        rows = np.moveaxis(flat, 3, 1).reshape(count * channels, -1)
        return (rows @ templates.T).reshape(count, channels, -1)

    def _scene_now(self) -> Scene:
        """Return the scenes as they are, without residuals."""
        types = self.around.types[self.state.templates]
        zero = np.zeros(types.shape, np.float32)
        return Scene(types, *self.state, zero, zero)

    def _scene(self) -> Scene:
        """Return the scenes with the residual of each place's own pixels."""
        windows, scene = self.model.windows, self._scene_now()
        rows, cols = windows.own
        seen = self.around.seen[:, :, :, rows, cols] * _LEVEL
        rest = seen - windows.of(self.drawn())[:, :, :, rows, cols]
        contrast = seen - self.model.ground[:, :, rows, cols]
        left, energy = (np.einsum("brchwk,brchwk->brc", part, part) for part in (rest, contrast))
        return scene._replace(left=left, energy=energy)

    def drawn(self) -> Floats32:
        """Return the frames that the scenes stand for; those that changed are drawn anew."""
        own = np.flatnonzero(self._undrawn)
        if len(own):
            parts: list[Any] = [part[own] for part in self._scene_now()]
            self._drawing[own] = draw_scenes(Scene(*parts), self.model)
            self._undrawn[own] = False
        return self._drawing


def _is_overshadowed(scene: Scene, share: float) -> NDArray[np.bool_]:
    """Return which things explain much less than one beside them, `[B, rows, cols]`.

    Read alone, a place that its neighbour reaches into seems to hold a thing of its own.
    """
    explained = np.where(scene.types >= 0, scene.energy - scene.left, 0)
    return np.asarray(explained < share * most_beside(explained))


def _put(parts: Sequence[Any], to: Sequence[Any], at: Any) -> None:
    """Put each array into another one at places."""
    for part, whole in zip(parts, to, strict=True):
        whole[at] = part
