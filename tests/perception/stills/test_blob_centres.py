"""Centres of salient blobs."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dsrl_agent.config.sights import StillsThresholds
from dsrl_agent.perception.stills.blob_centres import blob_centres

DEFAULTS = StillsThresholds()


def test_touching_blobs_are_separated_by_salience() -> None:
    rows, cols = np.mgrid[0:21, 0:30]
    bumps = [np.exp(-((rows - 10) ** 2 + (cols - col) ** 2) / 8) for col in (8, 15, 22)]
    middles = blob_centres(np.maximum(sum(bumps) - 0.1, 0.0), DEFAULTS)
    assert_allclose(sorted(map(tuple, middles)), [(10, 8), (10, 15), (10, 22)], atol=0.4)
    assert len(blob_centres(np.zeros((5, 5)), DEFAULTS)) == 0


@pytest.mark.parametrize(
    ("thresholds", "count"),
    [(DEFAULTS, 3), (StillsThresholds(least_scale=6.0), 1)],
    ids=["default", "least_scale"],
)
def test_blobs_closer_than_the_smallest_scale_are_one(
    thresholds: StillsThresholds, count: int
) -> None:
    rows, cols = np.mgrid[0:41, 0:50]
    bumps = [np.exp(-((rows - 20) ** 2 + (cols - col) ** 2) / 8) for col in (18, 25, 32)]
    assert len(blob_centres(sum(bumps), thresholds)) == count


@pytest.mark.parametrize(("most_scale", "count"), [(12.0, 1), (2.0, 4)])
def test_a_wide_blob_is_several_where_the_largest_scale_is_small(
    most_scale: float, count: int
) -> None:
    salience = np.zeros((41, 41))
    salience[11:30, 11:30] = 1.0  # a square has four corners
    found = blob_centres(salience, StillsThresholds(most_scale=most_scale))
    assert (len(found) == 1) == (count == 1)
