"""Measure disentanglement: whether each factor of variation has a latent of its own."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import mutual_info_score

from dsrl_agent.types import Floats, Ints

_BINS = 20  # of a latent (Locatello et al. 2019)


def mutual_information_gap(latents: Floats, factors: Ints) -> Floats:
    """Return the mutual information gap of each factor (Chen et al. 2018, MIG).

    The gap is the difference between the two highest mutual informations of a latent and the
    factor, as a share of the factor's entropy. It is 1 if one latent determines the factor and all
    others are independent of it. Latents are discretised into 20 bins of equal width (Locatello et
    al. 2019).

    Args:
        latents: `[N, K]`: posterior means, K at least 2.
        factors: `[N, F]`: the number of each factor's value; every factor must vary.

    Returns:
        `[F]` in [0, 1].
    """
    binned = [np.digitize(z, np.histogram_bin_edges(z, _BINS)[1:-1]) for z in latents.T]
    gaps = []
    for factor in factors.T:
        information = sorted(float(mutual_info_score(factor, z)) for z in binned)
        gaps.append((information[-1] - information[-2]) / float(mutual_info_score(factor, factor)))
    return np.array(gaps)
