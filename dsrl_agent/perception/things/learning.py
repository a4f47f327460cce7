"""Learn a model of things from what motion and standing still tell."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
from numpy.random import Generator

from dsrl_agent.back_end.compositor.canvas import Canvas
from dsrl_agent.back_end.compositor.cells import Likelihood
from dsrl_agent.back_end.compositor.composition import Order, SceneModel, draw_scenes
from dsrl_agent.back_end.compositor.hypotheses import Hypotheses
from dsrl_agent.back_end.compositor.scenes import read_scenes
from dsrl_agent.back_end.compositor.windows import Windows
from dsrl_agent.back_end.devices import choose_device
from dsrl_agent.config.things import ThingsThresholds
from dsrl_agent.errors import DSRLWarning, PerceptionError, WorkError
from dsrl_agent.perception.motion.evidence import Evidence
from dsrl_agent.perception.things.backfitting import backfitted, uncovered
from dsrl_agent.perception.things.evidence.background import (
    StaticBackground,
    find_background,
    holds_thing,
)
from dsrl_agent.perception.things.evidence.coverage import coverage_of
from dsrl_agent.perception.things.evidence.film import FilmStrip, film_of
from dsrl_agent.perception.things.evidence.inks import inks_of
from dsrl_agent.perception.things.evidence.tracks import Tracks, find_tracks
from dsrl_agent.perception.things.evidence.windows import windows_of
from dsrl_agent.perception.things.model import ThingsModel
from dsrl_agent.perception.things.sprites.discovery import discover
from dsrl_agent.perception.things.sprites.fitting import TrackFitter
from dsrl_agent.perception.things.sprites.vocabulary import vocabularies
from dsrl_agent.runtime.work import WorkBudget
from dsrl_agent.types import Floats, Frame

_LEVEL = np.float32(1 / 255)  # of 8 bits
_TOO_MUCH = (
    "give smaller frames (keywords of the environment, or a wrapper), choose another sight "
    "(perception.sight), or allow more (perception.things.most_work)"
)
_CUT_OFF = (
    "The search for things that reach out of their cells or have parts was cut off, as it would "
    "take too long (perception.things.most_work); things are seen without"
)
_LOSS_FRAMES = 100  # that the loss and the limits of novelty are measured on


def learn_things(
    evidence: Evidence,
    thresholds: ThingsThresholds,
    *,
    in_cells: bool = False,
    most_work: float | None = None,
) -> ThingsModel:
    """Learn background, sprites, vocabulary and drawing order from evidence.

    `in_cells` says that nothing reaches out of its cell; `most_work` is of `learn_from_film`.
    """
    film = film_of(evidence)
    windows = windows_of(evidence.grid, thresholds)
    background = find_background(film, windows, thresholds.background)
    return learn_from_film(
        film, windows, background, thresholds, in_cells=in_cells, most_work=most_work
    )


def learn_from_film(
    film: FilmStrip,
    windows: Windows,
    background: StaticBackground,
    thresholds: ThingsThresholds,
    prepared: Callable[[Tracks], Tracks] = lambda tracks: tracks,
    *,
    in_cells: bool = False,
    most_work: float | None = None,
) -> ThingsModel:
    """Learn sprites, vocabulary and drawing order from frames whose background is known.

    Sprites are learned from tracks as `prepared` returns them. Things that reach out of their cells
    take most work to look for; `in_cells` says that there are none. Where another sight would do,
    `most_work` bounds all work, and nothing is done without.

    Raises:
        WorkError: It is too much work.
        PerceptionError: There is no thing.
    """
    holds = holds_thing(film.frames, background, windows, thresholds.background)

    most = thresholds.most_work
    budget = WorkBudget(most if most_work is None else min(most, most_work), _TOO_MUCH)
    comparing = nullcontext() if most_work is None else budget

    least = None if in_cells else 0

    def learned(least_reach: int | None, parts: bool = False) -> ThingsModel:
        tracks = find_tracks(film, holds, background, windows, thresholds.standing, least_reach)
        with budget:
            return learn_from_tracks(
                prepared(tracks), film.frames, windows, background, thresholds, parts
            )

    def cost(each: ThingsModel) -> tuple[bool, float]:
        # The nats leave out what a model that doubts much calls unknown.
        with comparing:
            described = description_of(each, film.frames)
        return each.limit >= thresholds.standing.doubtful, described

    def better(one: ThingsModel, least_reach: int | None, parts: bool = False) -> ThingsModel:
        try:
            other = learned(least_reach, parts)
        except WorkError:
            if most_work is not None:
                raise
            warnings.warn(_CUT_OFF, DSRLWarning, stacklevel=2)
            return one
        except PerceptionError:  # nothing is seen whole
            return one
        return min(one, other, key=cost)

    def leaves_much(each: ThingsModel) -> bool:
        with comparing:
            return unlike_share(each, film.frames) >= thresholds.parts.unlike

    def may_reach(each: ThingsModel) -> bool:
        # In crowded worlds too few things may be seen whole to tell that they reach out.
        doubtful = each.limit >= thresholds.standing.doubtful
        return bool(windows.margin) and not in_cells and not each.reach and doubtful

    model = learned(least)
    crowded = may_reach(model)
    if crowded:
        # Before parts: what reaches in from beside would be taken for parts of things.
        model = better(model, 1)
    if leaves_much(model):
        model = better(model, least, parts=True)
    if crowded and (model.reach or may_reach(model)) and leaves_much(model):
        model = better(model, 1, parts=True)
    return _bounded(model)


def _bounded(model: ThingsModel) -> ThingsModel:
    """Return the model with a bound on what known things may leave.

    Rare things that stood in most frames, of which no type was made, are calibrated as known ones.
    Where things reach out, much may be left of one that shows little.
    """
    if model.reach:
        return model
    return replace(model, limit=min(model.limit, model.thresholds.scenes.most_unknown))


def learn_from_tracks(
    tracks: Tracks,
    frames: Frame,
    windows: Windows,
    background: StaticBackground,
    thresholds: ThingsThresholds,
    parts: bool = False,
) -> ThingsModel:
    """Learn sprites from tracks, and vocabulary and drawing order from all frames.

    With `parts`, things may have parts of several colours.

    Raises:
        PerceptionError: The tracks show no thing.
    """
    _require_any(len(tracks.counts))
    noise = background.noise
    inked = inks_of(tracks, noise, thresholds.coverage, thresholds.parts) if parts else None
    covered = inked.covered if inked else coverage_of(tracks, noise, thresholds.coverage)
    canvas = Canvas(windows.size, thresholds.sprites.samples)
    fitter = TrackFitter(canvas, tracks, covered, thresholds.sprites)
    found = discover(fitter)
    _require_any(len(found))
    words = vocabularies(found, fitter, tracks, noise, thresholds.scenes, inked)
    scenes = SceneModel(
        windows,
        background.picture,
        Hypotheses.of(
            canvas,
            words.types,
            words.palette,
            thresholds.scenes.free_tint,
            # Among things that reach into each other, another colour explains what is misplaced.
            any_tint=not tracks.reach,
        ),
        Likelihood(background.noise, thresholds.sprites.raster, thresholds.scenes.presence),
        thresholds=thresholds.scenes,
    )
    step = max(1, len(frames) // thresholds.scenes.order_frames)
    some = frames[::step]
    if tracks.reach:
        scenes = _ordered(scenes, some, words.agent, thresholds)
    model = ThingsModel(
        scenes=scenes,
        vocabularies=tuple(words.types),
        agent=words.agent,
        reach=tracks.reach,
        limit=thresholds.scenes.unknown,
        thresholds=thresholds,
    )
    if tracks.reach:
        model = backfitted(model, some)
        _require_any(len(model.vocabularies))  # types that read scenes have no thing of are gone
    return _calibrated(model, frames)


def _require_any(count: int) -> None:
    if not count:
        raise PerceptionError(
            "No two cells of these frames tell a thing from the background; give frames of things "
            "on one background, in cells of one size."
        )


def with_encoder(model: ThingsModel, frames: Frame, rng: Generator, device: str) -> ThingsModel:
    """Return the model with a trained encoder, if that is faster than search and as exact.

    It is where things reach out of their cells and have many hypotheses. Cells alone are searched
    in 0.1 to 0.3 ms a frame, with all hypotheses of a type summed; the best proposal of 8 types was
    wrong in 1 of 40 frames that this search reads rightly. It proposes one tint for each thing, so
    that things of several parts are searched.
    """
    if not model.reach or model.scenes.hypotheses.masks is not None:
        return model
    own, config = model.scenes.hypotheses, model.thresholds.encoder
    parts = zip(own.parts, own.tints, strict=True)
    if sum((part.stop - part.start) * len(tints) for part, tints in parts) < config.least:
        return model
    # Few models have an encoder, and torch takes seconds.
    from dsrl_agent.back_end.compositor.recognition.encoder import ThingsEncoder

    scenes = model.windowed
    encoder, _ = ThingsEncoder.learn(scenes, frames, config, rng, choose_device(device))
    return replace(model, encoder=encoder)


def loss_of(model: ThingsModel, frames: Frame) -> float:
    """Return the negative ELBO in nats per frame, over some of the frames."""
    step = max(1, len(frames) // _LOSS_FRAMES)
    return float(model.nats(model.read(frames[::step])).mean())


def description_of(model: ThingsModel, frames: Frame) -> float:
    """Return the nats per frame of frames and of the parts that types are divided into.

    The share of a sample in a part costs half the logarithm of the number of frames.
    """
    samples = sum(
        (each.number_of_parts - 1) * np.count_nonzero(each.sprite) for each in model.vocabularies
    )
    return loss_of(model, frames) + samples * float(np.log(len(frames))) / 2 / len(frames)


def unlike_share(model: ThingsModel, frames: Frame) -> float:
    """Return the share of things in some frames of which known types leave something unknown."""
    step = max(1, len(frames) // _LOSS_FRAMES)
    scene = model.read(frames[::step])
    strict = replace(model, limit=model.thresholds.scenes.unknown)
    there = scene.types >= 0
    return float((strict.unknown(scene) & there).sum() / max(1, there.sum()))


def _calibrated(model: ThingsModel, frames: Frame) -> ThingsModel:
    """Return the model with the share that known things leave, from frames it was learned from."""
    step = max(1, len(frames) // _LOSS_FRAMES)
    scene = model.read(frames[::step])
    there = scene.types >= 0
    if not there.any():
        return model
    settings = model.thresholds.scenes
    left = model.left_share(scene)[there]
    middle, usual = (float(each) for each in np.quantile(left, (0.5, settings.usual)))
    limit = middle + settings.unknown_margin * (usual - middle)
    return replace(model, limit=max(settings.unknown, limit))


def _ordered(
    scenes: SceneModel, some: Frame, agent: int, thresholds: ThingsThresholds
) -> SceneModel:
    """Return the model with the order that leaves least, and the background between things.

    Later rows lie over earlier ones, and the agent over all, unless another order leaves less by
    more nats than a thing costs. A third of the frames may tell by as many; otherwise all do.
    """
    orders = [Order(down, top) for top in dict.fromkeys((agent, -1)) for down in (True, False)]
    tried, enough = [scenes.with_order(order) for order in orders], scenes.likelihood.presence
    for few in (some[::3], some):
        nats = _nats_left(few, tried)
        least, second = np.sort(nats)[:2]
        if second - least > enough:
            break
    best = tried[int(np.argmin(nats)) if nats[0] - least > enough else 0]
    background = uncovered(best, some, read_scenes(some, best), thresholds.background)
    return replace(best, background=background)


def _nats_left(frames: Frame, tried: Sequence[SceneModel]) -> Floats:
    """Return what is left by each of several models that differ in their order, in nats.

    Frames that all of them draw alike, but for noise, would outvote the few in which things lie
    over each other: only those count for which one draws another picture.
    """
    drawn = np.stack([draw_scenes(read_scenes(frames, each), each) for each in tried])
    telling = (drawn != drawn[0]).any(axis=(0, 2, 3, 4))
    left = np.square(frames[telling] * _LEVEL - drawn[:, telling]).sum(axis=(1, 2, 3, 4))
    return np.asarray(left * tried[0].likelihood.precision, np.float64)
