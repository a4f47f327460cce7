"""Sprites found by exemplar, merged and split."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_boxes import BLUE, GREEN, RED, Shown, box, cross, fitter_of, tracks_of
from numpy.testing import assert_array_equal

from dsrl_agent.back_end.compositor.canvas import Canvas, Placement
from dsrl_agent.perception.things.sprites.discovery import (
    FoundSprite,
    _all_split,
    _split_by_colour,
    discover,
    exchanged,
    grow,
    merged,
)
from dsrl_agent.perception.things.sprites.fitting import TrackFitter
from dsrl_agent.types import Floats32, Ints

CANVAS = Canvas((14, 14), 3)
BOX, CROSS, BAR = box(CANVAS, 8, 8), cross(CANVAS, 8), box(CANVAS, 8, 4)
SIZES = (0.7, 0.76, 0.84, 0.9, 1.0)
COLOURS = (RED, GREEN, BLUE)


def _tracks(
    sprites: list[Floats32], noise: float = 0.0, sizes: tuple[float, ...] = SIZES
) -> TrackFitter:
    """Return tracks of each sprite in every size and colour, one sprite after the other."""
    things = [
        Shown(sprite, Placement(size, k % 2, -(k % 3)), colour)
        for sprite in sprites
        for size in sizes
        for k, colour in enumerate(COLOURS)
    ]
    return fitter_of(CANVAS, tracks_of(CANVAS, things, noise, frames=4), noise)


def _members(found: list[FoundSprite]) -> list[list[int]]:
    return sorted(sorted(each.members.tolist()) for each in found)


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_one_shape_in_all_sizes_and_colours_is_one_sprite(noise: float) -> None:
    (found,) = discover(_tracks([CROSS], noise))
    assert sorted(found.members) == [*range(15)]


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_shapes_are_told_apart_whatever_their_size_and_colour(noise: float) -> None:
    found = discover(_tracks([CROSS, BOX, BAR], noise))
    assert _members(found) == [[*range(15)], [*range(15, 30)], [*range(30, 45)]]


def test_a_type_needs_some_clear_tracks() -> None:
    things = [Shown(CROSS, Placement(1.0, 0, 0), RED)] * 3 + [
        Shown(BAR, Placement(1.0, 0, 0), RED)
    ] * 2
    found = discover(fitter_of(CANVAS, tracks_of(CANVAS, things)))
    assert _members(found) == [[0, 1, 2]]


def test_without_usable_tracks_there_are_no_sprites() -> None:
    faint = [Shown(CROSS, Placement(1.0, 0, 0), (0.21, 0.2, 0.2))] * 4
    assert discover(fitter_of(CANVAS, tracks_of(CANVAS, faint, noise=0.2), 0.2)) == []


def _found(fitter: TrackFitter, sprite: Floats32, members: Ints) -> FoundSprite:
    return FoundSprite(sprite, members, fitter.fit(sprite, members))


def test_a_sprite_grows_over_the_tracks_that_it_explains() -> None:
    fitter = _tracks([CROSS, BOX])
    grown = grow(fitter, fitter.first_sprite(12), np.arange(30), fitter.thresholds.first)
    assert_array_equal(np.sort(grown.members), np.arange(15))
    assert grown.fits.left.max() < fitter.thresholds.final


def test_two_sprites_of_one_shape_are_merged() -> None:
    fitter = _tracks([CROSS])
    small, large = np.arange(6), np.arange(6, 15)
    parts = [
        grow(fitter, fitter.first_sprite(int(own[-1])), own, fitter.thresholds.first)
        for own in (small, large)
    ]
    (one,) = merged(fitter, parts)
    assert_array_equal(np.sort(one.members), np.arange(15))


def test_a_sprite_that_fits_the_noise_of_few_tracks_is_merged() -> None:
    things = [Shown(BOX, Placement(1.0, 0, 0), RED)] * 60
    noise = 0.12
    fitter = fitter_of(CANVAS, tracks_of(CANVAS, things, noise), noise)
    parts = []
    for own in (np.arange(57), np.arange(57, 60)):
        sprite = BOX
        for _ in range(6):
            sprite = fitter.refined(sprite, own, fitter.fit(sprite, own))
        parts.append(FoundSprite(sprite, own, fitter.fit(sprite, own)))
    assert fitter.mean_left(parts[1].fits) < -0.005
    assert len(merged(fitter, parts)) == 1


def test_sprites_of_two_shapes_are_not_merged() -> None:
    fitter = _tracks([BOX, BAR])
    parts = [_found(fitter, BOX, np.arange(15)), _found(fitter, BAR, np.arange(15, 30))]
    assert _members(merged(fitter, parts)) == [[*range(15)], [*range(15, 30)]]


def test_few_tracks_of_another_shape_are_not_swallowed() -> None:
    # Judged on all tracks together, 97 in 100 would be explained.
    things = [Shown(BOX, Placement(1.0, 0, 0), RED)] * 97
    things += [Shown(cross(CANVAS, 10), Placement(0.8, 0, 0), RED)] * 3
    fitter = fitter_of(CANVAS, tracks_of(CANVAS, things))
    assert _members(discover(fitter)) == [[*range(97)], [97, 98, 99]]


def test_a_sprite_of_two_shapes_is_split_where_two_leave_much_less() -> None:
    fitter = _tracks([BOX, BAR], sizes=(0.9, 1.0))
    both = _found(fitter, (0.5 * (BOX + BAR)).astype(np.float32), np.arange(12))
    assert _members(_all_split(fitter, [both])) == [[*range(6)], [*range(6, 12)]]


def test_a_sprite_that_leaves_little_is_not_split() -> None:
    fitter = _tracks([BOX])
    whole = _found(fitter, BOX, np.arange(15))
    assert _all_split(fitter, [whole]) == [whole]


def test_a_sprite_of_few_tracks_is_not_split() -> None:
    fitter = _tracks([BOX, BAR], sizes=(1.0,))
    few = _found(fitter, (0.5 * (BOX + BAR)).astype(np.float32), np.array([0, 1, 2, 3, 4]))
    assert _all_split(fitter, [few]) == [few]


def test_like_shapes_are_told_apart() -> None:
    found = discover(_tracks([box(CANVAS, 8, 8), box(CANVAS, 8, 7)], sizes=(0.9, 1.0)))
    assert _members(found) == [[*range(6)], [*range(6, 12)]]


def test_sprites_told_apart_by_colour_are_never_merged_again() -> None:
    fitter = _tracks([CROSS])
    parts = [
        FoundSprite(CROSS, own, fitter.fit(CROSS, own), own_colour=True)
        for own in (np.arange(6), np.arange(6, 15))
    ]
    assert len(merged(fitter, parts)) == 2


def _by_colour(small: Floats32, *sizes: float) -> list[FoundSprite] | None:
    """Return what becomes of one sprite for green boxes and red things of some sizes."""
    things = [Shown(small, Placement(size, 0, 0), RED) for size in sizes for _ in range(6)]
    things += [Shown(BOX, Placement(1.0, 0, 0), GREEN)] * 6
    fitter = fitter_of(CANVAS, tracks_of(CANVAS, things))
    found = _found(fitter, (0.5 * (BOX + small)).astype(np.float32), np.arange(len(things)))
    return _split_by_colour(fitter, found, found.fits)


def test_like_shapes_are_told_apart_where_colour_tells_the_size() -> None:
    corners = BOX - np.maximum(box(CANVAS, 8, 6), box(CANVAS, 6, 8))
    split = _by_colour(BOX - corners, 0.8)
    assert split is not None
    assert _members(split) == [[*range(6)], [*range(6, 12)]]
    assert all(each.own_colour for each in split)
    assert _by_colour(BOX - corners, 0.7, 0.9) is None  # red ones have several sizes
    assert _by_colour(BOX, 0.8) is None  # two sprites leave no less than one


def test_every_track_goes_to_the_sprite_that_explains_it_best() -> None:
    fitter = _tracks([BOX, BAR])
    mixed = [
        _found(fitter, BOX, np.arange(0, 30, 2)),
        _found(fitter, BAR, np.arange(1, 30, 2)),
    ]
    assert _members(exchanged(fitter, mixed)) == [[*range(15)], [*range(15, 30)]]


def test_a_sprite_that_explains_nothing_goes() -> None:
    fitter = _tracks([BOX])
    parts = [_found(fitter, each, np.arange(15)) for each in (BOX, CROSS)]
    assert _members(exchanged(fitter, parts)) == [[*range(15)]]
    assert exchanged(fitter, []) == []
