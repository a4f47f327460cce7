"""The picture of a game: the world, the score beside it, the legend."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from dsrl_agent.errors import ObservationError
from dsrl_agent.types import Frame
from dsrl_agent.viewer.scoreboard import Scoreboard, compose_game

BOARD = Scoreboard("score +3", ["step 7", "last reward +1"], [], [], ["arrows move", "q quits"])
ICON = np.full((7, 7, 3), (90, 5, 200), np.uint8)


def noise(height: int = 20, width: int = 30, seed: int = 0) -> Frame:
    return np.random.default_rng(seed).integers(256, size=(height, width, 3), dtype=np.uint8)


def test_the_world_is_enlarged_without_blurring() -> None:
    frame = noise()
    picture = compose_game(frame, BOARD)
    assert picture.dtype == np.uint8
    assert picture.shape == (440, 600 + 2 * 20 + 340, 3)  # by 20 to 400 x 600, and margins of 20
    assert_array_equal(picture[20:420, 20:620], frame.repeat(20, axis=0).repeat(20, axis=1))


@pytest.mark.parametrize(
    ("room", "size"),
    [
        ((1960, 880), (880, 1960)),  # twice 980 x 440
        ((1960, 5000), (880, 1960)),
        ((5000, 880), (880, 1960)),
        ((490, 220), (220, 490)),
        ((1, 1), (1, 1)),
    ],
)
def test_the_picture_fits_the_room_and_keeps_its_aspect(
    room: tuple[int, int], size: tuple[int, int]
) -> None:
    assert compose_game(noise(), BOARD, room).shape == (*size, 3)


def test_a_fitted_picture_is_not_blurred() -> None:
    frame = noise()
    picture = compose_game(frame, BOARD, (1960, 880))
    assert_array_equal(picture[40:840, 40:1240], frame.repeat(40, axis=0).repeat(40, axis=1))
    odd = compose_game(frame, BOARD, (1111, 777))
    colours = {tuple(colour) for colour in frame.reshape(-1, 3).tolist()}
    world = odd[30:470, 30:700].reshape(-1, 3)  # well within 23 to 476 and 23 to 703
    assert {tuple(colour) for colour in world.tolist()} <= colours


def test_all_pictures_of_a_game_have_one_size_and_nothing_moves() -> None:
    quiet = replace(BOARD, legend=[(ICON, "you")])
    over = replace(quiet, message=["Episode over: finished", "space: next"])
    first, second = compose_game(noise(), quiet), compose_game(noise(), over)
    rows = np.flatnonzero((first != second).any(axis=(1, 2)))
    # Below margin, title, two lines and a gap, 20 + 30 + 40 + 14 = 104, are two rows of 20.
    assert (rows.min(), rows.max()) == (104, 143)
    assert (second == (230, 159, 0)).all(axis=2).any()


@pytest.mark.parametrize("side", [7, 300])
def test_the_legend_shows_each_picture(side: int) -> None:
    icon = np.full((side, side, 3), (90, 5, 200), np.uint8)
    picture = compose_game(noise(), replace(BOARD, legend=[(icon, "you"), (icon, "cross: +1")]))
    rows, cols = np.nonzero((picture == (90, 5, 200)).all(axis=2))
    # From 104 + 40 + 14 = 158 on, rows of 36 with pictures of 28 in their middle.
    assert sorted(set(rows)) == [*range(162, 190), *range(198, 226)]
    assert sorted(set(cols)) == [*range(660, 688)]


def test_a_picture_of_the_legend_is_enlarged_by_whole_numbers_and_not_distorted() -> None:
    def size(height: int, width: int) -> tuple[int, int]:
        icon = np.full((height, width, 3), (90, 5, 200), np.uint8)
        picture = compose_game(noise(), replace(BOARD, legend=[(icon, "you")]))
        rows, cols = np.nonzero((picture == (90, 5, 200)).all(axis=2))
        return int(np.ptp(rows)) + 1, int(np.ptp(cols)) + 1

    assert [size(24, 24), size(5, 10), size(56, 28), size(900, 1)] == [
        (24, 24), (10, 20), (28, 14), (28, 1)
    ]  # fmt: skip


def test_a_long_legend_takes_two_columns_and_makes_the_picture_taller() -> None:
    def picture(count: int) -> Frame:
        return compose_game(noise(), replace(BOARD, legend=[(ICON, "you")] * count))

    # 30 for the title, (2 + 2 + 2) * 20, 36 a row, three gaps of 14 and two margins of 20.
    assert [picture(count).shape[0] for count in (4, 8, 9, 16, 20)] == [440, 520, 440, 520, 592]
    rows, cols = np.nonzero((picture(9) == (90, 5, 200)).all(axis=2))
    right = cols >= 660 + (300 - 14) // 2 + 14
    assert (set(cols[right]), set(cols[~right])) == ({*range(817, 845)}, {*range(660, 688)})
    assert (len(set(rows[~right])), len(set(rows[right]))) == (5 * 28, 4 * 28)


@pytest.mark.parametrize("picture", [np.zeros((5, 5, 3)), np.zeros((5, 5), np.uint8)])
def test_an_array_that_is_no_picture_is_refused(picture: Any) -> None:
    with pytest.raises(ObservationError, match="must be uint8"):
        compose_game(picture, BOARD)
    with pytest.raises(ObservationError, match="must be uint8"):
        compose_game(noise(), replace(BOARD, legend=[(picture, "you")]))


def test_a_message_has_two_lines_at_most() -> None:
    with pytest.raises(ValueError, match="The message has 3 lines, but room for 2"):
        replace(BOARD, message=["a", "b", "c"])
