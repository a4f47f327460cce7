"""Types found by the templates of a codebook's groups."""

from __future__ import annotations

import numpy as np
import pytest
from blocks import BACKGROUND, BIG, GRID, PURSUIT, SMALL, frame
from codebooks import points
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.perception.off_grid.matching_pursuit import MatchingPursuit
from dsrl_agent.perception.off_grid.template_finder import TemplateFinder

# Groups 1 and 2 are the types 4 and 4: two appearances of one type; group 3 is type 9.
CODEBOOK = points([0.0, 10.0, 20.0, 30.0], [0, 4, 4, 9])
FINDER = TemplateFinder(PURSUIT, np.array([1, 3]))
SEEN = frame((0, 4, 2), (1, 9, 20))[None]


def test_types_are_those_of_the_templates_groups() -> None:
    types = FINDER.types(SEEN, GRID, CODEBOOK)
    assert_array_equal(types[0], [[4, 0, 0, 0], [0, 0, 9, 0], [0, 0, 0, 0]])


def test_the_template_of_a_type_is_that_of_its_first_group() -> None:
    finder = FINDER.with_template(SMALL * np.float32(0.5), 2)
    assert_array_equal(finder.groups, [1, 3, 2])
    assert_array_equal(finder.template_of(np.array([9, 4]), CODEBOOK), np.stack([SMALL, BIG]))
    assert len(FINDER.groups) == 2


def test_the_brightest_contrast_is_that_of_any_template() -> None:
    assert FINDER.brightest == pytest.approx(0.8)
    faint = TemplateFinder(
        MatchingPursuit(BACKGROUND, BIG[None] * np.float32(-0.25)), np.array([1])
    )
    assert faint.brightest == pytest.approx(0.2)


def test_a_finder_is_restored_from_its_arrays() -> None:
    other = TemplateFinder.from_arrays(FINDER.arrays(), GRID)
    assert other.pursuit.background.grid == GRID
    assert_allclose(other.pursuit.background.empty, BACKGROUND.empty)
    assert_array_equal(other.types(SEEN, GRID, CODEBOOK), FINDER.types(SEEN, GRID, CODEBOOK))
