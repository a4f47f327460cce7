"""Take noise out of the pictures of things by what many of them have in common.

A thing in one picture is seen once, so nothing is to be averaged over time. Pictures of things of a
few types, sizes and colours lie in a space of few dimensions, however, and noise does not. Singular
values are shrunk as is optimal for white noise (Gavish and Donoho 2017, equation 7).
"""

from __future__ import annotations

import numpy as np

from dsrl_agent.perception.things.evidence.tracks import Tracks
from dsrl_agent.types import Floats, Floats32


def denoised(tracks: Tracks, noise: float, hidden: float) -> Tracks:
    """Return tracks of one frame each with noise of a standard deviation taken out.

    Tracks stay as they are if noise makes up less than a share `hidden` of half of them: what is
    taken out is never noise alone. So do pixels that not all tracks show. `counts` are the frames
    whose average would have as little noise.
    """
    shared = (tracks.weights > 0).all(axis=0)
    if not len(tracks.counts) or not shared.any():
        return tracks
    values = tracks.contrasts[:, shared].reshape(len(tracks.counts), -1)
    energies = np.square(values).sum(axis=1)
    if noise**2 * values.shape[1] < hidden * float(np.median(energies)):
        return tracks
    clean, share = _shrunk(values, noise)
    contrasts = tracks.contrasts.copy()
    contrasts[:, shared] = clean.reshape(len(values), -1, 3)
    counts = np.maximum(1, np.rint(tracks.counts / share)).astype(np.int64)
    return tracks._replace(contrasts=contrasts, counts=counts)


def _shrunk(values: Floats32, noise: float) -> tuple[Floats32, float]:
    """Return values `[T, P]` without noise, and the share of the noise's variance that is left."""
    count, size = values.shape
    unit = noise * np.sqrt(max(count, size))
    left, singular, right = np.linalg.svd(values.astype(np.float64), full_matrices=False)
    ratio = min(count, size) / max(count, size)
    scaled: Floats = singular / unit
    above = scaled > 1 + np.sqrt(ratio)
    rank = int(above.sum())
    kept = scaled[:rank]
    root = np.sqrt(np.maximum(np.square(np.square(kept) - ratio - 1) - 4 * ratio, 0))
    clean = (left[:, :rank] * (unit * root / kept)) @ right[:rank]
    share = rank * (count + size - rank) / (count * size)
    return clean.astype(np.float32), max(share, 1 / (count * size))
