"""Scenes whose things reach into each other, drawn and read in each order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from drawn_boxes import BLUE, GREEN, GREY, HERE, RED, Boxes, boxes, painted, with_noise
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.back_end.compositor.canvas import Placement
from dsrl_agent.back_end.compositor.composition import Order, SceneModel, draw_scenes
from dsrl_agent.back_end.compositor.hypotheses import Scene
from dsrl_agent.back_end.compositor.scenes import SceneReader, read_scenes, views_of
from dsrl_agent.back_end.compositor.scoring import OTHER_TINT
from dsrl_agent.back_end.compositor.windows import Windows
from dsrl_agent.config.things import ScenesThresholds
from dsrl_agent.types import Frame, Ints

WINDOWS = Windows(pitch=(6, 6), origin=(2, 1), shape=(2, 3), frame=(16, 20), margin=3)
WIDE, TALL = (4, 10), (10, 4)
# Both boxes reach 2 pixels into the cells beside them.
LEFT, RIGHT = (0, 0, *WIDE, RED), (0, 1, *WIDE, GREEN)
ABOVE, BELOW = (0, 2, *TALL, RED), (1, 2, *TALL, GREEN)
CORNER = (1, 1, *WIDE, RED)


def _model(order: Order) -> SceneModel:
    return boxes(WINDOWS, [WIDE, TALL], [[0, 1], [0, 1]]).model.with_order(order)


def _laid(model: SceneModel, things: dict[tuple[int, int], tuple[int, int]]) -> Scene:
    """Return a scene of types and tints at places."""
    types, templates, tints = (np.full((1, 2, 3), -1) for _ in range(3))
    colours = np.zeros((1, 2, 3, 3), np.float32)
    for (row, col), (kind, tint) in things.items():
        types[0, row, col], tints[0, row, col] = kind, tint
        templates[0, row, col] = model.hypotheses.parts[kind].start
        colours[0, row, col] = model.hypotheses.palette[tint]
    zero = np.zeros((1, 2, 3), np.float32)
    return Scene(types, templates, tints, colours, zero, zero)


SCENE = {(0, 0): (0, 0), (0, 1): (0, 1), (0, 2): (1, 0), (1, 2): (1, 1), (1, 1): (0, 0)}
IN_ORDER = [
    (Order(True, -1), [LEFT, RIGHT, ABOVE, CORNER, BELOW]),
    (Order(False, -1), [BELOW, CORNER, ABOVE, RIGHT, LEFT]),
    (Order(True, 0), [ABOVE, BELOW, LEFT, RIGHT, CORNER]),
    (Order(False, 1), [CORNER, RIGHT, LEFT, BELOW, ABOVE]),
]
EXPECTED = (np.array([[[0, 0, 1], [-1, 0, 1]]]), np.array([[[0, 1, 0], [-1, 0, 1]]]))


@pytest.mark.parametrize(("order", "things"), IN_ORDER)
def test_things_are_drawn_over_each_other_in_order(
    order: Order, things: list[tuple[int, int, int, int, tuple[float, float, float]]]
) -> None:
    model = _model(order)
    drawn = draw_scenes(_laid(model, SCENE), model)
    assert_allclose(drawn[0] * 255, painted(WINDOWS, things), atol=0.51)


@pytest.mark.parametrize(("order", "things"), IN_ORDER)
@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_overlapping_things_are_read_in_every_order(
    order: Order,
    things: list[tuple[int, int, int, int, tuple[float, float, float]]],
    noise: float,
) -> None:
    model = _model(order)
    model = replace(model, likelihood=replace(model.likelihood, noise=max(0.01, noise)))
    scene = read_scenes(with_noise(painted(WINDOWS, things)[None], noise), model)
    assert_array_equal(scene.types, EXPECTED[0])
    assert_array_equal(scene.tints, EXPECTED[1])
    pixels = 3 * 36
    assert_allclose(scene.left / pixels, noise**2, atol=0.3 * noise**2 + 1e-4)


def test_a_wrong_order_leaves_more() -> None:
    frame = painted(WINDOWS, [LEFT, RIGHT])[None]
    right, wrong = (read_scenes(frame, _model(Order(down))).left.sum() for down in (True, False))
    assert right < 0.01 < 1 < wrong


def test_a_thing_outside_of_the_frame_is_cut() -> None:
    model = _model(Order())
    frame = painted(WINDOWS, [(0, 0, *TALL, RED), (1, 0, *WIDE, GREEN)])[None]
    scene = read_scenes(frame, model)
    assert_array_equal(scene.types[0, :, 0], [1, 0])
    assert (scene.types[0, :, 1:] == -1).all()


def test_a_free_colour_is_found_where_things_overlap() -> None:
    frame = painted(WINDOWS, [LEFT, (0, 1, *WIDE, BLUE)])[None]
    scene = read_scenes(frame, _model(Order()))
    assert_array_equal(scene.types[0, 0], [0, 0, -1])
    assert_array_equal(scene.tints[0, 0, :2], [0, OTHER_TINT])
    assert_allclose(scene.colours[0, 0, 1], BLUE, atol=0.02)


def test_an_empty_scene_stays_empty_in_noise() -> None:
    model = _model(Order())
    model = replace(model, likelihood=replace(model.likelihood, noise=0.1))
    frames = with_noise(np.repeat(painted(WINDOWS, [])[None], 70, axis=0), 0.1)
    scene = read_scenes(frames, model)
    assert scene.types.shape == (70, 2, 3)
    assert (scene.types == -1).all()


def test_no_sweep_leaves_each_place_read_alone() -> None:
    known: Boxes = boxes(WINDOWS, [WIDE], [[0, 1]], places=[HERE, Placement(1.0, 0, 1)])
    alone = replace(known.model, thresholds=ScenesThresholds(sweeps=1))
    frame = painted(WINDOWS, [LEFT, RIGHT])[None]
    for model in (alone, known.model):
        assert_array_equal(read_scenes(frame, model).types[0, 0], [0, 0, -1])


def test_a_thing_that_hid_what_is_gone_goes_as_well() -> None:
    model = _model(Order())
    start = _laid(model, {(1, 0): (0, 1), (1, 1): (0, 1), (1, 2): (0, 0)})
    start.colours[0, 1, 2], start.tints[0, 1, 2] = GREY, OTHER_TINT  # hides the middle one's end
    frame = painted(WINDOWS, [(1, 0, *WIDE, GREEN)])[None]
    assert_array_equal(SceneReader(model, frame, start).read().types[0, 1], [0, -1, -1])


def _views(frame: Frame, model: SceneModel, row: int, col: int) -> tuple[np.ndarray, ...]:
    at: list[Ints] = [np.array([number]) for number in (0, row, col)]
    view = views_of(frame, _laid(model, SCENE), model, at[0], at[1], at[2])
    return view.contrasts[0], view.colours[0]


def test_a_view_is_what_the_others_leave_of_a_window() -> None:
    model, things = _model(Order()), IN_ORDER[0][1]
    contrasts, colours = _views(painted(WINDOWS, things)[None], model, 0, 0)
    # The left box, from pixel 1 to 11 of its window, is hidden from pixel 7 on by the right box.
    cover = model.hypotheses.templates[0][..., None]
    assert_allclose(contrasts, cover * colours, atol=0.003)
    assert_allclose(colours[5, 2], np.array(RED) - GREY, atol=0.003)
    assert_array_equal(colours[5, 8], [0, 0, 0])
    assert not colours[0].any()  # one row of the window lies above the frame
