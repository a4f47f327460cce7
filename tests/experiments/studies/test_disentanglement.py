"""The mutual information gap on factors worked by hand."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose

from dsrl_agent.experiments.studies.disentanglement import mutual_information_gap


def test_the_gap_is_one_for_a_latent_of_its_own_and_none_for_a_shared_one() -> None:
    factors = np.array([[a, b] for a in range(4) for b in range(4)])
    own = np.stack([factors[:, 0], factors[:, 1], np.zeros(16)], axis=1).astype(np.float64)
    assert_allclose(mutual_information_gap(own, factors), [1.0, 1.0])
    # Both latents tell the first factor whole: there is no gap, and nothing tells the second.
    shared = np.stack([factors[:, 0], -factors[:, 0]], axis=1).astype(np.float64)
    assert_allclose(mutual_information_gap(shared, factors), [0.0, 0.0], atol=1e-12)
