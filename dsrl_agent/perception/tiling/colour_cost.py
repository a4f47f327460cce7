"""Measure how many bits a pixel costs, by an adaptive code with its neighbours as context."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from dsrl_agent.perception.tiling.hashing import Codes
from dsrl_agent.types import Ints


def bits_per_pixel(codes: Codes) -> float:
    """Return the mean code length of pixels `[N, H, W]`, in bits.

    Each pixel is coded by the Dirichlet estimator (Krichevsky and Trofimov 1981, with a total count
    of 1), either without context, given its left neighbour, or given the left and the upper one;
    the shortest of the three counts. A pixel of an even area costs little, noise costs log2 of the
    number of colours.
    """
    pixels, count = _numbered(codes)
    beyond = np.pad(pixels, ((0, 0), (1, 0), (1, 0)), constant_values=count)
    left, above = beyond[:, 1:, :-1], beyond[:, :-1, 1:]
    contexts = (np.zeros_like(pixels), left, left * (count + 1) + above)
    return min(_code_length(context, pixels, count) for context in contexts) / pixels.size


def _numbered(codes: Codes) -> tuple[Ints, int]:
    """Return the colours of pixels as numbers from 0, and how many there are, two at least."""
    # Most pixels are as the one before: the colours are ordered once for each run of equal ones.
    row = codes.ravel()
    starts = np.flatnonzero(np.concatenate([[True], row[1:] != row[:-1]]))
    colours, numbers = np.unique(row[starts], return_inverse=True)
    pixels = np.repeat(numbers.astype(np.int64), np.diff(np.append(starts, row.size)))
    return pixels.reshape(codes.shape), max(2, len(colours))


def _code_length(contexts: Ints, symbols: Ints, count: int) -> float:
    """Return the adaptive code length of symbols below `count` given contexts, in bits."""
    prior = 1.0 / count
    met, joint = _times(contexts), _times(contexts * count + symbols)
    nats = gammaln(met + 1.0).sum() - (gammaln(joint + prior) - gammaln(prior)).sum()
    return float(nats) / float(np.log(2.0))


def _times(numbers: Ints) -> Ints:
    """Return how often each of the numbers comes that do, the least number first."""
    row = numbers.ravel()
    if row.max() < row.size:  # fewer numbers than pixels: they need not be ordered
        times = np.bincount(row)
        return times[times > 0]
    return np.unique(row, return_counts=True)[1]
