"""Things of several parts: their scores, against residuals worked out one by one."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from drawn_boxes import BLUE, GREEN, GREY, HERE, RED, SAMPLES, box, floats, painted
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from two_halves import halved_model, halved_words

from dsrl_agent.back_end.compositor.canvas import Canvas
from dsrl_agent.back_end.compositor.composition import draw_scenes
from dsrl_agent.back_end.compositor.hypotheses import Hypotheses, Scene, Vocabulary
from dsrl_agent.back_end.compositor.parts import PartsMatch, PartsTemplates
from dsrl_agent.back_end.compositor.scenes import read_scenes
from dsrl_agent.back_end.compositor.scoring import OTHER_TINT, best_hypotheses, best_types
from dsrl_agent.back_end.compositor.windows import Windows
from dsrl_agent.types import Floats32, Frame

PALETTE = floats([RED, GREEN, BLUE])
WINDOWS = Windows(pitch=(8, 8), origin=(1, 2), shape=(2, 3), frame=(19, 28), margin=2)
SIZES = [(6, 4), (2, 6)]


def _hypotheses(tints: list[int], free_tint: float = 30.0) -> Hypotheses:
    canvas = Canvas((6, 6), SAMPLES)
    return Hypotheses.of(canvas, halved_words(canvas, [(4, 4), (2, 4)], tints), PALETTE, free_tint)


def _match(hypotheses: Hypotheses, rest: Floats32, below: Floats32, light: Floats32) -> PartsMatch:
    """Return the sums of the module's first lines for one place."""
    masks = hypotheses.cropped_masks(slice(None), slice(None))
    shown = (light[..., None] * rest).reshape(1, -1, 3)
    beneath = (np.square(light)[..., None] * below).reshape(1, -1, 3)
    flat, ground = hypotheses.flat, below.reshape(-1, 3)
    crossed = 2 * (shown[0] * ground).sum(axis=1) @ flat.T
    crossed += (beneath[0] * ground).sum(axis=1) @ np.square(flat).T
    parts = PartsTemplates(masks)
    towards = parts.towards(np.swapaxes(shown, 1, 2), np.swapaxes(beneath, 1, 2))
    sizes = parts.sizes(np.square(light).reshape(1, -1))
    return PartsMatch(towards, np.asarray(crossed[None], np.float32), sizes)


def test_each_half_has_its_own_coverage() -> None:
    hypotheses = _hypotheses([0, 1])
    assert hypotheses.masks is not None
    assert_array_equal(hypotheses.masks.sum(axis=(2, 3)), [[8, 8], [4, 4]])
    assert_allclose(hypotheses.masks.sum(axis=1), hypotheses.templates, atol=1e-6)


def test_each_part_may_have_each_tint() -> None:
    # 2 types, 1 placement, 3 tints for each of 2 halves.
    assert_allclose(_hypotheses([0, 1, 2]).costs, [np.log(2 * 9)] * 2, rtol=1e-6)
    canvas = Canvas((6, 6), SAMPLES)
    plain = Vocabulary(box(canvas, 2, 2), [HERE], np.array([0, 1, 2]))
    words = [*halved_words(canvas, [(4, 4)], [0, 1, 2]), plain]
    mixed = Hypotheses.of(canvas, words, PALETTE, 30.0)
    assert_allclose(mixed.costs, [np.log(2 * 9), np.log(2 * 3)], rtol=1e-6)


def test_the_colours_of_parts_are_mixed_by_their_coverage() -> None:
    masks = floats([[[[1, 0.5, 0]], [[0, 0.25, 1]]]])  # [1, 2, 1, 3]
    hypotheses = Hypotheses(
        masks.sum(axis=1), np.array([0]), [HERE], [np.array([0])], PALETTE, 1.0, masks=masks
    )
    colours = floats([[0.9, 0, 0, 0, 0, 0.6]])
    mixed = hypotheses.painted(np.array([0]), colours)
    # In the middle, two thirds of the coverage are of the first part.
    assert_allclose(mixed[0, 0], [[0.9, 0, 0], [0.6, 0, 0.2], [0, 0, 0.6]], atol=1e-6)
    assert_array_equal(hypotheses.first_tints(colours), [OTHER_TINT])
    assert_array_equal(hypotheses.first_tints(floats([[*GREEN, 0, 0, 0]])), [1])


