"""A codebook that grows: unknown spectra, new types, and types that a fit lost."""

from __future__ import annotations

import numpy as np
import pytest
from codebooks import codebook, spread
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.config.symbols import NoveltyThresholds
from dsrl_agent.symbols.merging import Likeness
from dsrl_agent.symbols.online import OpenCodebook
from dsrl_agent.types import UNKNOWN


@pytest.fixture
def types() -> OpenCodebook:
    """Emptiness at 0 and type 1 at 100, with limits of 16."""
    return opened(NoveltyThresholds())


def opened(thresholds: NoveltyThresholds) -> OpenCodebook:
    return OpenCodebook.calibrated(codebook([0.0, 100.0], [0, 1]), spread([0.0, 100.0]), thresholds)


def test_spectra_far_from_all_clusters_are_unknown_but_emptiness_never_is(
    types: OpenCodebook,
) -> None:
    found = types.classify(np.array([[[0.0], [104.0]], [[50.0], [-300.0]]]))
    assert_array_equal(found, [[0, 1], [UNKNOWN, UNKNOWN]])


def test_without_limits_no_spectrum_is_unknown() -> None:
    book = codebook([0.0, 100.0], [0, 1])
    types = OpenCodebook(book, np.zeros(0), NoveltyThresholds())
    assert_array_equal(types.classify(np.array([[40.0], [1000.0]])), [0, 1])


def see(types: OpenCodebook, values: list[float]) -> int:
    spectra = np.array(values)[:, None]
    return types.notice(spectra[types.classify(spectra) == UNKNOWN], next_number=7)


def test_five_sightings_in_three_frames_make_a_type_and_leave_the_others_alone(
    types: OpenCodebook,
) -> None:
    old = spread([0.0, 100.0])
    before = types.classify(old)
    assert see(types, [0.0, 50.0, 51.0]) == 0
    assert see(types, [100.0, 49.0, 50.0]) == 0
    assert_array_equal(types.codebook.known, [1])  # four sightings
    assert see(types, [50.0]) == 1
    assert NoveltyThresholds().sightings == 5
    assert_array_equal(types.codebook.known, [1, 7])
    assert_array_equal(types.classify(np.array([[50.0], [52.0], [75.0]])), [7, 7, UNKNOWN])
    assert_array_equal(types.classify(old), before)
    assert_allclose(types.codebook.spectrum(7), [50.0])  # the sightings' mean


def test_several_types_of_one_frame_are_numbered_upwards() -> None:
    types = opened(NoveltyThresholds(sightings=2, frames=1))
    assert see(types, [50.0, -300.0, 50.0, -300.0]) == 2
    assert_array_equal(types.codebook.known, [1, 7, 8])
    assert_array_equal(types.classify(np.array([[50.0], [-300.0]])), [7, 8])


def test_a_late_cluster_claims_nothing_that_fitted_clusters_claim(types: OpenCodebook) -> None:
    # The limit is 16: 4 deviations of 2 units, 16 in latents. 17 is just beyond emptiness.
    for _ in range(5):
        see(types, [17.0])
    # 15.9 is nearer to the new group by far, but within what emptiness may be.
    assert_array_equal(types.classify(np.array([[15.9], [17.0]])), [0, 7])


def test_a_type_missed_by_a_fit_returns_unless_another_type_claims_it() -> None:
    types = opened(NoveltyThresholds())
    types.recall(9, np.array([[50.0], [51.0]]))
    assert_array_equal(types.codebook.known, [1, 9])
    types = opened(NoveltyThresholds())
    types.recall(9, np.array([[99.0], [101.0]]))
    assert_array_equal(types.codebook.known, [1])


@pytest.mark.parametrize(("recalled", "known"), [(0.25, [1, 9]), (0.5, [1])])
def test_a_type_returns_if_more_than_a_share_of_its_exemplars_is_unknown(
    recalled: float, known: list[int]
) -> None:
    types = opened(NoveltyThresholds(recalled=recalled))
    types.recall(9, np.array([[50.0], [51.0], [99.0], [101.0]]))  # half of them
    assert_array_equal(types.codebook.known, known)


def test_a_wider_limit_makes_fewer_spectra_unknown() -> None:
    # 24 is 12 units from emptiness, of variance 4: 36 squared deviations.
    for least, expected in ((16.0, UNKNOWN), (36.5, 0)):
        types = opened(NoveltyThresholds(least=least))
        assert_array_equal(types.classify(np.array([[24.0]])), [expected])


def test_types_get_new_numbers(types: OpenCodebook) -> None:
    types.renumber({1: 5})
    assert_array_equal(types.codebook.known, [5])
    assert_array_equal(types.classify(np.array([[100.0]])), [5])


def test_pictures_are_of_a_type_only_by_their_likeness(types: OpenCodebook) -> None:
    outlines = np.eye(4, dtype=np.float32).reshape(4, 1, 2, 2)
    assert_array_equal(types.classify_pictures(outlines), [UNKNOWN] * 4)
    types.likeness = Likeness(
        view="shape",
        limit=0.1,
        features=np.eye(4)[1:2],
        groups=np.array([1]),
        chosen=True,
    )
    assert_array_equal(types.classify_pictures(outlines), [UNKNOWN, 1, UNKNOWN, UNKNOWN])
    assert len(types.classify_pictures(outlines[:0])) == 0


def test_a_checkpoint_holds_limits_and_candidates(types: OpenCodebook) -> None:
    for _ in range(4):
        see(types, [50.0])
    arrays = types.arrays()
    other = OpenCodebook(types.codebook, np.array(arrays["limits"]), NoveltyThresholds())
    other.load_candidates(arrays)
    assert see(other, [50.0]) == 1  # the fifth sighting
    assert_array_equal(other.codebook.known, [1, 7])
