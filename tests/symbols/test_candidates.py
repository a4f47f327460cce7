"""Spectra of no known type become a type once there are enough of them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dsrl_agent.config.symbols import NoveltyThresholds
from dsrl_agent.symbols.candidates import Candidates


def test_one_crowded_frame_or_a_mixture_makes_no_type() -> None:
    candidates = Candidates(NoveltyThresholds())
    assert candidates.see(np.zeros((9, 1)), np.ones(1), 16.0) == []
    other = Candidates(NoveltyThresholds())
    for value in (0.0, 10.0, 20.0, 30.0, 40.0):
        assert other.see(np.array([[value]]), np.ones(1), 16.0) == []


def test_the_candidate_seen_longest_ago_is_dropped_when_there_are_too_many() -> None:
    candidates = Candidates(NoveltyThresholds())
    for _ in range(4):
        candidates.see(np.array([[0.0]]), np.ones(1), 16.0)
    for number in range(16):
        candidates.see(np.array([[100.0 * (number + 1)]]), np.ones(1), 16.0)
    assert candidates.see(np.array([[0.0]]), np.ones(1), 16.0) == []  # it starts at one again


def sightings_until_complete(thresholds: NoveltyThresholds) -> int:
    """Show one spectrum in each frame; return the number of frames until it is complete."""
    candidates = Candidates(thresholds)
    for count in range(1, 20):
        if candidates.see(np.array([[3.0]]), np.ones(1), 16.0):
            return count
    return 0


@pytest.mark.parametrize(
    ("thresholds", "count"),
    [
        (NoveltyThresholds(), 5),
        (NoveltyThresholds(sightings=2), 3),  # 3 frames are needed
        (NoveltyThresholds(sightings=2, frames=1), 2),
        (NoveltyThresholds(frames=7), 7),
    ],
)
def test_sightings_and_frames_decide_when_a_cluster_is_complete(
    thresholds: NoveltyThresholds, count: int
) -> None:
    assert sightings_until_complete(thresholds) == count


@pytest.mark.parametrize(("waiting", "complete"), [(1, False), (2, True)])
def test_waiting_bounds_the_clusters_kept(waiting: int, complete: bool) -> None:
    candidates = Candidates(NoveltyThresholds(waiting=waiting, sightings=3, frames=3))
    for value in (0.0, 100.0, 0.0):
        assert candidates.see(np.array([[value]]), np.ones(1), 16.0) == []
    assert (len(candidates.see(np.array([[0.0]]), np.ones(1), 16.0)) == 1) == complete


def test_a_complete_cluster_has_the_mean_of_its_spectra() -> None:
    candidates = Candidates(NoveltyThresholds(sightings=3, frames=1))
    (mean,) = candidates.see(np.array([[1.0], [2.0], [6.0]]), np.ones(1), 100.0)
    assert_allclose(mean, [3.0])


def test_candidates_are_restored_from_their_arrays() -> None:
    candidates, other = (Candidates(NoveltyThresholds()) for _ in range(2))
    other.load(candidates.arrays())
    assert other.see(np.zeros((0, 1)), np.ones(1), 16.0) == []
    for _ in range(4):
        candidates.see(np.array([[0.0]]), np.ones(1), 16.0)
    other.load(candidates.arrays())
    assert len(other.see(np.array([[0.0]]), np.ones(1), 16.0)) == 1
