"""What may stand at a place, and what it costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from drawn_boxes import HERE, RED, SAMPLES, box, floats
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.back_end.compositor.canvas import Canvas, Placement
from dsrl_agent.back_end.compositor.hypotheses import Hypotheses, Scene, Vocabulary, concatenated

CANVAS = Canvas((6, 6), SAMPLES)
PLACES = [HERE, Placement(1.0, 1, 0), Placement(0.5, 0, 0)]
WORDS = [
    Vocabulary(box(CANVAS, 4, 4), [HERE], np.array([1])),
    Vocabulary(box(CANVAS, 2, 2), PLACES, np.array([0, 2])),
]


@pytest.fixture
def hypotheses() -> Hypotheses:
    palette = floats([RED, (0, 0, 1), (1, 1, 1)])
    return Hypotheses.of(CANVAS, WORDS, palette, free_tint=10.0)


def test_templates_are_drawn_at_every_placement_sorted_by_type(hypotheses: Hypotheses) -> None:
    assert_array_equal(hypotheses.types, [0, 1, 1, 1])
    assert hypotheses.parts == [slice(0, 1), slice(1, 4)]
    assert [*hypotheses.placements] == [HERE, *PLACES]
    assert_array_equal(hypotheses.templates.sum(axis=(1, 2)), [16, 4, 4, 1])


def test_the_prior_is_uniform_over_types_and_within_a_vocabulary(hypotheses: Hypotheses) -> None:
    assert_allclose(hypotheses.costs, [np.log(2), np.log(2 * 3 * 2)], rtol=1e-6)


def test_a_type_of_several_tints_may_take_any_colour(hypotheses: Hypotheses) -> None:
    assert [hypotheses.is_free(kind) for kind in (0, 1)] == [False, True]


def test_a_part_of_the_templates_is_cut_out(hypotheses: Hypotheses) -> None:
    part = hypotheses.cropped(slice(1, 3), slice(2, 5))
    assert part.shape == (4, 6)
    assert_array_equal(part[0], hypotheses.templates[0, 1:3, 2:5].ravel())


def test_there_may_be_no_types() -> None:
    nothing = Hypotheses.of(CANVAS, [], np.empty((0, 3), np.float32), free_tint=1.0)
    assert nothing.number_of_types == 0
    assert nothing.templates.shape == (0, 6, 6)
    assert nothing.parts == []
    assert nothing.costs.shape == (0,)


def test_scenes_are_put_in_a_row() -> None:
    whole = np.arange(12).reshape(3, 2, 2)
    colours = np.zeros((3, 2, 2, 3), np.float32)
    scene = Scene(whole, whole, whole, colours, whole.astype(np.float32), whole.astype(np.float32))
    first: list[Any] = [part[:1] for part in scene]
    rest: list[Any] = [part[1:] for part in scene]
    both = concatenated([Scene(*first), Scene(*rest)])
    for part, expected in zip(both, scene, strict=True):
        assert_array_equal(part, expected)
