"""Types from spectra: how many there are, and which is emptiness."""

from __future__ import annotations

import numpy as np
import pytest
from codebooks import points
from numpy.testing import assert_array_equal
from sklearn.metrics import adjusted_rand_score

from dsrl_agent.config.symbols import TypingThresholds
from dsrl_agent.symbols.codebook import Codebook, fit_codebook
from dsrl_agent.types import EMPTY, Floats, Ints


def spectra_of(sizes: list[int], spread: float, seed: int) -> tuple[Floats, Ints]:
    """Draw groups of spectra around centres at least 4 apart; group 0 is emptiness."""
    rng = np.random.default_rng(seed)
    centres = 4.0 * rng.permutation(np.stack(np.meshgrid(*[[-1, 0, 1]] * 4), -1).reshape(-1, 4))
    groups = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    return centres[groups] + rng.normal(0, spread, (len(groups), 4)), groups


def typed(spectra: Floats, groups: Ints, max_types: int = 32, seed: int = 0) -> Codebook:
    left = (groups == 0) & (np.arange(len(groups)) % 7 == 0)
    return fit_codebook(spectra, np.ones_like(spectra), left, max_types, seed, TypingThresholds())


@pytest.mark.parametrize("spread", [0.0, 0.3])
@pytest.mark.parametrize("count", [1, 2, 4, 8])
def test_the_number_of_types_is_found(count: int, spread: float) -> None:
    sizes = [100, *range(40, 40 - 2 * count, -2)]
    spectra, groups = spectra_of(sizes, spread, seed=count)
    codebook = typed(spectra, groups)
    found = codebook.classify(spectra)
    assert adjusted_rand_score(groups, found) == 1.0
    # Numbered from 1 by how common they are: in the order in which the groups' sizes fall.
    assert_array_equal(found, groups)
    assert_array_equal(codebook.known, np.arange(1, count + 1))


@pytest.mark.parametrize(("spread", "types"), [(0.0, [0, 1, 2]), (0.2, [0, 1, 1])])
def test_spectra_within_the_spread_of_emptiness_are_one_type(
    spread: float, types: list[int]
) -> None:
    # Two heaps a fifth of a posterior's width apart: much where emptiness is always the same, and
    # nothing where it spreads as far.
    spectra = np.repeat([[0.0], [8.0], [8.2]], [100, 51, 49], axis=0)
    spectra[:100] += spread * np.random.default_rng(0).standard_normal((100, 1))
    codebook = fit_codebook(
        spectra, np.ones_like(spectra), np.arange(200) < 50, 32, 0, TypingThresholds()
    )
    assert_array_equal(codebook.classify(spectra), np.repeat(types, [100, 51, 49]))


def test_distances_count_in_widths_of_the_posterior() -> None:
    # The second latent spreads by 20, four times what parts the heaps, but it is 200 wide.
    rng = np.random.default_rng(0)
    wide = rng.normal(0.0, 20.0, 200)
    spectra = np.stack([np.repeat([0.0, 5.0], 100), wide], axis=1)
    deviations = np.tile([1.0, 200.0], (200, 1))
    codebook = fit_codebook(spectra, deviations, np.arange(200) < 50, 32, 0, TypingThresholds())
    assert_array_equal(codebook.scale, [1.0, 200.0])
    assert_array_equal(codebook.classify(spectra), np.repeat([0, 1], 100))
    np.testing.assert_allclose(codebook.spectrum(1), [5.0, wide[100:].mean()], rtol=1e-6)


def test_emptiness_is_the_spectrum_of_vacated_cells_however_rare() -> None:
    spectra, groups = spectra_of([30, 200, 100], 0.1, seed=0)
    codebook = typed(spectra, groups)
    assert_array_equal(codebook.classify(spectra), groups)


def test_emptiness_may_have_two_appearances_but_one_stray_cell_adds_none() -> None:
    spectra, groups = spectra_of([100, 100, 100], 0.1, seed=0)
    left = groups < 2
    left[np.flatnonzero(groups == 2)[:5]] = True  # 5 of 205: less than one in twenty
    codebook = fit_codebook(spectra, np.ones_like(spectra), left, 32, 0, TypingThresholds())
    assert_array_equal(codebook.classify(spectra), np.where(groups == 2, 1, EMPTY))


