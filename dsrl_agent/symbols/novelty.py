"""When a spectrum is of no known type: farther from all of them than held-out spectra ever were."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from dsrl_agent.symbols.codebook import Codebook
from dsrl_agent.types import UNKNOWN, Floats, Ints

_QUANTILE = 0.99  # of the held-out distances of a group: one in a hundred may be no member at all
_MARGIN = 4.0  # on the squared distance: twice as far as members are
_LEAST = 16.0  # four of the mixture's standard deviations, where members do not spread at all
_ENOUGH = 20  # held-out members that a group needs to have a limit of its own


def distances(codebook: Codebook, spectra: NDArray[np.floating]) -> Floats:
    """Return the squared Mahalanobis distance `[N, G]` of spectra `[N, K]` to every group."""
    away = spectra[:, None, :] / codebook.scale - codebook.means
    return np.asarray((np.square(away) / codebook.variances).sum(axis=-1), np.float64)


def calibrate(codebook: Codebook, held_out: Floats) -> Floats:
    """Return how far from each group its members may be.

    Before the margin, a fresh member is farther than that with a probability of about one in a
    hundred (split conformal prediction: Vovk et al. 2005); the margin makes it rare.

    Args:
        codebook: The groups.
        held_out: `[N, K]`: spectra that the groups were not fitted to.

    Returns:
        `[G]`: squared distances.
    """
    away = distances(codebook, held_out)
    nearest = away.argmin(axis=1)
    own = away[np.arange(len(away)), nearest]
    of_all = float(np.quantile(own, _QUANTILE)) if len(own) else 0.0
    quantiles = [
        float(np.quantile(own[nearest == group], _QUANTILE))
        if np.count_nonzero(nearest == group) >= _ENOUGH
        else of_all
        for group in range(len(codebook.means))
    ]
    return np.maximum(_MARGIN * np.array(quantiles), _LEAST)


def part(codebook: Codebook, groups: slice) -> Codebook:
    """Return a codebook of some of the groups."""
    return dataclasses.replace(
        codebook,
        means=codebook.means[groups],
        variances=codebook.variances[groups],
        weights=codebook.weights[groups],
        types=codebook.types[groups],
    )


def classify(
    codebook: Codebook, limits: Floats, fitted: int, spectra: NDArray[np.floating]
) -> Ints:
    """Return the type of each spectrum, `UNKNOWN` where it is too far from all.

    Groups that came after the fit are asked only about what is no member of those before, whose
    members they therefore never take.

    Args:
        codebook: The groups.
        limits: `[G]`: squared distances of their members, at most.
        fitted: How many of the groups, from the first, were fitted together.
        spectra: `[..., K]`.
    """
    flat = spectra.reshape(-1, spectra.shape[-1])
    types = part(codebook, slice(fitted)).classify(flat)
    share = distances(codebook, flat) / limits  # [N, G]
    strange = np.flatnonzero((share[:, :fitted] > 1.0).all(axis=1))
    types[strange] = UNKNOWN
    if len(limits) > fitted:
        later = fitted + share[strange, fitted:].argmin(axis=1)
        close = share[strange, later] <= 1.0
        types[strange[close]] = codebook.types[later[close]]
    return types.reshape(spectra.shape[:-1])
