"""Learn a model of things from what motion and standing still tell."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from dsrl_agent.back_end.compositor.canvas import Canvas
from dsrl_agent.back_end.compositor.cells import Likelihood, read_cells
from dsrl_agent.back_end.compositor.hypotheses import Hypotheses, Scene
from dsrl_agent.back_end.compositor.scenes import Order, SceneModel, draw_scenes, read_scenes
from dsrl_agent.config.things import ThingsThresholds
from dsrl_agent.perception.motion.evidence import Evidence
from dsrl_agent.perception.things.background import find_background, holds_thing
from dsrl_agent.perception.things.coverage import coverage_of
from dsrl_agent.perception.things.discovery import discover
from dsrl_agent.perception.things.film import Film, film_of
from dsrl_agent.perception.things.fitting import TrackFitter
from dsrl_agent.perception.things.tracks import find_tracks
from dsrl_agent.perception.things.vocabulary import Vocabularies, vocabularies
from dsrl_agent.perception.things.windows import windows_of
from dsrl_agent.types import Floats32, Frame

_LEVEL = np.float32(1 / 255)  # of 8 bits


class ThingsModel(NamedTuple):
    """A learned model of things."""

    scenes: SceneModel
    vocabularies: Vocabularies
    reach: bool  # whether things reach out of their cells


def learn_things(evidence: Evidence, thresholds: ThingsThresholds) -> ThingsModel:
    """Learn background, sprites, vocabulary and drawing order from evidence."""
    film = film_of(evidence)
    windows = windows_of(evidence.grid, thresholds)
    background = find_background(film, windows, thresholds.background)
    holds = holds_thing(film.frames, background, windows, thresholds.background)
    tracks = find_tracks(film, holds, background, windows, thresholds.standing)
    covered = coverage_of(tracks, background.noise)
    canvas = Canvas(windows.size, thresholds.sprites.samples)
    fitter = TrackFitter(canvas, tracks, covered, thresholds.sprites)
    found = discover(fitter)
    words = vocabularies(found, fitter, tracks, background.noise, thresholds.scenes)
    scenes = SceneModel(
        windows,
        background.picture,
        Hypotheses.of(canvas, words.types, words.palette, thresholds.scenes.free_tint),
        Likelihood(background.noise, thresholds.sprites.raster, thresholds.scenes.presence),
        sweeps=thresholds.scenes.sweeps,
    )
    if tracks.reach:
        scenes = _ordered(scenes, film, words.agent, thresholds)
    return ThingsModel(scenes, words, tracks.reach)


def read(frames: Frame, model: ThingsModel) -> Scene:
    """Return the scenes of frames `[B, H, W, 3]`."""
    if model.reach:
        return read_scenes(frames, model.scenes)
    own = model.scenes
    return read_cells(frames, own.background, own.windows, own.hypotheses, own.likelihood)


def _ordered(
    scenes: SceneModel, film: Film, agent: int, thresholds: ThingsThresholds
) -> SceneModel:
    """Return the model with the order that leaves least, and the background between things."""
    step = max(1, len(film.frames) // (3 * thresholds.scenes.order_frames))
    some = film.frames[::step]
    few = some[::3]
    orders = [Order(down, top) for top in {agent, -1} for down in (True, False)]
    errors = []
    for order in orders:
        tried = scenes.with_order(order)
        drawn = draw_scenes(read_scenes(few, tried), tried)
        errors.append(float(np.square(few * _LEVEL - drawn).mean()))
    best = scenes.with_order(orders[int(np.argmin(errors))])
    return replace(best, background=_uncovered(best, some))


def _uncovered(scenes: SceneModel, frames: Frame) -> Floats32:
    """Return the background with the median of what no thing covers."""
    read_now = read_scenes(frames, scenes)
    black = replace(scenes, background=np.zeros_like(scenes.background))
    white = replace(scenes, background=np.ones_like(scenes.background))
    cover = 1 - (draw_scenes(read_now, white) - draw_scenes(read_now, black)).mean(axis=3)
    hidden = np.repeat((cover > 0.01)[..., None], 3, axis=3)
    shown = np.ma.array(frames * _LEVEL, mask=hidden)
    return np.asarray(np.ma.median(shown, axis=0).filled(scenes.background), np.float32)