def test_typing_is_repeatable() -> None:
    spectra, groups = spectra_of([50, 30, 20], 0.3, seed=1)
    first, again = typed(spectra, groups), typed(spectra, groups)
    for name, array in first.arrays().items():
        assert_array_equal(again.arrays()[name], array)


def test_the_number_of_clusters_has_a_limit() -> None:
    spectra, groups = spectra_of([50, 30, 20, 10], 0.05, seed=1)
    codebook = typed(spectra, groups, max_types=2)
    assert len(codebook.means) == 2
    assert_array_equal(codebook.known, [1])


def test_spectra_that_are_all_equal_are_emptiness() -> None:
    spectra = np.full((40, 3), 0.5)
    codebook = fit_codebook(
        spectra, np.ones_like(spectra), np.arange(40) < 4, 32, 0, TypingThresholds()
    )
    assert_array_equal(codebook.classify(spectra), np.zeros(40, np.int64))
    assert_array_equal(codebook.known, [])


def test_fewer_spectra_than_clusters_are_typed() -> None:
    spectra = np.array([[0.0], [9.0]])
    codebook = fit_codebook(
        spectra, np.ones_like(spectra), np.array([True, False]), 32, 0, TypingThresholds()
    )
    assert len(codebook.means) <= 2
    assert codebook.classify(spectra)[0] == EMPTY


def test_without_a_vacated_cell_every_spectrum_is_an_object() -> None:
    spectra = np.repeat([[0.0], [9.0]], [30, 20], axis=0)
    codebook = fit_codebook(
        spectra, np.ones_like(spectra), np.zeros(50, np.bool_), 32, 0, TypingThresholds()
    )
    assert_array_equal(codebook.classify(spectra), np.repeat([1, 2], [30, 20]))


@pytest.mark.parametrize("shape", [(1,), (6,), (2, 3), (5, 4, 3), (0,), (0, 5, 5), (9000,)])
def test_classify_takes_any_shape(shape: tuple[int, ...]) -> None:
    codebook = points([0.0, 10.0, 20.0], [EMPTY, 7, 3])
    spectra = np.random.default_rng(0).choice([0.0, 10.0, 20.0], shape)
    found = codebook.classify(spectra[..., None])
    assert found.dtype == np.int64
    assert_array_equal(found, np.select([spectra == 0, spectra == 10], [EMPTY, 7], 3))


def test_a_common_or_wide_cluster_claims_a_larger_region() -> None:
    # Between 0 and 10, of weights .9 and .1 and variance 1: they meet where
    # ln .9 - x^2 / 2 = ln .1 - (10 - x)^2 / 2, at x = 5 + ln 9 / 10 = 5.22.
    common = points([0.0, 10.0], [1, 2], [0.9, 0.1])
    assert_array_equal(common.classify(np.array([[5.2], [5.24]])), [1, 2])
    # Variance 4 against 1: -x^2 / 8 - ln 2 = -(10 - x)^2 / 2, at x = 6.53.
    wide = Codebook(
        np.ones(1),
        np.array([[0.0], [10.0]]),
        np.array([[4.0], [1.0]]),
        np.full(2, 0.5),
        np.array([1, 2]),
    )
    assert_array_equal(wide.classify(np.array([[6.50], [6.56]])), [1, 2])


def test_the_spectrum_of_a_type_is_the_unscaled_centre_of_its_most_common_cluster() -> None:
    codebook = Codebook(
        np.array([2.0]),
        np.array([[1.0], [3.0], [5.0]]),
        np.ones((3, 1)),
        np.array([0.5, 0.2, 0.3]),
        np.array([EMPTY, 4, 4]),
    )
    assert_array_equal(codebook.spectrum(4), [10.0])


def test_arrays_round_trip() -> None:
    spectra, groups = spectra_of([50, 30, 20], 0.3, seed=1)
    codebook = typed(spectra, groups)
    copy = Codebook.from_arrays({**codebook.arrays(), "empty": np.zeros(3)})
    for name, array in codebook.arrays().items():
        assert_array_equal(copy.arrays()[name], array)
        assert copy.arrays()[name].dtype == array.dtype
    assert_array_equal(copy.classify(spectra), codebook.classify(spectra))