@given(seed=st.integers(0, 10_000))
def test_the_best_hypothesis_of_parts_is_that_of_all_residuals_worked_out(seed: int) -> None:
    rng = np.random.default_rng(seed)
    hypotheses, precision = _hypotheses([0, 1, 2], free_tint=1e6), 20.0
    below, light = rng.random((6, 6, 3)), rng.uniform(0.5, 1, (6, 6))
    rest = rng.normal(0, 0.3, (6, 6, 3))
    nothing, nats = np.square(rest).sum(), {}
    assert hypotheses.masks is not None
    for template, one, other in product(range(2), range(3), range(3)):
        masks = hypotheses.masks[template][..., None]
        thing = masks[0] * (PALETTE[one] - below) + masks[1] * (PALETTE[other] - below)
        left = np.square(rest - light[..., None] * thing).sum()
        nats[template, one, other] = hypotheses.costs[0] + precision * (left - nothing)
    match = _match(hypotheses, *(np.asarray(each, np.float32) for each in (rest, below, light)))
    got = best_hypotheses(match, hypotheses, precision, 1e6)
    # The halves share no pixel, so that coordinate descent finds the best pair.
    best = min(nats, key=lambda each: nats[each])
    assert_allclose(got.nats, [nats[best]], rtol=1e-3, atol=1e-3)
    assert (int(got.templates[0]), int(got.tints[0])) == best[:2]
    assert_array_equal(got.colours[0], PALETTE[list(best[1:])].ravel())
    assert_allclose(got.saved * precision, got.nats - hypotheses.costs[0], atol=1e-3)


@pytest.mark.parametrize("best", [best_hypotheses, best_types])
def test_only_the_half_of_an_unknown_colour_costs_more(best: type) -> None:
    hypotheses = _hypotheses([0, 1], free_tint=7.0)
    assert hypotheses.masks is not None
    mixed = hypotheses.painted(np.array([0]), floats([[*RED, 0.5, 0.5, 0.5]]))[0]
    rest, light = hypotheses.templates[0][..., None] * mixed, np.ones((6, 6), np.float32)
    match = _match(hypotheses, rest, np.zeros_like(rest), light)
    got = best(match, hypotheses, 1000.0, 20.0)
    assert_array_equal([got.types, got.tints], [[0], [0]])
    assert_allclose(got.colours, [[*RED, 0.5, 0.5, 0.5]], atol=1e-4)
    # 8 pixels of red (0.81 + 0.01 + 0.04) and 8 of grey (0.75); 2 types of 2 tints a half.
    assert_allclose(got.nats, [-1000 * 8 * (0.86 + 0.75) + np.log(2 * 4) + 7], rtol=1e-5)


def _halved(
    things: list[tuple[int, int, tuple[int, int], tuple[float, ...], tuple[float, ...]]],
) -> Frame:
    """Return a frame with boxes of two halves; at most one in each cell."""
    frame = painted(WINDOWS, [])
    for row, col, (tall, wide), left, right in things:
        top, first = 1 + 8 * row + 4 - tall // 2, 2 + 8 * col + 4 - wide // 2
        for start, colour in ((first, left), (first + wide // 2, right)):
            frame[top : top + tall, start : start + wide // 2] = np.rint(255 * floats(colour))
    return frame


SEEN = _halved(
    [(0, 0, SIZES[0], RED, GREEN), (0, 2, SIZES[1], GREEN, RED), (1, 1, (4, 2), RED, RED)]
)


@pytest.mark.parametrize("alone", [True, False])
def test_scenes_of_halved_and_plain_boxes_are_read_and_drawn(alone: bool) -> None:
    model = halved_model(WINDOWS, SIZES, [RED, GREEN], plain=[(4, 2)]).scenes
    scene = model.places.read(SEEN[None]) if alone else read_scenes(SEEN[None], model)
    assert_array_equal(scene.types, [[[0, -1, 1], [-1, 2, -1]]])
    assert_array_equal(scene.tints[scene.types >= 0], [0, 1, 0])
    there = scene.colours[scene.types >= 0]
    assert_allclose(there[:2], [[*RED, *GREEN], [*GREEN, *RED]], atol=1e-6)
    assert_allclose(draw_scenes(scene, model) * 255, SEEN[None], atol=0.6)
    assert scene.left.max() < 0.01


def test_a_halved_box_beneath_another_is_read() -> None:
    # Two boxes of 6 x 14 pixels in cells of 8: each reaches 3 pixels into the other's cell.
    windows = Windows(pitch=(8, 8), origin=(2, 2), shape=(1, 2), frame=(12, 20), margin=3)
    model = halved_model(windows, [(6, 14), (2, 8)], [RED, GREEN, BLUE], reach=True)
    types = np.array([[[0, 0]]])
    colours = floats([[[[*RED, *BLUE], [*GREEN, *RED]]]])
    zero = np.zeros(types.shape, np.float32)
    drawn = draw_scenes(Scene(types, types, types, colours, zero, zero), model.scenes)
    scene = model.read(np.rint(drawn * 255).astype(np.uint8))
    assert_array_equal(scene.types, types)
    assert_allclose(scene.colours, colours, atol=1e-6)
    assert_allclose(drawn[0, 0, 0], [GREY] * 3, atol=1e-6)
