"""Find the point of a sprite that stays where it is when the sprite is scaled."""

from __future__ import annotations

import numpy as np

from dsrl_agent.perception.things.sprites.fitting import Fits, TrackFitter, excess
from dsrl_agent.types import Floats32, Ints


def anchored(fitter: TrackFitter, sprite: Floats32, pool: Ints) -> Floats32:
    """Return a sprite moved on its canvas by whole pixels, until its sizes share an anchor.

    A sprite is scaled about the middle of its canvas, and offsets are whole pixels. A thing that is
    scaled about another point than the middle of its bounding box, as a heart or a crescent, then
    fits in one size only. The sprite is moved along one axis after the other, as long as that
    leaves notably less of the tracks of a pool that it explains at least in part.
    """
    thresholds = fitter.thresholds
    fits = fitter.fit(sprite, pool)
    near = np.flatnonzero(fitter.below(fits, thresholds.loose))
    order = np.argsort(fitter.variances[pool[near]], kind="stable")
    near = near[order[: thresholds.compared]]
    if len(near) < thresholds.least_tracks or not _sizes_vary(fits.of(near), fitter):
        return sprite
    tracks, best, still, axis = pool[near], fits.of(near), 0, 0
    while still < 2:
        moved, fits = _moved_along(fitter, sprite, tracks, axis)
        moving = _is_clearer(fitter, fits, best)
        if moving:
            sprite, best = moved, fits
        still, axis = (0 if moving else still + 1), 1 - axis
    return sprite


def _sizes_vary(fits: Fits, fitter: TrackFitter) -> bool:
    """Return whether tracks are of several sizes."""
    scales = [place.scale for place in fits.placements]
    return max(scales) - min(scales) > fitter.thresholds.scale_step + 1e-6


def _moved_along(
    fitter: TrackFitter, sprite: Floats32, tracks: Ints, axis: int
) -> tuple[Floats32, Fits]:
    """Return the best of a sprite moved along an axis, and its fits to tracks."""
    most, samples = fitter.thresholds.anchors, fitter.canvas.samples
    steps = [step for step in range(-most, most + 1) if step]
    moved = [_moved(sprite, step * samples, axis) for step in steps]
    fits = [fitter.fit(each, tracks) for each in moved]
    left = [np.minimum(each.left, fitter.thresholds.loose).mean() for each in fits]
    best = int(np.argmin(left))
    return moved[best], fits[best]


def _is_clearer(fitter: TrackFitter, fits: Fits, best: Fits) -> bool:
    """Return whether one fit leaves notably less of the same tracks than another.

    Tracks of other things, which both leave much of, do not count.
    """
    thresholds = fitter.thresholds
    one, other = (
        each._replace(left=np.minimum(each.left, thresholds.loose)) for each in (fits, best)
    )
    more, error = excess(one, other, thresholds.drawn)
    return more + thresholds.errors * error < 0


def _moved(sprite: Floats32, by: int, axis: int) -> Floats32:
    """Return a sprite moved by samples along an axis, with nothing where it was."""
    moved, count = np.zeros_like(sprite), sprite.shape[axis] - abs(by)
    source, to = np.moveaxis(sprite, axis, 0), np.moveaxis(moved, axis, 0)
    to[max(0, by) :][:count] = source[max(0, -by) :][:count]
    return moved
