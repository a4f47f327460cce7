"""Sprites fitted to the coverage of tracks."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_boxes import BLUE, GREEN, HERE, RED, Shown, box, cross, fitter_of, tracks_of
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.back_end.compositor.canvas import Canvas, Placement
from dsrl_agent.perception.things.sprites.fitting import Fits, excess

CANVAS = Canvas((14, 14), 3)
BOX, CROSS = box(CANVAS, 8, 8), cross(CANVAS, 8)
SCALES = (0.7, 0.8, 0.9, 1.0)


def _in_sizes(sprite: np.ndarray, down: int = 0, right: int = 0) -> list[Shown]:
    return [Shown(sprite, Placement(s, down, right), GREEN) for s in SCALES]


def test_scale_and_offset_are_found_and_nothing_is_left() -> None:
    tracks = tracks_of(CANVAS, [*_in_sizes(CROSS, 1, -2), *_in_sizes(CROSS)])
    fitter = fitter_of(CANVAS, tracks)
    assert_array_equal(fitter.middles, [[1, -2]] * 4 + [[0, 0]] * 4)
    fits = fitter.fit(CROSS, np.arange(8))
    assert fits.placements == [Placement(s, 0, 0) for s in SCALES] * 2
    assert_allclose(fits.left, 0, atol=1e-4)
    # Arms of less than 2 pixels cover no pixel whole, so that the colour seems paler.
    assert fits.gains[:4].tolist() == sorted(fits.gains[:4], reverse=True)
    assert_allclose(fits.gains[[3, 7]], 1, atol=1e-3)


def test_another_shape_leaves_much() -> None:
    fitter = fitter_of(CANVAS, tracks_of(CANVAS, [*_in_sizes(CROSS), *_in_sizes(BOX)]))
    left = fitter.fit(BOX, np.arange(8)).left
    assert left[:4].min() > 0.1
    assert_allclose(left[4:], 0, atol=1e-4)


def test_the_gain_takes_a_wrong_colour_up_to_a_limit() -> None:
    tracks = tracks_of(CANVAS, [Shown(BOX, HERE, RED)] * 3)
    fitter = fitter_of(CANVAS, tracks)
    fitter.pictures *= np.array([0.8, 1.25, 0.5], np.float32)[:, None, None]
    fitter.energies *= np.array([0.8, 1.25, 0.5]) ** 2
    fits = fitter.fit(BOX, np.arange(3), [1.0])
    assert_allclose(fits.gains, [0.8, 1.25, 0.7], atol=1e-4)
    # (0.7 - 0.5) squared, of 0.5 squared, is left of the third.
    assert_allclose(fits.left, [0, 0, 0.16], atol=1e-3)


def test_what_noise_leaves_does_not_count() -> None:
    things = [Shown(BOX, HERE, BLUE)] * 200
    fitter = fitter_of(CANVAS, tracks_of(CANVAS, things, noise=0.1, frames=4), noise=0.1)
    fits = fitter.fit(BOX, np.arange(200))
    # The best of many placements leaves a little less than noise.
    assert -1.0 < np.mean(fits.left) / np.mean(fits.spread) < 0.5
    assert fitter.explained(fits, 0.0).mean() > 0.95


def test_limits_count_noise_up_to_a_limit() -> None:
    fitter = fitter_of(CANVAS, tracks_of(CANVAS, [Shown(BOX, HERE, RED)]))
    left = np.array([0.04, 0.04, 0.08, 0.08])
    fits = Fits(left, np.array([0.0, 0.01, 0.02, 0.5]), [HERE] * 4, np.ones(4))
    # Three deviations are added, of at most 0.02 each.
    assert_array_equal(fitter.below(fits, 0.015), [False, True, False, False])
    assert_array_equal(fitter.below(fits, 0.025), [False, True, True, True])
    assert_array_equal(fitter.explained(fits, 0.015), [False, True, False, True])


def test_a_part_of_the_fits_keeps_its_placements() -> None:
    places = [Placement(1.0, k, 0) for k in range(3)]
    fits = Fits(np.arange(3.0), np.zeros(3), places, np.ones(3)).of(np.array([2, 0]))
    assert_array_equal(fits.left, [2, 0])
    assert fits.placements == [places[2], places[0]]


def test_a_first_sprite_draws_its_track() -> None:
    fitter = fitter_of(CANVAS, tracks_of(CANVAS, _in_sizes(CROSS)))
    sprite = fitter.first_sprite(3)
    assert fitter.fit(sprite, np.array([3])).left[0] < 0.003
    assert fitter.fit(sprite, np.arange(4)).left.max() < 0.025


def test_refining_by_tracks_of_all_sizes_sharpens_a_sprite() -> None:
    things = [Shown(CROSS, Placement(s, 0, 0), RED) for s in np.arange(0.7, 1.01, 0.06).round(2)]
    fitter = fitter_of(CANVAS, tracks_of(CANVAS, things))
    rough, every = fitter.first_sprite(0), np.arange(len(things))
    refined = rough
    for _ in range(4):
        refined = fitter.refined(refined, every, fitter.fit(refined, every))
    before, after = (fitter.fit(each, every).left.mean() for each in (rough, refined))
    assert after < 0.3 * before


def test_noisy_tracks_are_neither_usable_nor_clear() -> None:
    faint = (0.22, 0.2, 0.2)
    tracks = tracks_of(CANVAS, [Shown(BOX, HERE, RED), Shown(BOX, HERE, faint)], noise=0.1)
    fitter = fitter_of(CANVAS, tracks, noise=0.1)
    assert_array_equal(fitter.usable, [True, False])
    assert_array_equal(fitter.clear, [True, False])


def test_the_excess_is_weighed_by_how_much_tracks_tell() -> None:
    places, gains = [HERE] * 3, np.ones(3)
    spread = np.array([0.0, 0.0, 1e6])
    best = Fits(np.zeros(3), spread, places, gains)
    worse = Fits(np.array([0.01, 0.03, 9.0]), spread, places, gains)
    mean, error = excess(worse, best, drawn=0.003)
    assert mean == pytest.approx(0.02)
    # Two of half the weight, 0.01 from the mean each.
    assert error == pytest.approx(0.01 / 2**0.5)


def test_a_sprite_is_rougher_if_it_leaves_notably_more() -> None:
    fitter = fitter_of(CANVAS, tracks_of(CANVAS, [Shown(BOX, HERE, RED)]))
    rough, spread = fitter.thresholds.rough, np.zeros(50)
    best = Fits(np.zeros(50), spread, [HERE] * 50, np.ones(50))
    for more, rougher in ((0.9 * rough, False), (1.1 * rough, True)):
        assert fitter.is_rougher(best._replace(left=np.full(50, more)), best) == rougher
    # One in 50 that leaves much tells nothing: mean 0.02, standard error 0.02.
    odd = best._replace(left=np.append(np.zeros(49), 1.0))
    assert not fitter.is_rougher(odd, best)
