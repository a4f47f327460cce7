"""Means of areas, by hand."""

from __future__ import annotations

import numpy as np

from dsrl_agent.experiments.studies.area import area_weights


def test_new_pixels_are_means_of_what_they_cover() -> None:
    # 2 pixels as 3: the middle one covers a third of each, the others are within one.
    assert np.allclose(area_weights(2, 3), [[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])
    # 3 as 2: each covers one and a half.
    assert np.allclose(area_weights(3, 2), [[2 / 3, 1 / 3, 0.0], [0.0, 1 / 3, 2 / 3]])
    assert np.array_equal(area_weights(4, 4), np.eye(4))
