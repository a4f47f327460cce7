"""The point about which a sprite is scaled."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_boxes import BLUE, GREEN, RED, Shown, box, cross, fitter_of, tracks_of
from numpy.testing import assert_array_equal

from dsrl_agent.back_end.compositor.canvas import Canvas, Placement
from dsrl_agent.perception.things.sprites.anchoring import _moved, anchored
from dsrl_agent.perception.things.sprites.discovery import discover
from dsrl_agent.perception.things.sprites.fitting import TrackFitter
from dsrl_agent.types import Floats32

CANVAS = Canvas((18, 18), 3)
SIZES = (0.6, 0.7, 0.76, 0.84, 0.9, 1.0)
COLOURS = (RED, GREEN, BLUE)
CROSS = cross(CANVAS, 8)


def _off(sprite: Floats32, down: int, right: int) -> Floats32:
    """Return a sprite that is so many pixels off the middle that it is scaled about."""
    return _moved(_moved(sprite, 3 * down, 0), 3 * right, 1)


def _fitter(sprites: list[Floats32], noise: float) -> TrackFitter:
    things = [
        Shown(sprite, Placement(size, k % 2, -(k % 3)), colour)
        for sprite in sprites
        for size in SIZES
        for k, colour in enumerate(COLOURS)
    ]
    return fitter_of(CANVAS, tracks_of(CANVAS, things, noise, frames=4), noise)


def test_a_moved_sprite_leaves_nothing_behind() -> None:
    sprite = np.arange(9, dtype=np.float32).reshape(3, 3)
    assert _moved(sprite, 1, 0).tolist() == [[0, 0, 0], [0, 1, 2], [3, 4, 5]]
    assert _moved(sprite, -2, 1).tolist() == [[2, 0, 0], [5, 0, 0], [8, 0, 0]]


@pytest.mark.parametrize(("down", "right"), [(2, 0), (0, -2), (-1, 3)])
@pytest.mark.parametrize("noise", [0.0, 0.03])
def test_a_sprite_is_moved_to_the_anchor_of_its_sizes(noise: float, down: int, right: int) -> None:
    fitter = _fitter([_off(CROSS, down, right)], noise)
    largest, pool = len(SIZES) * len(COLOURS) - 1, np.arange(fitter.count)
    first = fitter.first_sprite(largest)  # in the middle of its bounding box
    found = anchored(fitter, first, pool)
    assert_array_equal(found, _off(first, down, right))
    before, after = fitter.fit(first, pool), fitter.fit(found, pool)
    assert before.left.max() > fitter.thresholds.first
    assert after.left.max() < fitter.thresholds.final


def test_a_sprite_of_one_size_stays() -> None:
    things = [Shown(CROSS, Placement(1.0, k % 3, 0), RED) for k in range(6)]
    fitter = fitter_of(CANVAS, tracks_of(CANVAS, things, 0.03), 0.03)
    first = fitter.first_sprite(0)
    assert anchored(fitter, first, np.arange(6)) is first


def test_too_few_tracks_tell_no_anchor() -> None:
    fitter = _fitter([_off(CROSS, 2, 0)], 0.0)
    first = fitter.first_sprite(fitter.count - 1)
    assert anchored(fitter, first, np.arange(2)) is first


@pytest.mark.parametrize("noise", [0.0, 0.03])
def test_a_shape_scaled_about_its_edge_is_one_sprite(noise: float) -> None:
    shapes = [_off(box(CANVAS, 8, 4), 0, 3), _off(CROSS, -2, 0), box(CANVAS, 8, 8)]
    found = discover(_fitter(shapes, noise))
    members = sorted(sorted(each.members.tolist()) for each in found)
    assert members == [[*range(18)], [*range(18, 36)], [*range(36, 54)]]
