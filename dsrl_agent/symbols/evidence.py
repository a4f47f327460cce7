"""Weigh ways of telling types apart by the rewards of touching them."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from dsrl_agent.types import Floats, Ints


def reward_evidence(types: Ints, rewards: Floats, prior: float) -> float:
    """Return the log evidence of rewards `[T]` if each of the types touched has its own.

    The model is Dirichlet-multinomial over the distinct rewards, with a pseudo-count `prior` for
    each. Each further type costs evidence; types that mix different rewards cost much more.
    `types` `[T]` are those of the objects touched.
    """
    values, codes = np.unique(rewards, return_inverse=True)
    possible = max(2, len(values))  # equal rewards so far do not exclude another one
    total = 0.0
    for number in np.unique(types):
        counts = np.bincount(codes[types == number], minlength=possible)
        whole = prior * possible
        total += gammaln(whole) - gammaln(counts.sum() + whole)
        total += float((gammaln(counts + prior) - gammaln(prior)).sum())
    return float(total)
