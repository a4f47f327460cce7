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
from dsrl_agent.back_end.compositor.hypotheses import Hypotheses, Scene, Vocabulary
from dsrl_agent.back_end.compositor.scenes import SceneModel, draw_scenes, views_of
from dsrl_agent.perception.things.model import ThingsModel
from dsrl_agent.types import Floats32, Frame

_LEVEL = np.float32(1 / 255)  # of 8 bits


def backfitted(model: ThingsModel, frames: Frame) -> ThingsModel:
    """Return the model fitted anew to frames `[B, H, W, 3]`, in rounds of reading and fitting."""
    for _ in range(model.thresholds.scenes.backfits):
        scene = model.read(frames)
        words = tuple(
            _refitted(model, frames, scene, kind) for kind in range(len(model.vocabularies))
        )
        scenes = replace(model.scenes, background=uncovered(model.scenes, frames, scene))
        model = _with_vocabularies(replace(model, scenes=scenes), words)
    return model


def uncovered(scenes: SceneModel, frames: Frame, scene: Scene) -> Floats32:
    """Return the background `[H, W, 3]` with the median of what no thing of a scene covers."""
    black = replace(scenes, background=np.zeros_like(scenes.background))
    white = replace(scenes, background=np.ones_like(scenes.background))
    through = (draw_scenes(scene, white) - draw_scenes(scene, black)).mean(axis=3)
    hidden = np.repeat((through < 0.99)[..., None], 3, axis=3)
    shown = np.ma.array(frames * _LEVEL, mask=hidden)
    median = np.ma.median(shown, axis=0)  # type: ignore[no-untyped-call]
    return np.asarray(median.filled(scenes.background), np.float32)


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
    sprite = model.canvas.reconstruct(vocabulary.sprite, seen, settings.rounds, settings.relaxation)
    return Vocabulary(sprite, vocabulary.placements, vocabulary.tints)


def _with_vocabularies(model: ThingsModel, words: Sequence[Vocabulary]) -> ThingsModel:
    """Return the model with other looks of its types."""
    old = model.scenes.hypotheses
    hypotheses = Hypotheses.of(model.canvas, words, old.palette, old.free_tint)
    scenes = replace(model.scenes, hypotheses=hypotheses)
    return replace(model, scenes=scenes, vocabularies=tuple(words))


def widened(placements: Sequence[Placement]) -> list[Placement]:
    """Return placements with the offsets of a type one pixel further, where they vary."""
    scales = sorted({place.scale for place in placements})
    ranges = []
    for axis in (1, 2):
        steps = {int(place[axis]) for place in placements}
        more = int(len(steps) > 1)
        ranges.append(range(min(steps) - more, max(steps) + more + 1))
    return [Placement(s, down, right) for s in scales for down in ranges[0] for right in ranges[1]]
