"""Lines of a grid fitted to centres of rows and columns."""

from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.config.tiling import StillGridThresholds
from dsrl_agent.perception.stills.lines import CellLines, fit_lines, settle, span
from dsrl_agent.types import Floats

DEFAULTS = StillGridThresholds()
NUMBERS = np.arange(5)
PLACES: Floats = NUMBERS.astype(np.float64)


def test_the_line_through_centres_and_its_rest() -> None:
    # Numbers 0, 1, 3 at 4, 14, 33: the slope is 203 / 21 = 9.667 about the mean (4 / 3, 17).
    fit = fit_lines(np.array([0, 1, 3]), np.array([4.0, 14.0, 33.0]), 1.0)
    assert fit.pitch == pytest.approx(9.643, abs=1e-3)
    assert fit.middle == pytest.approx(17.0)
    assert fit.spread == pytest.approx(14 / 3)
    assert fit.rest == pytest.approx(0.071, abs=1e-3)
    # The middle is that of number 4 / 3, so cell 0 begins 11 / 6 cells before it.
    lines = fit.lines(9.0, is_whole=False)
    assert lines.origin == pytest.approx(0.5)
    assert (lines.pitch, lines.cells) == (9.0, 4)
    assert fit.lines(9.0, is_whole=True).origin == 0.0


def test_one_centre_keeps_the_pitch() -> None:
    fit = fit_lines(np.array([2]), np.array([20.5]), 7.0)
    assert (fit.pitch, fit.middle, fit.spread, fit.rest) == (7.0, 20.5, 0.0, 0.0)


def test_scattered_centres_are_those_of_square_cells_of_whole_pixels() -> None:
    scatter = np.array([0.3, -0.2, 0.1, -0.4, 0.2])
    rows = fit_lines(NUMBERS, 9.5 + 11 * PLACES + scatter, 11.0)
    columns = fit_lines(NUMBERS, 8.5 + 11 * PLACES - 0.21 * (PLACES - 2), 11.0)
    assert columns.pitch == pytest.approx(10.79)
    assert settle([rows, columns], DEFAULTS) == [CellLines(11.0, 4.0, 5), CellLines(11.0, 3.0, 5)]


def test_sharp_centres_may_be_of_any_pitch() -> None:
    rows = fit_lines(NUMBERS, 9.0 + 11.4 * PLACES, 11.0)
    columns = fit_lines(NUMBERS, 9.5 + 17.0 * PLACES, 17.0)
    wide, whole = settle([rows, columns], DEFAULTS)
    assert wide.pitch == pytest.approx(11.4)
    assert wide.origin == pytest.approx(3.3)
    assert whole == CellLines(17.0, 1.0, 5)


def test_few_centres_tell_badly_how_far_they_are_from_their_line() -> None:
    # 10.87 is 4 standard errors from 11, but of 6 distances, which Student's distribution allows.
    lines = 9.5 + 10.87 * PLACES
    scatter = 0.0569 * np.array([1.0, -2.0, 2.0, -2.0, 1.0])
    fit = fit_lines(NUMBERS, lines + scatter, 11.0)
    assert fit.pitch == pytest.approx(10.87)
    error = np.sqrt(2 * fit.rest / 6 / (2 * fit.spread))
    assert (0.13 - DEFAULTS.whole) / error == pytest.approx(4.0, abs=0.1)
    assert [each.pitch for each in settle([fit, fit], DEFAULTS, many=True)] == [11.0, 11.0]
    assert settle([fit, fit], DEFAULTS)[0].pitch == pytest.approx(10.87)


def test_a_profile_spans_from_the_first_pixel_that_stands_out_to_the_last() -> None:
    ink = DEFAULTS.ink
    assert span(np.array([0.0, ink / 2, 1.0, 0.0, 2 * ink, 0.0]), DEFAULTS) == (2, 5)
