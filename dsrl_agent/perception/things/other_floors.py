"""See frames on another floor than the one that was learned: find the floor, then read on it.

A frame is tried if most places in which no known thing is seen hold something unknown, or if no
place shows the learned floor. Its things are then found without trust in the floor, and its floor
is what lies open beside them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end.compositor.cells import Likelihood
from dsrl_agent.back_end.compositor.composition import light_through
from dsrl_agent.back_end.compositor.hypotheses import Scene
from dsrl_agent.config.scenes import FloorsThresholds
from dsrl_agent.perception.things.evidence.floors import residual_noise
from dsrl_agent.perception.things.model import ThingsModel
from dsrl_agent.perception.things.open_floor import OpenFloorReader, OpenReading
from dsrl_agent.types import Floats32, Frame, Ints

_LEVEL = np.float32(1 / 255)  # of 8 bits


class OtherFloor(NamedTuple):
    """Frames on another floor than the learned one, and how they are read on it."""

    frames: Ints  # [F]: their numbers, ascending
    model: ThingsModel
    scene: Scene  # [F]
    unknown: NDArray[np.bool_]  # [F, rows, cols]


def other_floors(
    frames: Frame, scene: Scene, model: ThingsModel, likelihood: Likelihood
) -> list[OtherFloor]:
    """Return the other floors that frames `[B, H, W, 3]` stand on.

    `scene` is what the model reads from the frames; `likelihood` is that of pixels about a floor
    that is known exactly. On a floor that is returned, a frame is explained in fewer nats than on
    the model's own, and holds no more unknown things.
    """
    if model.scenes.hypotheses.masks is not None:  # two colours of a thing explain any floor
        return []
    unknown = model.unknown(scene)
    foreign = is_foreign(scene.types, unknown, model.thresholds.floors)
    if not model.reach:  # or else things beside them may reach into all places
        foreign |= is_nowhere_bare(scene, model) | is_uneven(model, likelihood)
    tried = np.flatnonzero(foreign)
    if not len(tried):
        return []
    reader = OpenFloorReader(model.scenes, likelihood, model.thresholds.floors)
    before = reader.nats_of(scene, model.scenes.likelihood)
    readings = {int(n): reader.read(frames[n]) for n in tried}
    better = [n for n, reading in readings.items() if reading.nats < before[n]]
    shown = {n: _floor_shown(frames[n], readings[n], reader) for n in better}
    found = []
    for own, floor, noise in _grouped(shown, likelihood.noise, model.thresholds.floors):
        about = replace(likelihood, noise=noise)
        scenes = replace(model.scenes, background=floor, likelihood=about)
        # An encoder has been trained on the learned floor.
        other = replace(model, scenes=scenes, encoder=None)
        read = other.read(frames[own])
        found.append(OtherFloor(own, other, read, other.unknown(read)))
    return _confirmed(found, unknown, before, reader)


def is_foreign(
    types: Ints, unknown: NDArray[np.bool_], thresholds: FloorsThresholds
) -> NDArray[np.bool_]:
    """Return which frames `[B]` may be on another floor, by types and what is unknown.

    Both are `[B, rows, cols]`.
    """
    seen = ((types >= 0) & ~unknown).sum(axis=(1, 2))
    places, count = unknown[0].size, unknown.sum(axis=(1, 2))
    many = count > thresholds.few * places
    return np.asarray(many & (count >= thresholds.foreign * (places - seen)))


def is_nowhere_bare(scene: Scene, model: ThingsModel) -> NDArray[np.bool_]:
    """Return which of B frames show the model's floor in no place.

    The few places that are most like it have, on average, more energy than noise and what a thing
    costs.
    """
    likelihood, few = model.scenes.likelihood, model.thresholds.floors.few
    energy = scene.energy.reshape(len(scene.energy), -1)
    count = max(1, int(few * energy.shape[1]))
    barest = np.partition(energy, count - 1, axis=1)[:, :count].mean(axis=1)
    limit = model.noise_energy + likelihood.presence / likelihood.precision
    return np.asarray(barest > limit)


def is_uneven(model: ThingsModel, likelihood: Likelihood) -> bool:
    """Return whether a model counts as noise what another floor would explain.

    That is where it was fitted to another size, and the learned floor differs from place to place:
    a known floor then spares more than a thing costs in each place.
    """
    height, width = model.scenes.windows.pitch
    ratio = likelihood.precision / model.scenes.likelihood.precision
    return bool(3 * height * width * np.log(ratio) / 2 > likelihood.presence)


def filled(picture: Floats32) -> Floats32:
    """Return a picture `[H, W, 3]` whose missing pixels, NaN, are as known pixels around them."""
    picture = picture.copy()
    height, width = picture.shape[:2]
    missing = np.isnan(picture[..., 0])
    while missing.any() and not missing.all():
        wide = np.pad(np.where(missing[..., None], 0, picture), ((1, 1), (1, 1), (0, 0)))
        known = np.pad(~missing, 1)[..., None].astype(np.float32)
        total, count = np.zeros_like(picture), np.zeros((height, width, 1), np.float32)
        for down, right in np.ndindex(3, 3):
            beside = slice(down, down + height), slice(right, right + width)
            total, count = total + wide[beside], count + known[beside]
        near = missing & (count[..., 0] > 0)
        picture[near] = total[near] / count[near]
        missing &= ~near
    return picture


def _floor_shown(frame: Frame, reading: OpenReading, reader: OpenFloorReader) -> Floats32:
    """Return the floor `[H, W, 3]` that a frame shows, NaN where things or odd pixels hide it."""
    thresholds, likelihood = reader.thresholds, reader.likelihood
    picture = np.asarray(frame * _LEVEL, np.float32)
    variances = reading.variances + likelihood.noise**2 + likelihood.raster**2
    away = (np.square(picture - reading.mean) / variances).max(axis=2)
    hidden = light_through(reading.scene, reader.scenes)[0] < 1 - thresholds.haze
    picture[hidden | (away > thresholds.outlier**2)] = np.nan
    return picture


def _grouped(
    shown: dict[int, Floats32], noise: float, thresholds: FloorsThresholds
) -> list[tuple[Ints, Floats32, float]]:
    """Return groups of frames on one floor, the floor `[H, W, 3]`, and the noise about it.

    Noise is no less than `noise`; on brighter floors, less of it is cut off at black.
    """
    groups, rest = [], sorted(shown)
    limit = 2 * (thresholds.outlier * max(noise, float(_LEVEL) / 2)) ** 2
    while rest:
        first = shown[rest[0]]
        own = [n for n in rest if n == rest[0] or _is_alike(first, shown[n], limit)]
        rest = [n for n in rest if n not in set(own)]
        some = np.unique(np.linspace(0, len(own) - 1, thresholds.frames).astype(np.int64))
        pictures = np.ma.masked_invalid(np.stack([shown[own[k]] for k in some]))
        median = np.ma.median(pictures, axis=0)  # type: ignore[no-untyped-call]
        floor = np.asarray(median.filled(np.nan), np.float32)
        about = residual_noise((pictures - floor).compressed(), thresholds.outlier)
        groups.append((np.array(own), filled(floor), max(noise, about)))
    return groups


def _is_alike(one: Floats32, other: Floats32, limit: float) -> bool:
    """Return whether most pixels that two pictures show are the same."""
    away = np.square(one - other).mean(axis=2)
    both = away[~np.isnan(away)]
    return bool(len(both)) and float((both <= limit).mean()) > 0.5


def _confirmed(
    found: list[OtherFloor],
    unknown: NDArray[np.bool_],
    nats: NDArray[np.float64],
    reader: OpenFloorReader,
) -> list[OtherFloor]:
    """Return floors with the frames that they explain better than the learned floor does.

    On that, frames `[B]` cost `nats`, and places `[B, rows, cols]` are `unknown`. A frame in which
    no known thing is seen, as on a screen between episodes, shows no floor.
    """
    confirmed = []
    for floor in found:
        own = floor.frames
        better = floor.unknown.sum(axis=(1, 2)) <= unknown[own].sum(axis=(1, 2))
        better &= reader.nats_of(floor.scene, floor.model.scenes.likelihood) < nats[own]
        better &= ((floor.scene.types >= 0) & ~floor.unknown).any(axis=(1, 2))
        if better.any():
            parts = Scene(*(part[better] for part in floor.scene))
            confirmed.append(OtherFloor(own[better], floor.model, parts, floor.unknown[better]))
    return confirmed
