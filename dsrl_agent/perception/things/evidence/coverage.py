"""Separate each track into a colour and a picture of coverage."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.ndimage import uniform_filter1d

from dsrl_agent.config.scenes import CoverageThresholds
from dsrl_agent.perception.things.evidence.tracks import Tracks
from dsrl_agent.types import Floats, Floats32, Ints


class Covered(NamedTuple):
    """What T tracks cover, and in which colour; blind to it, a picture shows the shape alone."""

    pictures: Floats32  # [T, h, w]: coverage, 0 is background and 1 the thing
    colours: Floats32  # [T, 3] in [0, 1]
    variances: Floats  # [T]: of noise in a pixel's coverage
    middles: Ints  # [T, 2]: pixels from each window's middle to that of the ink's bounding box
    edge: float  # coverage at which a bounding box ends


def coverage_of(tracks: Tracks, noise: float, thresholds: CoverageThresholds) -> Covered:
    """Return the coverage and the colour of tracks, whose frames have a standard deviation noise.

    The main direction of contrast gives the pixels of ink, and the strongest give the colour.
    Coverage is how far a pixel went from the background to the colour.
    """
    count = len(tracks.counts)
    contrasts = (tracks.contrasts * tracks.weights[..., None]).reshape(count, -1, 3)
    moments = np.einsum("tpi,tpj->tij", contrasts, contrasts)
    main = np.linalg.eigh(moments)[1][:, :, -1]
    along = np.einsum("tpc,tc->tp", contrasts, main)
    along *= np.where(along.sum(axis=1) < 0, -1, 1)[:, None]
    strongest = max(thresholds.least, int(thresholds.strongest * along.shape[1]))
    order = np.argsort(-along, axis=1, kind="stable")[:, :strongest]
    top = np.take_along_axis(along, order, axis=1)
    near = (top >= thresholds.alike * top.mean(axis=1, keepdims=True))[..., None]
    seen = (tracks.contrasts + tracks.grounds).reshape(count, -1, 3)
    inks = np.take_along_axis(seen, order[..., None], axis=1)
    colours = (inks * near).sum(axis=1) / near.sum(axis=1)
    away = colours[:, None, None] - tracks.grounds
    energy = np.maximum(np.square(away).sum(axis=3), 1e-12)
    covered = (tracks.contrasts * away).sum(axis=3) / energy
    covered = np.clip(covered, -thresholds.spill, 1 + thresholds.spill) * tracks.weights
    variances = noise**2 / tracks.counts / energy.mean(axis=(1, 2))
    pictures = covered.astype(np.float32)
    middles = middles_of_whole(pictures, tracks, thresholds)
    return Covered(pictures, colours.astype(np.float32), variances, middles, thresholds.edge)


def middles_of(pictures: Floats32, edge: float) -> Ints:
    """Return the whole pixels from each window's middle to that of the ink's bounding box.

    Against noise, a row counts where three pixels beside each other have ink on average.
    """
    middles = np.zeros((len(pictures), 2), np.int64)
    for axis in (0, 1):
        profile = uniform_filter1d(pictures, 3, axis=2 - axis).max(axis=2 - axis)
        ink = profile > edge
        size = ink.shape[1]
        first, last = ink.argmax(axis=1), size - 1 - ink[:, ::-1].argmax(axis=1)
        middle = np.floor((first + last + 1) / 2 - size / 2 + 0.5 - 1e-6).astype(np.int64)
        middles[:, axis] = np.where(ink.any(axis=1), middle, 0)
    return middles


def middles_of_whole(pictures: Floats32, tracks: Tracks, thresholds: CoverageThresholds) -> Ints:
    """Return the middles of pictures; where a part is hidden, the usual middle of whole ones."""
    middles = middles_of(pictures, thresholds.edge)
    shown = tracks.weights.sum(axis=(1, 2))
    whole = tracks.whole | (shown > thresholds.whole * shown.max(initial=0))
    if not whole.all():
        middles[~whole] = np.rint(np.median(middles[whole], axis=0)).astype(np.int64)
    return middles
