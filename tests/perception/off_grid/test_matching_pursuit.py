"""Appearance templates found at any place, on frames put together by hand."""

from __future__ import annotations

import numpy as np
from blocks import BACKGROUND, BIG, FLOOR, GRID, PURSUIT, frame
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.perception.off_grid.matching_pursuit import explained


def test_appearance_templates_are_found_off_the_grid() -> None:
    found = PURSUIT.find(frame((0, 4, 2), (1, 9, 20))[None], GRID)
    assert_array_equal(found[0], [[0, -1, -1, -1], [-1, -1, 1, -1], [-1, -1, -1, -1]])


def test_two_overlapping_objects_are_both_found() -> None:
    # The first covers columns 4-8, the second 8-12 and lies on it.
    found = PURSUIT.find(frame((0, 2, 3), (0, 2, 7))[None], GRID)
    assert_array_equal(found[0, 0], [0, 0, -1, -1])


def test_empty_frames_hold_no_objects() -> None:
    assert (PURSUIT.find(frame()[None], GRID) == -1).all()


def test_an_object_hidden_by_more_than_half_is_not_reported() -> None:
    hidden = frame((0, 2, 3))
    hidden[:, 3:7] = FLOOR  # of columns 4-8 two are left
    assert (PURSUIT.find(hidden[None], GRID) == -1).all()


def test_frames_of_another_size_are_searched_on_their_own_grid() -> None:
    wide = np.pad(frame((0, 4, 2)), ((0, 7), (0, 7), (0, 0)), constant_values=FLOOR)
    found = PURSUIT.find(wide[None], GRID.fitted(*wide.shape[:2]))
    assert found.shape == (1, 4, 5)
    assert found[0, 0, 0] == 0


def test_explained_energy_of_templates_worked_by_hand() -> None:
    half = BIG * np.float32(0.5)
    # Half the brightness: 2 x 0.5 - 0.25 of the whole one's energy, and 2 x 2 - 4 of the half's.
    assert_allclose(explained(np.stack([BIG, half])), [[1.0, 0.75], [0.0, 1.0]], atol=1e-5)


def test_contrast_is_zero_on_emptiness_and_beyond_the_edges() -> None:
    contrast = BACKGROUND.contrast(frame((0, 4, 2))[None])
    assert contrast.shape == (1, 25 + 14, 33 + 14, 3)
    # A block of 5 x 5 pixels whose red is 204 levels above the floor, 1 pixel into its window.
    rows, cols = np.nonzero(np.abs(contrast[0]).max(axis=2) > 1 / 255)
    assert (rows.min(), rows.max(), cols.min(), cols.max()) == (12, 16, 10, 14)
    assert_allclose(contrast[0, 12, 10], [0.8, 0.0, 0.0], atol=1e-6)
