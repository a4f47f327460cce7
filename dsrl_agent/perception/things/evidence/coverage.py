"""Separate each track into a colour and a picture of coverage."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.ndimage import uniform_filter1d

from dsrl_agent.perception.things.evidence.tracks import Tracks
from dsrl_agent.types import Floats, Floats32, Ints

_STRONGEST = 0.04  # share of a window's pixels that give a thing's colour


class Covered(NamedTuple):
    """What T tracks cover, and in which colour; blind to it, a picture shows the shape alone."""

    pictures: Floats32  # [T, h, w]: coverage, 0 is background and 1 the thing
    colours: Floats32  # [T, 3] in [0, 1]
    variances: Floats  # [T]: of noise in a pixel's coverage


def coverage_of(tracks: Tracks, noise: float) -> Covered:
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
    strongest = max(3, int(_STRONGEST * along.shape[1]))
    order = np.argsort(-along, axis=1, kind="stable")[:, :strongest]
    top = np.take_along_axis(along, order, axis=1)
    near = (top > 0.8 * top.mean(axis=1, keepdims=True))[..., None]
    seen = (tracks.contrasts + tracks.grounds).reshape(count, -1, 3)
    inks = np.take_along_axis(seen, order[..., None], axis=1)
    colours = (inks * near).sum(axis=1) / near.sum(axis=1)
    away = colours[:, None, None] - tracks.grounds
    energy = np.maximum(np.square(away).sum(axis=3), 1e-12)
    covered = np.clip((tracks.contrasts * away).sum(axis=3) / energy, -0.2, 1.2) * tracks.weights
    variances = noise**2 / tracks.counts / energy.mean(axis=(1, 2))
    return Covered(covered.astype(np.float32), colours.astype(np.float32), variances)


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