def test_renumbering_changes_the_named_types_alone() -> None:
    book = points([0.0, 10.0, 20.0, 30.0], [EMPTY, 1, 2, 3])
    renumbered = book.renumbered({1: 3, 2: 7})
    assert_array_equal(renumbered.types, [EMPTY, 3, 7, 3])
    assert_array_equal(renumbered.known, [3, 7])
    assert_array_equal(renumbered.classify(np.array([[10.0], [20.0], [30.0]])), [3, 7, 3])
    assert_array_equal(book.types, [EMPTY, 1, 2, 3])


def test_a_part_holds_some_groups_and_an_added_group_is_the_last() -> None:
    book = points([0.0, 10.0, 20.0], [EMPTY, 1, 2])
    first = book.part(slice(2))
    assert_array_equal(first.types, [EMPTY, 1])
    assert_array_equal(first.classify(np.array([[19.0]])), [1])
    more = first.with_group(np.array([30.0]), np.array([1.0]), 0.5, 9)
    assert_array_equal(more.types, [EMPTY, 1, 9])
    assert_array_equal(more.classify(np.array([[29.0]])), [9])


# Thresholds. The heaps at 8 and 8.2 are a fifth of a posterior's width apart.

HEAPS = np.repeat([[0.0], [8.0], [8.2]], [100, 51, 49], axis=0)


@pytest.mark.parametrize(
    ("thresholds", "types"),
    [
        (TypingThresholds(), [0, 1, 2]),
        (TypingThresholds(least_spread=0.2), [0, 1, 1]),
    ],
    ids=["default", "least_spread"],
)
def test_types_without_noise_may_spread_by_least_spread(
    thresholds: TypingThresholds, types: list[int]
) -> None:
    left = np.arange(200) < 50
    book = fit_codebook(HEAPS, np.ones_like(HEAPS), left, 32, 0, thresholds)
    assert_array_equal(book.classify(HEAPS), np.repeat(types, [100, 51, 49]))


@pytest.mark.parametrize(
    ("thresholds", "types"),
    [
        (TypingThresholds(), [0, 1, 1]),
        (TypingThresholds(beyond_empty=0.1), [0, 1, 2]),
        (TypingThresholds(most_spread=0.02), [0, 1, 2]),
    ],
    ids=["default", "beyond_empty", "most_spread"],
)
def test_types_may_spread_with_emptiness_up_to_most_spread(
    thresholds: TypingThresholds, types: list[int]
) -> None:
    spectra = HEAPS.copy()
    spectra[:100] += 0.2 * np.random.default_rng(0).standard_normal((100, 1))
    left = np.arange(200) < 50
    book = fit_codebook(spectra, np.ones_like(spectra), left, 32, 0, thresholds)
    # Emptiness may have several groups; objects alone count here.
    assert_array_equal(book.classify(spectra)[100:], np.repeat(types[1:], [51, 49]))


@pytest.mark.parametrize(
    ("thresholds", "known"),
    [
        (TypingThresholds(), [1]),  # 5 of 105 vacated cells are 0.048
        (TypingThresholds(empty_share=0.04), []),
        (TypingThresholds(empty_rate=0.04), []),  # 5 of 100 cells, against 100 of 100
    ],
    ids=["default", "empty_share", "empty_rate"],
)
def test_a_group_is_emptiness_from_a_share_or_a_rate_of_vacated_cells(
    thresholds: TypingThresholds, known: list[int]
) -> None:
    spectra = np.repeat([[0.0], [9.0]], 100, axis=0)
    left = np.arange(200) < 105
    book = fit_codebook(spectra, np.ones_like(spectra), left, 32, 0, thresholds)
    assert_array_equal(book.known, known)


@pytest.mark.parametrize(("patience", "groups"), [(1, 2), (3, 4)])
def test_larger_numbers_of_groups_are_tried_as_often_as_patience_says(
    patience: int, groups: int
) -> None:
    # 6 equidistant points, 4 spectra on each. The BIC of 1 to 5 groups is 167, 121, 128, 118, 125.
    spectra = np.repeat(np.eye(6), 4, axis=0)
    thresholds = TypingThresholds(patience=patience, least_spread=0.2)
    left = np.zeros(24, np.bool_)
    book = fit_codebook(spectra, np.ones_like(spectra), left, 32, 0, thresholds)
    assert len(book.means) == groups
