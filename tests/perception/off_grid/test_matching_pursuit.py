"""Looks found at any place: on frames put together by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dsrl_agent.back_end.encoder import Latents
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.off_grid.blobs import find_blobs, standing
from dsrl_agent.perception.off_grid.matching_pursuit import Pursuit, Scenery, explained
from dsrl_agent.perception.off_grid.novel_objects import (
    Strangers,
    acquainted,
    find_strangers,
    without,
)
from dsrl_agent.perception.off_grid.sight import Finder
from dsrl_agent.symbols import Codebook
from dsrl_agent.types import UNKNOWN, Floats, Floats32, Frame, Ints

GRID = Grid((7, 7), (2, 3), (3, 4), (25, 33))
FLOOR = 51  # a fifth of the range


def look(side: int, colour: tuple[int, int, int]) -> Floats32:
    """A block in the middle of a window of a cell's size, as contrast with the floor."""
    window = np.zeros((7, 7, 3), np.float32)
    start = (7 - side) // 2
    window[start : start + side, start : start + side] = (np.array(colour) - FLOOR) / 255
    return window


BIG, SMALL = look(5, (255, 51, 51)), look(3, (51, 255, 51))
SCENERY = Scenery(GRID, np.full((7, 7, 3), FLOOR / 255, np.float32))
PURSUIT = Pursuit(SCENERY, np.stack([BIG, SMALL]))


def frame(*put: tuple[int, int, int]) -> Frame:
    """A frame with looks (number, top, left of its window), later ones over earlier ones."""
    picture = np.full((25, 33, 3), FLOOR / 255, np.float32)
    for number, top, left in put:
        window = picture[top : top + 7, left : left + 7]
        own = PURSUIT.looks[number][: window.shape[0], : window.shape[1]]
        window[:] = np.where(own.any(axis=2, keepdims=True), FLOOR / 255 + own, window)
    return np.rint(picture * 255).astype(np.uint8)


def test_appearance_templates_are_found_off_the_grid() -> None:
    found = PURSUIT.find(frame((0, 4, 2), (1, 9, 20))[None], GRID)
    assert_array_equal(found[0], [[0, -1, -1, -1], [-1, -1, 1, -1], [-1, -1, -1, -1]])


def test_two_overlapping_objects_are_both_found() -> None:
    # The first covers columns 4-8, the second 8-12 and lies on it.
    found = PURSUIT.find(frame((0, 2, 3), (0, 2, 7))[None], GRID)
    assert_array_equal(found[0, 0], [0, 0, -1, -1])


def test_empty_frames_hold_no_objects() -> None:
    assert (PURSUIT.find(frame()[None], GRID) == -1).all()


def test_an_object_hidden_by_more_than_half_is_not_reported() -> None:
    hidden = frame((0, 2, 3))
    hidden[:, 3:7] = FLOOR  # of columns 4-8 two are left
    assert (PURSUIT.find(hidden[None], GRID) == -1).all()


def test_frames_of_another_size_are_searched_on_their_own_grid() -> None:
    wide = np.pad(frame((0, 4, 2)), ((0, 7), (0, 7), (0, 0)), constant_values=FLOOR)
    found = PURSUIT.find(wide[None], GRID.fitted(*wide.shape[:2]))
    assert found.shape == (1, 4, 5)
    assert found[0, 0, 0] == 0


def test_explained_energy_of_templates_worked_by_hand() -> None:
    half = BIG * np.float32(0.5)
    # Half the brightness: 2 x 0.5 - 0.25 of the whole one's energy, and 2 x 2 - 4 of the half's.
    assert_allclose(explained(np.stack([BIG, half])), [[1.0, 0.75], [0.0, 1.0]], atol=1e-5)


def test_blobs_are_isolated_and_no_larger_than_a_cell() -> None:
    lone = frame((0, 4, 2), (1, 9, 20))
    touching = frame((0, 4, 2), (0, 4, 7))
    blobs = find_blobs(np.stack([lone, touching]), SCENERY)
    assert_array_equal(blobs.corners, [[4, 2], [9, 20]])
    assert_allclose(blobs.windows, np.stack([BIG, SMALL]), atol=1 / 255)


