"""What floors look like, and pictures of them without the things that stand there."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_boxes import floats
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.config.things import BackgroundThresholds
from dsrl_agent.errors import PerceptionError
from dsrl_agent.perception.things.evidence.floors import Floors, border_of, floors_of
from dsrl_agent.types import Floats32, Frame

THRESHOLDS = BackgroundThresholds()
FLOOR, THING, OTHER = 51, 204, 153  # levels; 51 is 0.2


def _grey(level: float, *shape: int) -> Floats32:
    return np.full((*shape, 3), level, np.float32)


def _floors(noise: float = 0.0) -> Floors:
    return Floors(_grey(0.2, 1, 2), 0.0, noise, THRESHOLDS)


def _pictures(levels: list[list[int]]) -> Frame:
    """Return pictures `uint8 [F, 1, 2, 3]` of two pixels."""
    return np.repeat(np.array(levels, np.uint8)[:, None, :, None], 3, axis=3)


def _bared(ground: list[float], levels: list[list[int]], left: int = 0) -> list[float]:
    picture = np.repeat(floats([ground])[..., None], 3, axis=2)
    shown = _floors().bared(picture, _pictures(levels), left)
    return [round(float(level), 3) for level in shown[0, :, 0]]


def test_a_pixel_is_the_floor_that_enough_pictures_show_there() -> None:
    # 1 of 20 pictures is 5 %.
    levels = [[FLOOR, THING]] * 19
    assert _bared([0.2, 0.8], [*levels, [FLOOR, FLOOR]]) == [0.2, 0.2]
    assert _bared([0.2, 0.8], [*levels, [FLOOR, THING], [FLOOR, FLOOR]]) == [0.2, 0.8]


def test_the_median_of_what_is_like_the_floor_counts() -> None:
    levels = [[FLOOR, THING]] * 4 + [[FLOOR, 50], [FLOOR, 52], [FLOOR, 52]]
    assert _bared([0.2, 0.8], levels) == [0.2, 0.204]  # 52 of 255


def test_a_pixel_that_things_always_cover_is_as_the_usual_floor() -> None:
    levels = [[FLOOR, THING], [FLOOR, OTHER], [FLOOR, 102]]
    assert _bared([0.2, 0.8], levels) == [0.2, 0.2]


def test_a_colour_that_lasts_is_a_floor_of_its_own() -> None:
    levels = [[FLOOR, THING], [FLOOR, THING], [FLOOR, OTHER]]
    assert _bared([0.2, 0.8], levels) == [0.2, 0.8]


def test_a_floor_that_the_agent_left_stays() -> None:
    levels = [[FLOOR, THING], [FLOOR, OTHER], [FLOOR, 102]]
    assert _bared([0.2, 0.8], levels, left=4) == [0.2, 0.2]  # fewer than 5 pictures
    assert _bared([0.2, 0.8], levels, left=5) == [0.2, 0.8]


def test_a_cell_that_is_mostly_odd_is_a_floor_once_it_was_left() -> None:
    levels = [[THING, THING], [OTHER, OTHER], [102, 102]]
    assert _bared([0.6, 0.6], levels, left=0) == [0.2, 0.2]
    assert _bared([0.6, 0.6], levels, left=1) == [0.6, 0.6]


@pytest.mark.parametrize(("noise", "odd"), [(0.0, 0.05**2 / 3), (0.1, 16 * 0.01 + 0.05**2 / 3)])
def test_a_pixel_is_odd_beyond_four_deviations_and_the_least_contrast(
    noise: float, odd: float
) -> None:
    assert _floors(noise).odd == pytest.approx(odd)


def test_pictures_differ_by_noise_of_both() -> None:
    # Two pixels have 6 values: noise is 6 deviations of sqrt(2 / 6) beyond its mean at most.
    noise = 0.01 * (1 + 6 * (1 / 3) ** 0.5)
    assert _floors(0.1).same == pytest.approx(2 * noise + 0.05**2 / 3)
    assert _floors(0.1).unlike == pytest.approx(noise + 0.05**2 / 3)


def test_the_usual_floor_is_the_median_of_cells() -> None:
    shown = [_grey(level, 3, 2, 2) for level in (0.2, 0.3, 0.4)]
    floors = floors_of(shown, 0.0, THRESHOLDS)
    assert_allclose(floors.usual, _grey(0.3, 2, 2))
    assert floors.variance == pytest.approx((1.4826 * 0.1) ** 2, rel=1e-5)


def test_what_reaches_into_a_few_pixels_tells_nothing_of_floors() -> None:
    shown = [_grey(0.2, 3, 4, 4) for _ in range(5)]
    for own in shown:
        own[:, 0] = np.float32(0.9)  # a row of each cell
    shown[0][:, 0] = np.float32(0.2)
    assert floors_of(shown, 0.0, THRESHOLDS).variance == 0


def test_the_border_is_what_lies_around_the_cells() -> None:
    picture, inner = _grey(0.2, 4, 4), np.zeros((4, 4), np.bool_)
    inner[1:3, 1:3] = True
    picture[inner] = np.float32(0.7)
    border = border_of(picture, inner, 0.0, THRESHOLDS)
    assert_allclose(border.usual, [0.2] * 3)
    assert border.variance == 0


def test_a_picture_without_a_border_has_nothing_to_bare() -> None:
    inner = np.ones((2, 2), np.bool_)
    border = border_of(_grey(0.2, 2, 2), inner, 0.0, THRESHOLDS)
    nothing = np.empty((0, 3), np.float32)
    assert_array_equal(border.bared(nothing, np.empty((5, 0, 3), np.uint8), 0), nothing)


def test_a_floor_that_nothing_left_is_not_known() -> None:
    with pytest.raises(PerceptionError, match="not seen to leave any cell"):
        floors_of([], 0.0, THRESHOLDS)
