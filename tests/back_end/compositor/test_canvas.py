"""Sprites drawn by area coverage, and reconstructed from pictures."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_boxes import HERE, box, cross, floats
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.back_end.compositor.canvas import Canvas, Placement, Sighted


def test_one_sample_at_half_its_size_covers_a_quarter_of_its_pixel() -> None:
    canvas = Canvas((1, 1), 1)
    assert_array_equal(canvas.draw(floats([[1]]), HERE), [[1]])
    assert_array_equal(canvas.draw(floats([[1]]), Placement(0.5, 0, 0)), [[0.25]])


def test_pixels_cover_samples_by_their_common_length() -> None:
    canvas = Canvas((2, 4), 1)
    # Samples of 1.5 pixels have edges at -3, -1.5, 0, 1.5 and 3; pixels at -1, 0 and 1.
    assert_array_equal(canvas.cover(0, 1.5, 0), [[0, 1, 0, 0], [0, 0, 1, 0]])
    # One pixel to the right, pixels of the sprite's window lie at -3 to 1.
    assert_array_equal(
        canvas.cover(1, 1.5, 1), [[1, 0, 0, 0], [0.5, 0.5, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]
    )


def test_an_offset_moves_by_whole_pixels_and_cuts_at_the_edge() -> None:
    canvas = Canvas((4, 4), 2)
    drawn = canvas.draw(box(canvas, 2, 2), Placement(1.0, -2, 1))
    assert_array_equal(drawn, [[0, 0, 1, 1], [0] * 4, [0] * 4, [0] * 4])


def test_windows_need_not_be_square() -> None:
    canvas = Canvas((2, 4), 2)
    assert canvas.side == 8
    assert_array_equal(canvas.draw(box(canvas, 2, 2), HERE), [[0, 1, 1, 0], [0, 1, 1, 0]])


@given(
    scale=st.floats(0.5, 1.2),
    down=st.integers(-1, 1),
    right=st.integers(-1, 1),
    seed=st.integers(0, 99),
)
def test_area_grows_with_the_square_of_the_scale(
    scale: float, down: int, right: int, seed: int
) -> None:
    canvas = Canvas((10, 10), 3)
    sprite = np.zeros((30, 30), np.float32)
    sprite[6:24, 6:24] = np.random.default_rng(seed).random((18, 18))  # within 3.6 + 1 pixels
    drawn = canvas.draw(sprite, Placement(scale, down, right))
    assert_allclose(drawn.sum(), scale**2 * sprite.sum() / 9, rtol=1e-3)
    assert drawn.min() >= 0
    assert drawn.max() <= 1 + 1e-5


def test_many_placements_are_drawn_as_each_alone() -> None:
    canvas, places = Canvas((6, 8), 2), [Placement(s, y, 1) for s in (0.7, 1.0) for y in (-1, 2)]
    sprite = cross(canvas, 4)
    each = np.stack([canvas.draw(sprite, place) for place in places])
    assert_array_equal(canvas.draw_all(sprite, places), each)


def test_an_enlarged_picture_draws_the_picture() -> None:
    canvas = Canvas((8, 8), 2)
    picture = canvas.draw(cross(canvas, 6), Placement(1.0, 1, -1))
    sprite = canvas.enlarged(picture, 1, -1, sharpness=2.5)
    assert_allclose(canvas.draw(sprite, HERE), canvas.draw(cross(canvas, 6), HERE), atol=0.15)
    assert set(np.unique(sprite)) >= {0.0, 1.0}
    assert sprite.dtype == np.float32


def _sighted(canvas: Canvas, places: list[Placement]) -> Sighted:
    pictures = canvas.draw_all(cross(canvas, 6), places)
    return Sighted(places, pictures, np.ones_like(pictures))


def test_reconstruction_converges_to_the_sprite_that_was_seen() -> None:
    canvas = Canvas((8, 8), 2)
    places = [Placement(s, y, x) for s in (0.8, 0.9, 1.0, 1.1) for y in (0, 1) for x in (-1, 0)]
    blank = np.full((16, 16), 0.5, np.float32)
    seen = _sighted(canvas, places)
    near, nearer = (canvas.reconstruct(blank, seen, rounds, 1.5) for rounds in (2, 200))
    error, less = (float(np.abs(got - cross(canvas, 6)).max()) for got in (near, nearer))
    assert less < 0.02 < 0.1 < error


def test_pixels_without_weight_do_not_count() -> None:
    canvas = Canvas((8, 8), 2)
    seen = _sighted(canvas, [HERE, Placement(0.9, 0, 1)])
    hidden = seen._replace(pictures=seen.pictures.copy(), weights=seen.weights.copy())
    hidden.pictures[1, :4] = 7.0
    hidden.weights[1, :4] = 0.0
    first = np.full((16, 16), 0.5, np.float32)
    got = canvas.reconstruct(first, hidden, 50, 1.5)
    assert_allclose(canvas.draw(got, HERE), seen.pictures[0], atol=0.05)


def test_samples_that_nothing_shows_stay_as_they_were() -> None:
    canvas = Canvas((4, 4), 2)
    seen = Sighted([HERE], np.ones((1, 4, 4), np.float32), np.ones((1, 4, 4), np.float32))
    seen.weights[:, :, 2:] = 0
    got = canvas.reconstruct(np.zeros((8, 8), np.float32), seen, 20, 1.0)
    assert_allclose(got[:, :4], 1, atol=1e-4)
    assert not got[:, 4:].any()


def test_samples_that_few_pictures_show_may_stay_as_they_were() -> None:
    canvas = Canvas((4, 4), 2)
    seen = Sighted([HERE], np.ones((1, 4, 4), np.float32), np.ones((1, 4, 4), np.float32))
    seen.weights[:, :, 2:] = 0.04  # of the weight of the other half
    blank = np.zeros((8, 8), np.float32)
    assert_allclose(canvas.reconstruct(blank, seen, 20, 1.0, least=0.03), 1, atol=1e-4)
    got = canvas.reconstruct(blank, seen, 20, 1.0, least=0.05)
    assert_allclose(got[:, :4], 1, atol=1e-4)
    assert not got[:, 4:].any()


def test_one_picture_of_twice_the_weight_counts_as_two() -> None:
    canvas = Canvas((4, 4), 2)
    pictures = np.stack([np.zeros((4, 4)), np.ones((4, 4))]).astype(np.float32)
    weights = np.ones((2, 4, 4), np.float32)
    weights[1] = 3
    got = canvas.reconstruct(
        np.zeros((8, 8), np.float32), Sighted([HERE, HERE], pictures, weights), 40, 1.0
    )
    assert_allclose(got, 0.75, atol=1e-4)


@pytest.mark.parametrize("axis", [0, 1])
def test_a_cover_is_computed_once(axis: int) -> None:
    canvas = Canvas((4, 6), 2)
    assert canvas.cover(axis, 0.9, 1) is canvas.cover(axis, 0.9, 1)
