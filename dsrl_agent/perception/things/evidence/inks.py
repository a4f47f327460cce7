"""Separate each track into several inks: colours that parts of a thing have, and what they cover.

The pixels of a thing of several colours lie on line segments between its inks and the background:
at its rim between one ink and the background, within it between two inks. The inks are the colours
that several pixels share and whose segments to the background most pixels lie on.
"""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.config.scenes import CoverageThresholds, PartsThresholds
from dsrl_agent.perception.things.evidence.coverage import Covered, middles_of_whole
from dsrl_agent.perception.things.evidence.tracks import Tracks
from dsrl_agent.types import Floats, Floats32, Ints


class Inked(NamedTuple):
    """What T tracks show of at most P inks."""

    covered: Covered  # what all inks of a track cover together; its colour is the first ink's
    inks: Floats32  # [T, P, 3] in [0, 1]
    pictures: Floats32  # [T, P, h, w]: what each ink covers
    counts: Ints  # [T]: number of inks


def inks_of(
    tracks: Tracks, noise: float, coverage: CoverageThresholds, thresholds: PartsThresholds
) -> Inked:
    """Return the inks of tracks, whose frames have a standard deviation noise."""
    count, (height, width) = len(tracks.counts), tracks.weights.shape[1:]
    inks = np.zeros((count, thresholds.most, 3), np.float32)
    pictures = np.zeros((count, thresholds.most, height, width), np.float32)
    counts, energies = np.zeros(count, np.int64), np.ones(count)
    radii = thresholds.radius + thresholds.deviations * noise * np.sqrt(3 / tracks.counts)
    for number, radius in enumerate(radii):
        own = tracks.weights[number].ravel() > 0
        ground = tracks.grounds[number].reshape(-1, 3)[own]
        seen = tracks.contrasts[number].reshape(-1, 3)[own] + ground
        found = _inks(seen, ground, float(radius), thresholds)
        if not len(found):
            continue
        part = pictures[number].reshape(thresholds.most, -1)
        counts[number] = len(found)
        part[: len(found), own] = _covers(seen, ground, found, float(radius), coverage.spill)
        inks[number, : len(found)] = found
        energies[number] = np.square(found[0] - ground).sum(axis=1).mean()
    whole = np.clip(pictures.sum(axis=1), -coverage.spill, 1 + coverage.spill) * tracks.weights
    variances = noise**2 / tracks.counts / energies
    middles = middles_of_whole(whole, tracks, coverage)
    covered = Covered(whole, inks[:, 0], variances, middles, coverage.edge)
    return Inked(covered, inks, pictures, counts)


def _inks(seen: Floats32, ground: Floats32, radius: float, thresholds: PartsThresholds) -> Floats32:
    """Return the inks `[n, 3]` of pixels `[P, 3]`, the one of most pixels first."""
    inks = np.empty((0, 3), np.float32)
    rest = np.linalg.norm(seen - ground, axis=1) > radius
    while len(inks) < thresholds.most:
        ink = _most_common(seen[rest], ground[rest], radius, thresholds.fewest)
        if ink is None:
            break
        inks = np.vstack([inks, ink])
        rest &= _nearest(seen, ground, inks)[0] > radius
    return inks


def _most_common(seen: Floats32, ground: Floats32, radius: float, fewest: int) -> Floats32 | None:
    """Return the colour on whose segments to the background most pixels lie."""
    near = np.linalg.norm(seen[:, None] - seen, axis=2) < radius
    dense = np.flatnonzero(near.sum(axis=1) >= fewest)
    if not len(dense):
        return None
    away = seen[dense][:, None] - ground  # [candidates, P, 3]
    along = _along(seen - ground, away)
    left = np.linalg.norm(seen - ground - along[..., None] * away, axis=2)
    explained = (left < radius).sum(axis=1) + near[dense].mean(axis=1)
    return np.asarray(seen[near[dense[explained.argmax()]]].mean(axis=0), np.float32)


def _along(contrasts: Floats32, away: Floats32) -> Floats32:
    """Return how far along segments contrasts lie, 0 at the beginning and 1 at the end."""
    return np.clip(_unbounded(contrasts, away), 0, 1)


def _unbounded(contrasts: Floats32, away: Floats32) -> Floats32:
    """Return how far along lines contrasts lie."""
    energy = np.maximum(np.square(away).sum(axis=-1), 1e-12)
    return np.asarray((contrasts * away).sum(axis=-1) / energy, np.float32)


def _nearest(
    seen: Floats32, ground: Floats32, inks: Floats32, spill: float = 0.0
) -> tuple[Floats, Floats32]:
    """Return the distance of pixels `[P]` to the nearest segment, and what inks cover, `[n, P]`.

    At a thing's rim, noise may take coverage below 0 or above 1 by `spill`.
    """
    ends, covers = [], []
    for number, ink in enumerate(inks):
        away = ink - ground
        share = _unbounded(seen - ground, away)
        ends.append(seen - ground - np.clip(share, 0, 1)[:, None] * away)
        cover = np.zeros((len(inks), len(seen)), np.float32)
        cover[number] = np.clip(share, -spill, 1 + spill)
        covers.append(cover)
    for one, other in combinations(range(len(inks)), 2):
        share = _along(seen - inks[one], (inks[other] - inks[one])[None])
        ends.append(seen - inks[one] - share[:, None] * (inks[other] - inks[one]))
        cover = np.zeros((len(inks), len(seen)), np.float32)
        cover[one], cover[other] = 1 - share, share
        covers.append(cover)
    left = np.linalg.norm(ends, axis=2)  # [segments, P]
    best = left.argmin(axis=0)
    return left.min(axis=0), np.moveaxis(np.array(covers), 1, 0)[:, best, np.arange(len(seen))]


def _covers(
    seen: Floats32, ground: Floats32, inks: Floats32, radius: float, spill: float
) -> Floats32:
    """Return what inks `[n, 3]` cover of pixels, `[n, P]`."""
    left, covers = _nearest(seen, ground, inks, spill)
    mixed = np.flatnonzero(left > radius)
    if not len(mixed):
        return covers
    for one, other in combinations(range(len(inks)), 2):
        both, rest, possible = _mixed(seen[mixed], ground[mixed], inks[[one, other]])
        better = possible & (rest < left[mixed])
        chosen = mixed[better]
        covers[:, chosen], left[chosen] = 0, rest[better]
        covers[one, chosen], covers[other, chosen] = both[better].T
    return covers


def _mixed(
    seen: Floats32, ground: Floats32, inks: Floats32
) -> tuple[Floats32, Floats, NDArray[np.bool_]]:
    """Return what two inks cover of pixels that show both and the background, `[P, 2]`.

    Also the distance of that mixture, and whether it is one.
    """
    away = inks - ground[:, None]  # [P, 2, 3]
    moments = away @ np.swapaxes(away, 1, 2) + 1e-6 * np.eye(2)
    towards = away @ (seen - ground)[..., None]
    both = np.linalg.solve(moments, towards)[..., 0]
    rest = np.linalg.norm(seen - ground - (both[..., None] * away).sum(axis=1), axis=1)
    return both.astype(np.float32), rest, (both >= 0).all(axis=1) & (both.sum(axis=1) <= 1)
