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
    colours, numbers = np.unique(codes, return_inverse=True)
    pixels = numbers.reshape(codes.shape).astype(np.int64)
    count = max(2, len(colours))
    beyond = np.pad(pixels, ((0, 0), (1, 0), (1, 0)), constant_values=count)
    left, above = beyond[:, 1:, :-1], beyond[:, :-1, 1:]
    contexts = (np.zeros_like(pixels), left, left * (count + 1) + above)
    return min(_code_length(context, pixels, count) for context in contexts) / pixels.size


def _code_length(contexts: Ints, symbols: Ints, count: int) -> float:
    """Return the adaptive code length of symbols below `count` given contexts, in bits."""
    prior = 1.0 / count
    met = np.unique(contexts, return_counts=True)[1]
    joint = np.unique(contexts * count + symbols, return_counts=True)[1]
    nats = gammaln(met + 1.0).sum() - (gammaln(joint + prior) - gammaln(prior)).sum()
    return float(nats) / float(np.log(2.0))
