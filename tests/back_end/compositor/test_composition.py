"""Scenes drawn: what is over what, in which colour, and where nothing stands."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_boxes import GREEN, GREY, RED, boxes, floats, painted
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.back_end.compositor.composition import Order, SceneModel, draw_scenes
from dsrl_agent.back_end.compositor.hypotheses import Scene
from dsrl_agent.back_end.compositor.windows import Windows

WINDOWS = Windows(pitch=(6, 6), origin=(1, 2), shape=(1, 2), frame=(8, 15), margin=3)
WIDE, TALL = (2, 10), (8, 4)


def _model(order: Order) -> SceneModel:
    return boxes(WINDOWS, [WIDE, TALL], [[0], [1]]).model.with_order(order)


def _scene(model: SceneModel, *kinds: int) -> Scene:
    """Return a scene of two places; -1 stands for nothing."""
    types = np.array(kinds).reshape(1, 1, 2)
    starts = np.array([part.start for part in model.hypotheses.parts])
    zero = np.zeros((1, 1, 2), np.float32)
    colours = model.hypotheses.palette[types]
    return Scene(types, starts[types], types, colours, zero, zero)


# The wide bar in the left cell reaches over the columns of the tall one in the right cell.
LEFT, RIGHT = (0, 0, *WIDE, RED), (0, 1, *TALL, GREEN)


@pytest.mark.parametrize(
    ("order", "last"),
    [
        (Order(rows_down=True), RIGHT),
        (Order(rows_down=False), LEFT),
        (Order(rows_down=True, top=0), LEFT),
        (Order(rows_down=False, top=1), RIGHT),
    ],
)
def test_later_things_and_those_on_top_hide_what_is_below(
    order: Order, last: tuple[int, int, int, int, tuple[float, float, float]]
) -> None:
    model = _model(order)
    first = LEFT if last is RIGHT else RIGHT
    drawn = draw_scenes(_scene(model, 0, 1), model)
    assert_allclose(drawn[0] * 255, painted(WINDOWS, [first, last]), atol=0.51)
    # Column 9 of the frame belongs to both bars.
    assert_allclose(drawn[0, 4, 9], GREEN if last is RIGHT else RED, atol=1e-6)


def test_where_nothing_stands_the_background_shows() -> None:
    model = _model(Order())
    drawn = draw_scenes(_scene(model, -1, -1), model)
    assert_array_equal(drawn, np.full((1, 8, 15, 3), floats([GREY])))
    (alone,) = draw_scenes(_scene(model, 0, -1), model)
    assert_allclose(alone * 255, painted(WINDOWS, [LEFT]), atol=0.51)


def test_a_colour_is_the_things_own_not_that_of_the_palette() -> None:
    model = _model(Order())
    scene = _scene(model, 0, -1)
    scene.colours[0, 0, 0] = 0.5
    drawn = draw_scenes(scene, model)
    assert_allclose(drawn[0, 4, 5], 0.5, atol=1e-6)


def test_backgrounds_and_insides_of_windows_are_those_of_the_model() -> None:
    model = _model(Order())
    assert model.ground.shape == (1, 2, 12, 12, 3)
    assert_array_equal(model.inside, WINDOWS.inside())
    assert_array_equal(model.ground[..., 0] > 0, model.inside > 0)


def test_sums_of_windows_are_those_of_their_pixels() -> None:
    images = np.arange(2 * 8 * 15, dtype=np.float32).reshape(2, 8, 15)
    model = _model(Order())
    one_by_one = WINDOWS.of(images[..., None]).sum(axis=(3, 4, 5))
    assert_allclose(model.summed(images), one_by_one, rtol=1e-6)


def test_the_wide_bar_beside_a_place_reaches_two_columns_into_it() -> None:
    # Windows of 12 pixels at steps of 6: a bar of 10 pixels ends 2 pixels past its place.
    reached = _model(Order()).reached
    cells = reached[3:9, 3:9]
    expected = np.zeros((6, 6))
    expected[2:4, [0, 1, 4, 5]] = 1  # from the left and from the right
    # A bar of 8 rows ends a pixel past its place, from above and from below.
    expected[[0, 5], 1:5] = 1
    assert_allclose(cells, expected, atol=1e-6)


def test_neighbours_are_drawn_before_or_after_a_place_by_the_order() -> None:
    down, up = (_model(Order(rows_down=way)).neighbours for way in (True, False))
    assert [each.shift for each in down if each.later] == [(0, 1), (1, -1), (1, 0), (1, 1)]
    assert [each.shift for each in up if each.later] == [(0, -1), (-1, 1), (-1, 0), (-1, -1)]
