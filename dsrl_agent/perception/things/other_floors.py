"""See frames on another floor than the one that was learned: find the floor, then read on it.

A frame is tried if most places in which no known thing is seen hold something unknown. Its things
are then found without trust in the floor, and its floor is what lies open beside them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.back_end.compositor.cells import Likelihood
from dsrl_agent.back_end.compositor.composition import light_through
from dsrl_agent.back_end.compositor.hypotheses import Scene
from dsrl_agent.config.things import FloorsThresholds
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
    that is known exactly. On a floor that is returned, a frame is explained in fewer nats and holds
    fewer unknown things than on the model's own.
    """
    unknown = model.unknown(scene)
    tried = np.flatnonzero(is_foreign(scene.types, unknown, model.thresholds.floors))
    if not len(tried):
        return []
    reader = OpenFloorReader(model.scenes, likelihood, model.thresholds.floors)
    before = reader.nats_of(scene)
    readings = {int(n): reader.read(frames[n]) for n in tried}
    better = [n for n, reading in readings.items() if reading.nats < before[n]]
    shown = {n: _floor_shown(frames[n], readings[n], reader) for n in better}
    found = []
    for own, floor in _grouped(shown, likelihood.noise, model.thresholds.floors):
        scenes = replace(model.scenes, background=floor, likelihood=likelihood)
        # An encoder has been trained on the learned floor.
        other = replace(model, scenes=scenes, encoder=None)
        read = other.read(frames[own])
        found.append(OtherFloor(own, other, read, other.unknown(read)))
    return _confirmed(found, unknown)


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
    away = np.square(picture - reading.mean).mean(axis=2)
    variance = reading.variance + likelihood.noise**2 + likelihood.raster**2
    hidden = light_through(reading.scene, reader.scenes)[0] < 1 - thresholds.haze
    picture[hidden | (away > thresholds.outlier**2 * variance)] = np.nan
    return picture


def _grouped(
    shown: dict[int, Floats32], noise: float, thresholds: FloorsThresholds
) -> list[tuple[Ints, Floats32]]:
    """Return groups of frames that show the same floor, and the whole floor `[H, W, 3]` of each."""
    groups, rest = [], sorted(shown)
    limit = 2 * (thresholds.outlier * max(noise, float(_LEVEL) / 2)) ** 2
    while rest:
        first = shown[rest[0]]
        own = [n for n in rest if n == rest[0] or _is_alike(first, shown[n], limit)]
        rest = [n for n in rest if n not in set(own)]
        some = np.unique(np.linspace(0, len(own) - 1, thresholds.frames).astype(np.int64))
        pictures = np.ma.masked_invalid(np.stack([shown[own[k]] for k in some]))
        floor = np.ma.median(pictures, axis=0).filled(np.nan)  # type: ignore[no-untyped-call]
        groups.append((np.array(own), filled(np.asarray(floor, np.float32))))
    return groups


def _is_alike(one: Floats32, other: Floats32, limit: float) -> bool:
    """Return whether most pixels that two pictures show are the same."""
    away = np.square(one - other).mean(axis=2)
    both = away[~np.isnan(away)]
    return bool(len(both)) and float((both <= limit).mean()) > 0.5


def _confirmed(found: list[OtherFloor], before: NDArray[np.bool_]) -> list[OtherFloor]:
    """Return floors with the frames that hold fewer unknown things than `before` there."""
    confirmed = []
    for own, model, scene, unknown in found:
        fewer = unknown.sum(axis=(1, 2)) < before[own].sum(axis=(1, 2))
        if fewer.any():
            parts = Scene(*(part[fewer] for part in scene))
            confirmed.append(OtherFloor(own[fewer], model, parts, unknown[fewer]))
    return confirmed
