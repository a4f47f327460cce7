"""Templates as combinations of type, scale and offsets."""

from __future__ import annotations

import numpy as np
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


def test_a_model_without_types_has_no_latents() -> None:
    factors = Factors.of(without_types(small_model()).hypotheses)
    assert factors.sizes == (1, 1, 1, 1)
    assert np.array_equal(factors.templates, np.full((1, 1, 1, 1), NO_TEMPLATE))


def test_offsets_down_and_right_are_told_apart() -> None:
    templates = np.zeros((3, 1, 3, 2), np.int64) + np.array([[0, 1]])
    templates[1:, 0, 1:] = NO_TEMPLATE
    scales, downs, rights = Factors(np.zeros((0, 4), np.int64), templates).allowed()
    assert scales.tolist() == [[True]] * 3
    assert downs.tolist() == [[True] * 3, [True, False, False], [True, False, False]]
    assert rights.tolist() == [[True, True]] * 3
