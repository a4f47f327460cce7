"""Divide a sprite into parts that have a colour of their own, from the inks of its tracks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import numpy as np

from dsrl_agent.back_end.compositor.canvas import Canvas, Placement, Sighted
from dsrl_agent.perception.things.evidence.inks import Inked
from dsrl_agent.perception.things.evidence.tracks import Tracks
from dsrl_agent.perception.things.sprites.fitting import Fits, TrackFitter
from dsrl_agent.types import Floats, Floats32, Ints


def placed(fitter: TrackFitter, fits: Fits, chosen: Ints) -> list[Placement]:
    """Return where a sprite stands in the windows of tracks, given its fits to these."""
    middles = fitter.middles[chosen].tolist()
    return [
        Placement(scale, down + middle[0], right + middle[1])
        for (scale, down, right), middle in zip(fits.placements, middles, strict=True)
    ]


def shares_of(
    sprite: Floats32, chosen: Ints, fits: Fits, fitter: TrackFitter, inked: Inked
) -> Floats32 | None:
    """Return each part's share `[P, side, side]` in a sprite's coverage, None if it has one part.

    A sprite has as many parts as its tracks usually show inks. Which ink of a track is which part
    is not known: each track takes the order that fits the parts best, and the parts are
    reconstructed from all tracks, in turns.
    """
    counts = inked.counts[chosen]
    number = int(np.bincount(counts).argmax()) if len(counts) else 1
    if number < 2:
        return None
    own = np.flatnonzero(counts == number)
    own = own[np.argsort(-fitter.counts[chosen[own]], kind="stable")[: fitter.thresholds.tracks]]
    tracks, places = chosen[own], placed(fitter, fits.of(own), chosen[own])
    pictures = inked.pictures[tracks, :number]
    first = [np.asarray(sprite / number, np.float32)] * number
    masks = _reconstructed(fitter, first, places[:1], pictures[:1])
    for _ in range(fitter.thresholds.halvings):
        pictures = _in_order(fitter.canvas, masks, places, pictures)
        masks = _reconstructed(fitter, masks, places, pictures)
    sizes = [-float(mask.sum()) for mask in masks]
    ordered = np.stack([masks[k] for k in np.argsort(sizes, kind="stable")])
    whole = ordered.sum(axis=0)
    return np.asarray(
        np.where(whole > 0, ordered / np.maximum(whole, 1e-6), 1 / number), np.float32
    )


def _reconstructed(
    fitter: TrackFitter,
    masks: Sequence[Floats32],
    places: Sequence[Placement],
    pictures: Floats32,
) -> list[Floats32]:
    """Return parts that explain pictures `[T, P, h, w]` of each better."""
    thresholds, weights = fitter.thresholds, np.ones_like(pictures[:, 0])
    return [
        fitter.canvas.reconstruct(
            mask,
            Sighted(places, pictures[:, part], weights),
            thresholds.rounds,
            thresholds.relaxation,
            thresholds.least_seen,
        )
        for part, mask in enumerate(masks)
    ]


def _in_order(
    canvas: Canvas, masks: Sequence[Floats32], places: Sequence[Placement], pictures: Floats32
) -> Floats32:
    """Return the pictures `[T, P, h, w]` of each track in the order of the parts they show."""
    drawn = np.stack([canvas.draw_all(mask, places) for mask in masks], axis=1)
    orders = [list(order) for order in permutations(range(len(masks)))]
    left = [np.square(pictures[:, order] - drawn).sum(axis=(1, 2, 3)) for order in orders]
    best = np.argmin(left, axis=0)
    return np.stack([picture[orders[k]] for picture, k in zip(pictures, best, strict=True)])


def part_colours(
    masks: Floats32, tracks: Tracks, number: int, noise: float
) -> tuple[Floats, Floats]:
    """Return the colour `[P, 3]` of each part in a track by least squares, and its standard error.

    `masks` `[P, h, w]` are drawn in the track's window.
    """
    parts = len(masks)
    weighed = (masks * tracks.weights[number]).reshape(parts, -1)
    whole = masks.sum(axis=0)[..., None]
    seen = tracks.contrasts[number] + whole * tracks.grounds[number]
    moments = weighed @ masks.reshape(parts, -1).T + 1e-6 * np.eye(parts)
    colours = np.linalg.solve(moments, weighed @ seen.reshape(-1, 3))
    errors = noise * np.sqrt(3 * np.linalg.inv(moments).diagonal() / tracks.counts[number])
    return colours, errors
