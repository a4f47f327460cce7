"""Fit background, sprites and offsets anew to whole frames, given the scenes read from them.

Tracks show things that nothing stands around. In crowded worlds these are few. Once scenes are
read, each thing is seen as what the others leave of its window, so every frame tells something of
every sprite.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dsrl_agent.back_end.compositor.canvas import Placement, Sighted
from dsrl_agent.back_end.compositor.composition import SceneModel, light_through
from dsrl_agent.back_end.compositor.hypotheses import Hypotheses, Scene, Vocabulary
from dsrl_agent.back_end.compositor.scenes import views_of
from dsrl_agent.config.things import BackgroundThresholds
from dsrl_agent.perception.things.model import ThingsModel
from dsrl_agent.types import Floats32, Frame, Ints

_LEVEL = np.float32(1 / 255)  # of 8 bits
_MEDIAN = np.pi / 2  # variance of a median of normal numbers, that of their mean being 1


def backfitted(model: ThingsModel, frames: Frame) -> ThingsModel:
    """Return the model fitted anew to frames `[B, H, W, 3]`, in rounds of reading and fitting."""
    for _ in range(model.thresholds.scenes.backfits):
        scene = model.read(frames)
        words = tuple(
            _refitted(model, frames, scene, kind) for kind in range(len(model.vocabularies))
        )
        settings = model.thresholds.background
        background = uncovered(model.scenes, frames, scene, settings)
        scenes = replace(model.scenes, background=background)
        model = _with_vocabularies(replace(model, scenes=scenes), words)
    return _without_unused(_without_twins(model), frames)


def _without_unused(model: ThingsModel, frames: Frame) -> ThingsModel:
    """Return the model without types that almost nothing in the frames is of."""
    types = model.read(frames).types
    counts = np.bincount(types[types >= 0], minlength=len(model.vocabularies))
    least = model.thresholds.sprites.least_tracks
    unused = [kind for kind, count in enumerate(counts) if count < least and kind != model.agent]
    for kind in reversed(unused):
        model = _dropped(model, kind, kind)
    return model


def _dropped(model: ThingsModel, kind: int, instead: int) -> ThingsModel:
    """Return the model without a type, whose place as the agent another one takes."""

    def renamed(number: int) -> int:
        number = instead if number == kind else number
        return number - (number > kind)

    words = [word for k, word in enumerate(model.vocabularies) if k != kind]
    order = model.scenes.order
    scenes = model.scenes.with_order(order._replace(top=renamed(order.top)))
    return _with_vocabularies(replace(model, scenes=scenes, agent=renamed(model.agent)), words)


def _without_twins(model: ThingsModel) -> ThingsModel:
    """Return the model with one type for two whose sprites and tints are the same.

    Parts of one shape, learned from what neighbours left of it, become the same by backfitting.
    """
    words, settings = list(model.vocabularies), model.thresholds.sprites
    scales = np.arange(settings.least_scale, 2 - settings.least_scale, settings.scale_step)
    steps = range(-model.scenes.windows.margin, model.scenes.windows.margin + 1)
    places = [Placement(round(float(s), 4), y, x) for s in scales for y in steps for x in steps]
    for a, one in enumerate(words):
        later = range(a + 1, len(words))
        rivals = [b for b in later if np.array_equal(one.tints, words[b].tints)]
        if not rivals:
            continue
        drawn = model.canvas.draw_all(one.sprite, places)
        for b in rivals:
            target = model.canvas.draw(words[b].sprite, Placement(1.0, 0, 0))
            rest = np.square(drawn - target).sum(axis=(1, 2))
            best = int(rest.argmin())
            if rest[best] < settings.rough * float(np.square(target).sum()):
                united = _united(one, words[b], places[best], settings.scale_step)
                words[a] = one._replace(placements=united)
                return _without_twins(_dropped(_with_vocabularies(model, words), b, a))
    return model


def _united(one: Vocabulary, other: Vocabulary, place: Placement, step: float) -> list[Placement]:
    """Return the placements of two types, where the first sprite at `place` is the second.

    Scales are multiples of `step`.
    """
    moved = {
        Placement(
            round(round(s * place.scale / step) * step, 4), down + place.down, right + place.right
        )
        for s, down, right in other.placements
    }
    return sorted({*one.placements, *moved})


def uncovered(
    scenes: SceneModel, frames: Frame, scene: Scene, thresholds: BackgroundThresholds
) -> Floats32:
    """Return the background `[H, W, 3]` with the median of what no thing of a scene covers.

    Pixels that too few frames show stay as they were: what is not explained there may be a thing.
    """
    open_to_view = light_through(scene, scenes) >= 1 - thresholds.haze
    open_to_view &= open_to_view.sum(axis=0) >= thresholds.shown
    hidden = np.repeat(~open_to_view[..., None], 3, axis=3)
    shown = np.ma.array(frames * _LEVEL, mask=hidden)
    median = np.ma.median(shown, axis=0)  # type: ignore[no-untyped-call]
    counts = len(frames) - hidden.sum(axis=0)
    known = np.asarray(median.filled(np.nan), np.float32)
    return without_chance(known, scenes.background, counts, scenes.likelihood.noise)


def without_chance(picture: Floats32, before: Floats32, counts: Ints, noise: float) -> Floats32:
    """Return a picture `[H, W, 3]` of medians whose pixels differ no more than chance lets them.

    The medians of few noisy frames differ from pixel to pixel by chance, which things would be seen
    in (empirical Bayes; James and Stein 1961). `counts` are the frames that show each pixel; where
    there are none, the picture is as `before`.
    """
    known = counts > 0
    middle = np.median(picture[known].reshape(-1, 3), axis=0) if known.any() else 0.0
    away = np.where(known, picture - middle, 0)
    chance = _MEDIAN * noise**2 / np.maximum(counts, 1)
    real = float(np.square(away[known]).mean() - chance[known].mean()) if known.any() else 0.0
    share = max(real, 0.0) / np.maximum(max(real, 0.0) + chance, 1e-12)
    return np.where(known, middle + share * away, before).astype(np.float32)


def _refitted(model: ThingsModel, frames: Frame, scene: Scene, kind: int) -> Vocabulary:
    """Return what a type looks like, its sprite fitted to the things of the type in scenes."""
    vocabulary, settings = model.vocabularies[kind], model.thresholds.sprites
    spill = model.thresholds.coverage.spill
    n, row, col = np.nonzero(scene.types == kind)
    if len(n) < settings.least_tracks:
        return vocabulary
    some = np.unique(np.linspace(0, len(n) - 1, settings.tracks).astype(np.int64))
    n, row, col = n[some], row[some], col[some]
    views = views_of(frames, scene, model.scenes, n, row, col)
    energy = np.square(views.colours).sum(axis=3)
    covered = (views.contrasts * views.colours).sum(axis=3) / np.maximum(energy, 1e-6)
    variance = model.scenes.likelihood.noise**2 + settings.raster**2
    templates = scene.templates[n, row, col]
    places = [model.scenes.hypotheses.placements[number] for number in templates]
    pictures = np.clip(covered, -spill, 1 + spill).astype(np.float32)
    seen = Sighted(places, pictures, energy / variance)
    sprite = model.canvas.reconstruct(
        vocabulary.sprite, seen, settings.rounds, settings.relaxation, settings.least_seen
    )
    return vocabulary._replace(sprite=sprite)


def _with_vocabularies(model: ThingsModel, words: Sequence[Vocabulary]) -> ThingsModel:
    """Return the model with other looks of its types."""
    old = model.scenes.hypotheses
    hypotheses = Hypotheses.of(
        model.canvas, words, old.palette, old.free_tint, any_tint=old.any_tint
    )
    scenes = replace(model.scenes, hypotheses=hypotheses)
    return replace(model, scenes=scenes, vocabularies=tuple(words))
