"""What lies below and above a place, against frames drawn with a thing there."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_boxes import GREEN, GREY, RED, boxes, floats
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.back_end.compositor.composition import Order, SceneModel, draw_scenes
from dsrl_agent.back_end.compositor.hypotheses import Scene
from dsrl_agent.back_end.compositor.layers import At, Layers, SceneState, Surroundings, maps_of
from dsrl_agent.back_end.compositor.windows import Windows
from dsrl_agent.types import Floats32

WINDOWS = Windows(pitch=(6, 6), origin=(2, 1), shape=(2, 3), frame=(16, 20), margin=3)
WIDE, TALL = (4, 10), (10, 4)
# Types 0 (wide) and 1 (tall) at rows and columns, in tints.
THINGS = {(0, 0): (0, 0), (0, 2): (0, 1), (1, 1): (1, 1), (1, 2): (0, 0)}
HERE = (0, 1)  # the place that is decided
ORDERS = [Order(down, top) for down in (True, False) for top in (-1, 0, 1)]


def _model(order: Order) -> SceneModel:
    return boxes(WINDOWS, [WIDE, TALL], [[0, 1], [0, 1]]).model.with_order(order)


def _scene(model: SceneModel, things: dict[tuple[int, int], tuple[int, int]]) -> Scene:
    types, templates, tints = (np.full((1, 2, 3), -1) for _ in range(3))
    colours = np.zeros((1, 2, 3, 3), np.float32)
    for (row, col), (kind, tint) in things.items():
        types[0, row, col] = templates[0, row, col] = kind
        tints[0, row, col], colours[0, row, col] = tint, model.hypotheses.palette[tint]
    zero = np.zeros((1, 2, 3), np.float32)
    return Scene(types, templates, tints, colours, zero, zero)


def _around(
    model: SceneModel, shown: Floats32, things: dict[tuple[int, int], tuple[int, int]] = THINGS
) -> Surroundings:
    scene = _scene(model, things)
    templates = np.where(scene.types < 0, len(model.hypotheses.templates), scene.templates)
    seen = WINDOWS.of(np.asarray(np.rint(shown * 255), np.uint8))
    return Surroundings(model, seen, SceneState(templates, scene.tints, scene.colours))


def _at(place: tuple[int, int]) -> At:
    return np.array([0]), np.array([place[0]]), np.array([place[1]])


@pytest.mark.parametrize("kind", [0, 1])
@pytest.mark.parametrize("order", ORDERS)
def test_a_thing_between_its_layers_is_the_frame_drawn_with_it(order: Order, kind: int) -> None:
    model = _model(order)
    drawn = draw_scenes(_scene(model, {**THINGS, HERE: (kind, 1)}), model)
    around = _around(model, drawn)
    layers = around.layers(_at(HERE), on_top=kind == order.top)
    cover, colour = model.hypotheses.templates[kind][..., None], model.hypotheses.palette[1]
    shown = layers.below[0] + cover * (colour - layers.below[0])
    window = layers.over[0] + layers.light[0][..., None] * shown
    inside = model.inside[HERE][..., None]
    assert_allclose(window * inside, WINDOWS.of(drawn)[0][HERE] * inside, atol=1e-6)
    # So the thing explains all that there is to explain.
    rest = around.contrast(_at(HERE), layers)[0]
    change = layers.light[0][..., None] * cover * (colour - layers.below[0])
    assert_allclose(rest, change, atol=0.6 / 255)


def test_things_of_the_top_type_lie_above_others_and_in_order_among_themselves() -> None:
    around = _around(_model(Order(True, 0)), np.full((1, 16, 20, 3), GREY, np.float32))
    below, above = around.layers(_at(HERE)), around.layers(_at(HERE), on_top=True)
    # The window's middle row: the wide boxes at (0, 0) and (0, 2) reach 5 pixels into it.
    for layers, light in ((below, [0] * 5 + [1, 1] + [0] * 5), (above, [1] * 7 + [0] * 5)):
        assert_array_equal(layers.light[0, 6], light)
    assert_allclose(above.below[0, 6, 0], RED, atol=1e-6)
    assert_allclose(above.over[0, 6, -1], GREEN, atol=1e-6)


def test_maps_on_top_are_those_of_places_that_something_lies_above() -> None:
    shown = np.full((1, 16, 20, 3), GREY, np.float32)
    # The place at (1, 0) is drawn after (0, 0), and before (0, 2), which does not touch it.
    two: At = (np.array([0, 0]), np.array([0, 1]), np.array([1, 0]))
    around = _around(_model(Order(True, 1)), shown, {(0, 0): (0, 0), (0, 2): (0, 1)})
    layers = around.layers(two)
    covered, maps = around.maps_on_top(two, layers)
    assert covered.tolist() == [0]
    upper = around.layers(_at(HERE), on_top=True)
    for got, expected in zip(maps, maps_of(around.contrast(_at(HERE), upper), upper), strict=True):
        assert_array_equal(got, expected)
    without = _around(_model(Order(True, -1)), shown)
    assert not len(without.maps_on_top(two, without.layers(two))[0])


def test_maps_are_the_sums_that_change_the_squared_residual() -> None:
    # One pixel: D = (0.5, 0, 0), U = (0.2, 0.1, 0), T = 0.5.
    rest, below = floats([[[[0.5, 0, 0]]]]), floats([[[[0.2, 0.1, 0]]]])
    layers = Layers(below, floats([[[0.5]]]), np.zeros((1, 1, 1, 3), np.float32))
    linear, quadratic = maps_of(rest, layers)
    assert_allclose(linear[0, 0, 0], [0.25, 0, 0, 0.05])
    assert_allclose(quadratic[0, 0, 0], [0.05, 0.025, 0, 0.0125, 0.25], rtol=1e-6)
