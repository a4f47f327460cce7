"""Limits of types, calibrated on spectra that the types were not fitted to."""

from __future__ import annotations

import numpy as np
import pytest
from codebooks import codebook
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.config.symbols import NoveltyThresholds
from dsrl_agent.symbols.novelty import calibrate, classify
from dsrl_agent.types import UNKNOWN


def test_distances_are_scaled_and_squared() -> None:
    # 20 is 10 units: 10 and 5 units from groups of variance 4: 100 / 4 and 25 / 4.
    found = codebook([0.0, 10.0], [0, 1]).distances(np.array([[20.0]]))
    assert_allclose(found, [[25.0, 6.25]])


def test_the_novelty_limit_is_four_times_the_distance_of_held_out_members() -> None:
    book = codebook([0.0, 1000.0], [0, 1])
    # Members up to 40 units away: (40^2) / 4 = 400 at most, of which the quantile takes .99.
    wide = np.linspace(0.0, 80.0, 101)[:, None]
    narrow = 1000.0 + np.linspace(0.0, 2.0, 101)[:, None]
    limits = calibrate(book, np.concatenate([wide, narrow]), NoveltyThresholds())
    assert_allclose(limits[0], 4 * (39.6**2 / 4))
    assert limits[1] == 16.0  # the least


def test_a_small_cluster_takes_the_limit_of_all_clusters() -> None:
    wide = np.linspace(0.0, 80.0, 101)[:, None]
    held_out = np.concatenate([wide, [[1000.0]]])
    limits = calibrate(codebook([0.0, 1000.0], [0, 1]), held_out, NoveltyThresholds())
    assert_allclose(
        limits[1], 4 * np.quantile(np.append(np.linspace(0, 40, 101), 0) ** 2 / 4, 0.99)
    )


@pytest.mark.parametrize(
    ("thresholds", "limits"),
    [
        # Members are 0 to 40 units from a group of variance 4, the quantile .99 is 39.6 away.
        (NoveltyThresholds(), [4 * 39.6**2 / 4, 16.0]),
        (NoveltyThresholds(quantile=0.5), [4 * 20.0**2 / 4, 16.0]),
        (NoveltyThresholds(margin=1.0), [39.6**2 / 4, 16.0]),
        (NoveltyThresholds(least=900.0), [4 * 39.6**2 / 4, 900.0]),
        # Both groups have 101 members: with 102 needed they take the limit of all. The quantile of
        # the 202 squares lies .99 of the way from 38.8 to 39.2 squared.
        (NoveltyThresholds(enough=102), [0.01 * 38.8**2 + 0.99 * 39.2**2] * 2),
    ],
    ids=["default", "quantile", "margin", "least", "enough"],
)
def test_each_threshold_of_novelty_moves_the_limits(
    thresholds: NoveltyThresholds, limits: list[float]
) -> None:
    book = codebook([0.0, 1000.0], [0, 1])
    wide = np.linspace(0.0, 80.0, 101)[:, None]
    held_out = np.concatenate([wide, np.full((101, 1), 1000.0)])
    assert_allclose(calibrate(book, held_out, thresholds), limits)


def test_groups_added_later_claim_only_what_no_fitted_group_claims() -> None:
    # Limits 16: 4 deviations of 2 units of 2, so 16 in latents around each group.
    book = codebook([0.0, 100.0, 17.0], [0, 1, 7])
    spectra = np.array([[15.9], [16.1], [34.0], [100.0]])
    assert_array_equal(classify(book, np.full(3, 16.0), 2, spectra), [0, 7, UNKNOWN, 1])


def test_distances_in_parts_are_those_of_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    own, spectra = codebook([0.0, 10.0], [0, 1]), np.linspace(-5.0, 5.0, 7)[:, None]
    whole = own.distances(spectra)
    monkeypatch.setattr("dsrl_agent.symbols.codebook._VALUES", 4)  # two spectra at once
    assert_array_equal(own.distances(spectra), whole)
    assert own.distances(spectra[:0]).shape == (0, 2)
