"""Detect spectra of no known type by limits calibrated on held-out spectra."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.config.symbols import NoveltyThresholds
from dsrl_agent.symbols.codebook import Codebook
from dsrl_agent.types import UNKNOWN, Floats, Ints


def calibrate(codebook: Codebook, held_out: Floats, thresholds: NoveltyThresholds) -> Floats:
    """Return the squared distance limit `[G]` of each group, by split conformal prediction.

    The limit is a quantile of the distances of held-out members, times a margin (Vovk et al. 2005).
    The groups were not fitted to the spectra `held_out` `[N, K]`.
    """
    away = codebook.distances(held_out)
    nearest = away.argmin(axis=1)
    own = away[np.arange(len(away)), nearest]
    of_all = float(np.quantile(own, thresholds.quantile)) if len(own) else 0.0
    quantiles = np.full(len(codebook.means), of_all)
    for group in range(len(quantiles)):
        members = own[nearest == group]
        if len(members) >= thresholds.enough:
            quantiles[group] = np.quantile(members, thresholds.quantile)
    return np.maximum(thresholds.margin * quantiles, thresholds.least)


def classify(
    codebook: Codebook, limits: Floats, fitted: int, spectra: NDArray[np.floating]
) -> Ints:
    """Return the type of each spectrum `[..., K]`, `UNKNOWN` where it is beyond every limit.

    Limits `[G]` are the greatest squared distances of groups' members. The first `fitted` groups
    were fitted together. Those added later may claim only spectra that no fitted group claims.
    """
    flat = spectra.reshape(-1, spectra.shape[-1])
    types = codebook.part(slice(fitted)).classify(flat)
    share = codebook.distances(flat) / limits  # [N, G]
    novel = np.flatnonzero((share[:, :fitted] > 1.0).all(axis=1))
    types[novel] = UNKNOWN
    if len(limits) > fitted:
        later = fitted + share[novel, fitted:].argmin(axis=1)
        close = share[novel, later] <= 1.0
        types[novel[close]] = codebook.types[later[close]]
    return types.reshape(spectra.shape[:-1])