@pytest.mark.parametrize(("offsets", "middle", "spread"), [((1, 1), 1, 0), ((-1, 1), 0, 1)])
def test_offsets_of_blobs_from_the_grid_worked_by_hand(
    offsets: tuple[int, int], middle: float, spread: float
) -> None:
    frames = np.stack([frame((0, 9 + offset, 10)) for offset in offsets])
    found = standing(find_blobs(frames, SCENERY), GRID)
    assert_allclose(found.middle, [middle, 0], atol=1e-6)
    assert_allclose(found.spread, [spread, 0], atol=1e-6)


class Reds:
    """Stands in for a back end: a spectrum is the mean of a window's red."""

    def encode(self, images: Floats32) -> Latents:
        mean = images[:, :1].mean(axis=(2, 3))[:, None, None]
        return Latents(mean, np.zeros_like(mean))


def reds_are_strange(spectra: Floats) -> Ints:
    return np.where(spectra[:, 0] > 0.05, UNKNOWN, 1)


def strangers_in(*frames: Frame) -> Strangers:
    finder = Finder(PURSUIT, np.array([1, 2]))
    return find_strangers(np.stack(frames), finder, Reds(), reds_are_strange)  # type: ignore[arg-type]


def test_an_isolated_blob_of_no_type_is_a_novel_object() -> None:
    strangers = strangers_in(frame((1, 9, 20)), frame((0, 4, 2), (1, 9, 20)))
    assert_array_equal(strangers.blobs.frames, [1])
    assert_array_equal(strangers.blobs.corners, [[4, 2]])
    types = np.zeros((2, 3, 4), np.int64)
    strangers.put_into(types, GRID, np.array([UNKNOWN]))
    # The window's middle is at row 7 and column 5: that is in the first cell of both.
    assert np.argwhere(types).tolist() == [[1, 0, 0]]
    assert types[1, 0, 0] == UNKNOWN
    assert len(strangers_in(frame()).spectra) == 0


def test_objects_beyond_the_grid_get_no_cell() -> None:
    strangers = strangers_in(frame((0, 0, 26)))
    assert_array_equal(strangers.blobs.corners, [[0, 26]])
    types = np.zeros((1, 3, 3), np.int64)  # of a grid with a column less
    strangers.put_into(types, replace(GRID, shape=(3, 3)), np.array([UNKNOWN]))
    assert not types.any()


def test_only_novel_objects_are_removed_from_a_frame() -> None:
    seen = np.stack([frame((1, 9, 20)), frame((0, 20, 2), (1, 4, 7))])
    strangers = strangers_in(*seen)
    assert_array_equal(strangers.blobs.corners, [[19, 2]])  # its window goes beyond the frame
    assert_array_equal(without(seen, strangers.blobs), [seen[0], frame((1, 4, 7))])


def test_novel_objects_that_became_a_type_are_found_as_such() -> None:
    small = Pursuit(SCENERY, SMALL[None])
    known = Finder(small, np.array([2]))
    codebook = Codebook(
        np.ones(1), np.zeros((4, 1)), np.ones((4, 1)), np.full(4, 0.25), np.array([0, 3, 1, 7])
    )
    strangers = strangers_in(frame((0, 4, 2)))
    more = acquainted(known, strangers, codebook, 3, np.array([7]))
    crowd = frame((0, 2, 3), (1, 2, 8))[None]
    assert_array_equal(known.types(crowd, GRID, codebook)[0, 0], [0, 1, 0, 0])
    assert_array_equal(more.types(crowd, GRID, codebook)[0, 0], [7, 1, 0, 0])
    assert acquainted(known, strangers, codebook, 3, np.array([UNKNOWN])) is known


def test_blobs_are_found_under_noise() -> None:
    clean = np.stack([frame((0, 4, 2), (1, 9, 20))] * 8)
    noise = np.random.default_rng(0).normal(0, 0.15 * 255, clean.shape)
    blobs = find_blobs(np.rint((clean + noise).clip(0, 255)).astype(np.uint8), SCENERY)
    found = [tuple(corner) for corner in blobs.corners.tolist()]
    # Both, to a pixel, in every frame; and nothing else.
    for top, left in ((4, 2), (9, 20)):
        assert sum(abs(t - top) <= 1 and abs(w - left) <= 1 for t, w in found) == 8
    assert len(found) == 16
