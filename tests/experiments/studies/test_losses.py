"""`dsrl study losses`: both losses on numbers worked by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from command_line import run
from numpy.testing import assert_allclose, assert_array_equal
from studies import records

from dsrl_agent.experiments.studies import losses

pytestmark = pytest.mark.usefixtures("one_thread")


def test_the_losses_on_two_pixels() -> None:
    image, rebuilt = np.array([[1.0, 0.0]]), np.array([[0.5, 0.25]])
    # sqrt(0.5^2 + 0.25^2), and -ln 0.5 - ln 0.75.
    assert_allclose(losses.euclidean(image, rebuilt), np.sqrt(0.3125))
    assert_allclose(losses.cross_entropy(image, rebuilt, 1e-7), -np.log(0.5) - np.log(0.75))
    # A white pixel taken for black costs -ln of the clip.
    assert_allclose(losses.cross_entropy(image[:, :1], np.zeros((1, 1)), 0.01), -np.log(0.01))


def test_half_a_pixel_down_and_right() -> None:
    image = np.zeros((3, 3))
    image[0, 0] = 1.0
    assert_array_equal(
        losses.shift_half(image), [[0.25, 0.25, 0.0], [0.25, 0.25, 0.0], [0.0, 0.0, 0.0]]
    )


def test_the_gap_is_the_costliest_below_the_limit() -> None:
    image = np.array([[0.6, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
    # A pixel of 0.6 costs 0.6, one of 1 too much, and any square with a 1 in it as well.
    assert_array_equal(losses.break_stroke(image, 0.9), image * (image == 1.0))
    # Below 1.5, the square of two ones costs sqrt(2).
    assert_array_equal(losses.break_stroke(image, 1.5), image * (image == 0.6))


def test_the_eyes_choice_costs_less_entropy_and_more_distance(tmp_path: Path) -> None:
    out = tmp_path / "losses"
    assert run("study", "losses", f"--out={out}") == 0
    itself, shifted, gap = records(out, "losses")
    assert itself["euclidean"] == 0.0
    assert gap["euclidean"] < shifted["euclidean"]
    assert itself["bce_1e-07"] < shifted["bce_1e-07"] < gap["bce_1e-07"]
    assert (out / "losses.png").is_file()
