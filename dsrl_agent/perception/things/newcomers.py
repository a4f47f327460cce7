"""Gather sightings of unknown things until one has enough to become a type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end.compositor.canvas import Placement
from dsrl_agent.back_end.compositor.hypotheses import Scene, Vocabulary
from dsrl_agent.back_end.compositor.scenes import SceneReader
from dsrl_agent.back_end.compositor.windows import most_beside
from dsrl_agent.config.symbols import NoveltyThresholds
from dsrl_agent.perception.things.evidence.coverage import coverage_of
from dsrl_agent.perception.things.evidence.ink import shown_alone
from dsrl_agent.perception.things.evidence.inks import Inked, inks_of
from dsrl_agent.perception.things.evidence.tracks import Tracks
from dsrl_agent.perception.things.model import ThingsModel
from dsrl_agent.perception.things.sprites.fitting import TrackFitter
from dsrl_agent.perception.things.sprites.parts import shares_of
from dsrl_agent.types import Floats32, Frame, Ints


class Sightings(NamedTuple):
    """An unknown thing, seen S times."""

    contrasts: Floats32  # [S, h, w, 3]: windows minus background
    grounds: Floats32  # [S, h, w, 3]: the background there
    weights: Floats32  # [S, h, w]: which pixels count
    frames: Ints  # [S]: number of the frame of each

    def with_others(self, others: Sightings) -> Sightings:
        """Return these sightings and others."""
        both: list[Any] = [self, others]
        return Sightings(*(np.concatenate(parts) for parts in zip(*both, strict=True)))

    def of(self, number: int) -> Sightings:
        """Return one of these sightings."""
        parts: list[Any] = [part[number : number + 1] for part in self]
        return Sightings(*parts)


class NewType(NamedTuple):
    """A thing that has become a type."""

    vocabulary: Vocabulary
    palette: Floats32  # [P, 3]: the palette with its colour


class Newcomers:
    """Clusters sightings of unknown things by the sprite that explains them."""

    def __init__(self, thresholds: NoveltyThresholds) -> None:
        self._thresholds = thresholds
        self.waiting: list[Sightings] = []
        self.frame = 0  # number of frames seen

    def see(
        self, frame: Frame, places: Ints, model: ThingsModel, scene: Scene | None = None
    ) -> list[NewType]:
        """Take the unknown things at places `[U, 2]` of a frame; return those now complete.

        `scene` is what the model reads in the frame, if that is known already.
        """
        self.frame += 1
        for sighting in _sightings(frame, places, self.frame, model, scene):
            self._add(sighting, model)
        ready = [one for one in self.waiting if self._is_complete(one)]
        self.waiting = [one for one in self.waiting if not self._is_complete(one)]
        complete = []
        for one in ready:
            new = new_type(one, model)
            model = model.with_type(*new)
            complete.append(new)
        return complete

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything for a checkpoint."""
        arrays: dict[str, NDArray[Any]] = {"frame": np.array([self.frame], np.int64)}
        for number, one in enumerate(self.waiting):
            for name, part in one._asdict().items():
                arrays[f"{name}_{number}"] = part
        return arrays

    def load(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Restore from `arrays()`."""
        self.frame = int(arrays["frame"][0])
        count = sum(name.startswith("frames_") for name in arrays)
        self.waiting = [
            Sightings(*(np.array(arrays[f"{name}_{number}"]) for name in Sightings._fields))
            for number in range(count)
        ]

    def _is_complete(self, one: Sightings) -> bool:
        settings = self._thresholds
        frames = len(np.unique(one.frames))
        return len(one.frames) >= settings.sightings and frames >= settings.frames

    def _add(self, sighting: Sightings, model: ThingsModel) -> None:
        for number, one in enumerate(self.waiting):
            if _is_same(one, sighting, model):
                self.waiting[number] = one.with_others(sighting)
                return
        self.waiting.append(sighting)
        if len(self.waiting) > self._thresholds.waiting:
            oldest = min(range(len(self.waiting)), key=lambda k: int(self.waiting[k].frames[-1]))
            del self.waiting[oldest]


def new_type(one: Sightings, model: ThingsModel) -> NewType:
    """Return the type of a thing from its sightings.

    Its sizes and offsets vary as those of the known types do. If these occur in several colours, so
    may it.
    """
    fitter, inked = _fitter(one, model)
    chosen = np.arange(len(one.frames))
    sprite = fitter.first_sprite(int(fitter.energies.argmax()))
    fits = fitter.fit(sprite, chosen)
    sprite = fitter.refined(sprite, chosen, fits)
    fits = fitter.fit(sprite, chosen)
    places = _places(fits.placements, fitter.middles, model)
    colours = np.median(fitter.colours, axis=0)[None] if inked is None else _each_ink(inked)
    palette, own = _with_colours(model, colours.astype(np.float32))
    tints = np.arange(len(palette)) if _colours_vary(model) else own
    shares = None if inked is None else shares_of(sprite, chosen, fits, fitter, inked)
    return NewType(Vocabulary(sprite, places, tints, shares), palette)


def _each_ink(inked: Inked) -> Floats32:
    """Return the inks `[N, 3]` of all sightings."""
    return np.concatenate(
        [inks[:count] for inks, count in zip(inked.inks, inked.counts, strict=True)]
    )


def _with_colours(model: ThingsModel, colours: Floats32) -> tuple[Floats32, Ints]:
    """Return the palette with colours `[N, 3]` that it lacks, and the numbers of all of them."""
    palette, settings = model.scenes.hypotheses.palette, model.thresholds.scenes
    radius = settings.colour_radius + settings.colour_noise * model.scenes.likelihood.noise
    own = []
    for colour in colours:
        away = np.linalg.norm(palette - colour, axis=1)
        own.append(int(away.argmin()) if len(away) and away.min() < radius else len(palette))
        if own[-1] == len(palette):
            palette = np.concatenate([palette, colour[None]])
    return palette, np.unique(own)


def explains(model: ThingsModel, kind: int, one: Sightings) -> bool:
    """Return whether the sprite of a type explains most sightings, whatever their colour."""
    fitter, _ = _fitter(one, model)
    fits = fitter.fit(model.vocabularies[kind].sprite, np.arange(len(one.frames)))
    return float(fitter.below(fits, model.thresholds.sprites.final).mean()) > 0.5


def _sightings(
    frame: Frame, places: Ints, number: int, model: ThingsModel, scene: Scene | None
) -> list[Sightings]:
    """Return the windows around places `[U, 2]` of a frame `[H, W, 3]`, that of each thing."""
    if not len(places):
        return []
    if model.reach:
        scene = model.read(frame[None]) if scene is None else scene
        seen = _among_others(frame, places, number, model, scene)
    else:
        windows, (row, col) = model.scenes.windows, places.T
        ground = np.array(windows.of(model.scenes.background[None])[0, row, col])
        shown = windows.of(frame[None])[0, row, col] / np.float32(255)
        weights = np.zeros((len(places), *windows.size), np.float32)
        weights[(slice(None), *windows.own)] = 1
        seen = Sightings(shown - ground, ground, weights, np.full(len(places), number))
    return [seen.of(int(k)) for k in np.flatnonzero(seen.weights.any(axis=(1, 2)))]


def _among_others(
    frame: Frame, places: Ints, number: int, model: ThingsModel, scene: Scene
) -> Sightings:
    """Return what known things, those of a scene, leave of windows into which things reach.

    All unknown things are left out of the scene, so that one that touches another is not seen
    whole. Some of these may be known things that a new one reaches into: the place that is
    explained worst is then seen again with them.
    """
    row, col = places.T
    unknown = np.zeros(scene.left.shape, np.float32)
    unknown[0, row, col] = scene.left[0, row, col]
    worst = (unknown >= most_beside(unknown))[0, row, col]
    without = scene._replace(types=scene.types.copy())
    without.types[0, row, col] = -1
    seen = _left_by_others(frame, places, without, number, model)
    again = np.flatnonzero(worst & ~seen.weights.any(axis=(1, 2)))
    for k in again:
        own = scene._replace(types=scene.types.copy())
        own.types[0, row[k], col[k]] = -1
        one = _left_by_others(frame, places[k : k + 1], own, number, model)
        seen.contrasts[k], seen.grounds[k] = one.contrasts[0], one.grounds[0]
        seen.weights[k] = one.weights[0]
    return seen


def _left_by_others(
    frame: Frame, places: Ints, scene: Scene, number: int, model: ThingsModel
) -> Sightings:
    """Return what the things of a scene leave of windows; those of no whole thing weigh nothing."""
    row, col = places.T
    around, first = SceneReader(model.scenes, frame[None], scene).around, np.zeros_like(row)
    layers = around.layers((first, row, col))
    shown = layers.light > 0.5
    light = np.where(shown, layers.light, np.float32(1))[..., None]
    rest = around.contrast((first, row, col), layers) * shown[..., None] / light
    contrasts = np.asarray(rest, np.float32)
    noise = np.full(len(places), model.scenes.likelihood.noise)
    standing = model.thresholds.standing
    weights = shown_alone(contrasts, noise, model.scenes.windows, standing)
    weights *= shown
    return Sightings(contrasts, layers.below, weights, np.full(len(places), number))


def _tracks(one: Sightings, model: ThingsModel) -> Tracks:
    """Return sightings as tracks of one frame each."""
    count = len(one.frames)
    return Tracks(
        contrasts=one.contrasts,
        grounds=one.grounds,
        weights=one.weights,
        counts=np.ones(count, np.int64),
        agent=np.zeros(count, np.bool_),
        reach=model.reach,
        whole=np.full(count, model.reach),
    )


def _fitter(one: Sightings, model: ThingsModel) -> tuple[TrackFitter, Inked | None]:
    """Return a fitter of sprites to sightings, and their inks if known things have parts."""
    tracks, thresholds = _tracks(one, model), model.thresholds
    noise, inked = model.scenes.likelihood.noise, None
    if model.scenes.hypotheses.masks is not None:
        inked = inks_of(tracks, noise, thresholds.coverage, thresholds.parts)
    covered = inked.covered if inked else coverage_of(tracks, noise, thresholds.coverage)
    return TrackFitter(model.canvas, tracks, covered, thresholds.sprites), inked


def _is_same(one: Sightings, sighting: Sightings, model: ThingsModel) -> bool:
    """Return whether a sighting shows the same thing as one of others: same sprite and colour."""
    joined = one.with_others(sighting)
    fitter, _ = _fitter(joined, model)
    last = len(joined.frames) - 1
    radius = model.thresholds.sprites.same_colour + model.scenes.likelihood.noise
    away = np.linalg.norm(np.median(fitter.colours[:last], axis=0) - fitter.colours[last])
    if away > radius and not _colours_vary(model):
        return False
    # In noise, one exemplar may fit badly; sharpened ones fit better than a mean of few.
    for exemplar in range(last):
        left = fitter.fit(fitter.first_sprite(exemplar), np.array([last]))
        if fitter.below(left, model.thresholds.sprites.first)[0]:
            return True
    return False


def _colours_vary(model: ThingsModel) -> bool:
    """Return whether known types but the agent's occur in several colours."""
    hypotheses = model.scenes.hypotheses
    things = [kind for kind in range(hypotheses.number_of_types) if kind != model.agent]
    return any(len(hypotheses.tints[kind]) > 1 for kind in things)


def _places(own: list[Placement], middles: Ints, model: ThingsModel) -> list[Placement]:
    """Return placements as wide as those of the known types, and those that were seen."""
    things = [each for k, each in enumerate(model.vocabularies) if k != model.agent]
    known = [place for each in things for place in each.placements]
    ratios = {1.0}
    for each in things:
        largest = max(place.scale for place in each.placements)
        ratios |= {round(place.scale / largest, 2) for place in each.placements}
    largest = max(place.scale for place in own)
    sizes = sorted({round(largest * ratio, 2) for ratio in ratios})
    rows = {place.down + int(middle[0]) for place, middle in zip(own, middles, strict=True)}
    cols = {place.right + int(middle[1]) for place, middle in zip(own, middles, strict=True)}
    rows |= {place.down for place in known}
    cols |= {place.right for place in known}
    down, right = range(min(rows), max(rows) + 1), range(min(cols), max(cols) + 1)
    return [Placement(s, y, x) for s in sizes for y in down for x in right]
