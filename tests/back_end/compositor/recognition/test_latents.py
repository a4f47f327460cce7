"""Templates as combinations of type, scale and offsets."""

from __future__ import annotations

import numpy as np
import pytest
from small_things import BAR, BLOCK, small_model, template_of, without_types

from dsrl_agent.back_end.compositor.recognition.latents import NO_TEMPLATE, Factors


def test_a_template_is_its_type_scale_and_offsets() -> None:
    model = small_model()
    factors = Factors.of(model.hypotheses)
    assert factors.sizes == (2, 1, 3, 3)
    # Offsets -1, 0, 1 have the ranks 0, 1, 2; the bar stands in the middle.
    assert factors.latents[template_of(model, BLOCK, -1, 1)].tolist() == [BLOCK, 0, 0, 2]
    assert factors.latents[template_of(model, BAR)].tolist() == [BAR, 0, 1, 1]
    back = factors.templates[tuple(factors.latents.T)]
    assert back.tolist() == list(range(10))
    assert factors.templates[BAR, 0, 0, 0] == NO_TEMPLATE


def test_a_type_has_its_own_offsets_only() -> None:
    scales, downs, rights = Factors.of(small_model().hypotheses).allowed()
    assert scales.tolist() == [[True], [True]]
    assert downs.tolist() == rights.tolist() == [[True] * 3, [False, True, False]]


def test_neighbours_are_one_step_away_within_the_type() -> None:
    model = small_model()
    found = Factors.of(model.hypotheses).neighbours()
    corner = sorted(set(found[template_of(model, BLOCK, -1, -1)].tolist()) - {NO_TEMPLATE})
    beside = [template_of(model, BLOCK, -1, 0), template_of(model, BLOCK, 0, -1)]
    assert corner == sorted(beside)
    assert (found[template_of(model, BAR)] == NO_TEMPLATE).all()


def test_rivals_are_of_all_types_at_the_same_offset() -> None:
    model = small_model()
    found = Factors.of(model.hypotheses).rivals()
    block, bar = template_of(model, BLOCK), template_of(model, BAR)
    corner = template_of(model, BLOCK, -1, -1)
    assert found[bar].tolist() == found[block].tolist() == [block, bar]
    assert found[corner].tolist() == [corner, NO_TEMPLATE]


@pytest.mark.parametrize(
    ("scales", "expected"), [(1, [0]), (3, [2]), (4, [2]), (5, [2]), (6, [2, 5]), (12, [2, 7, 11])]
)
def test_every_scale_is_a_rival_or_a_neighbour_of_one(scales: int, expected: list[int]) -> None:
    latents = np.zeros((scales, 4), np.int64)
    latents[:, 1] = np.arange(scales)
    factors = Factors(latents, np.arange(scales).reshape(1, scales, 1, 1))
    assert factors.rivals().tolist() == [expected] * scales
    near = {*expected, *factors.neighbours()[expected].ravel().tolist()} - {NO_TEMPLATE}
    assert near == set(range(scales))


def test_a_model_without_types_has_no_latents() -> None:
    factors = Factors.of(without_types(small_model()).hypotheses)
    assert factors.rivals().shape[1] == 0
    assert factors.sizes == (1, 1, 1, 1)
    assert np.array_equal(factors.templates, np.full((1, 1, 1, 1), NO_TEMPLATE))


def test_offsets_down_and_right_are_told_apart() -> None:
    templates = np.zeros((3, 1, 3, 2), np.int64) + np.array([[0, 1]])
    templates[1:, 0, 1:] = NO_TEMPLATE
    scales, downs, rights = Factors(np.zeros((0, 4), np.int64), templates).allowed()
    assert scales.tolist() == [[True]] * 3
    assert downs.tolist() == [[True] * 3, [True, False, False], [True, False, False]]
    assert rights.tolist() == [[True, True]] * 3
