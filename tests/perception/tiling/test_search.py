from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from dsrl_agent.config.tiling import TilingThresholds
from dsrl_agent.perception.tiling.description import FrameDescriptions, Lattice
from dsrl_agent.perception.tiling.hashing import Codes
from dsrl_agent.perception.tiling.search import TilingSearch

SETTINGS = TilingThresholds()


def walk(ground: Codes, pitch: int, cells: list[tuple[int, int]]) -> Codes:
    """Draw frames in which an L stands in one cell after another of a ground."""
    frames = []
    for row, column in cells:
        frame = ground.copy()
        top, left = row * pitch + 1, column * pitch + 1
        frame[top : top + pitch - 2, left] = 99
        frame[top, left : left + pitch - 2] = 98
        frames.append(frame)
    return np.stack(frames)


ALL = [(row, column) for row in range(4) for column in range(4)]


def searched(codes: Codes) -> TilingSearch:
    return TilingSearch(FrameDescriptions(codes, 1, SETTINGS), 1, SETTINGS)


def test_halves_of_cells_describe_the_background_and_whole_cells_what_moves() -> None:
    # Every half of every cell of 8 x 8 is the same picture: the background repeats after 4 pixels.
    ground = np.tile(np.array([[1, 1, 1, 2]] * 3 + [[2, 2, 2, 2]], np.uint32), (8, 8))
    search = searched(walk(ground, 8, ALL))
    halves, whole = Lattice((4, 4), (0, 0)), Lattice((8, 8), (0, 0))
    assert search.leaders()[0] == whole
    search.cost(halves)
    assert search.tried[halves].background < search.tried[whole].background
    assert search.tried[halves].sprites > search.tried[whole].sprites
    assert search.sharpness(whole) > SETTINGS.least_sharpness


def test_the_background_decides_where_things_leave_the_origin_open() -> None:
    # The L keeps a margin of a pixel, so it fits cells that begin a pixel earlier as well.
    ground = np.zeros((32, 32), np.uint32)
    ground[::8], ground[:, ::8] = 5, 5
    assert searched(walk(ground, 8, ALL)).leaders()[0] == Lattice((8, 8), (0, 0))


def test_a_lattice_of_its_own_costs_the_background_bits() -> None:
    ground = np.tile(np.array([[1, 1, 1, 2]] * 3 + [[2, 2, 2, 2]], np.uint32), (8, 8))
    search = searched(walk(ground, 8, ALL))
    best = search.leaders()[0]
    apart = min(tried.background for tried in search.tried.values()) + SETTINGS.layer_bits
    tried = search.tried[best]
    layered = min(tried.background, apart) + tried.sprites
    assert search.bits(best) == pytest.approx(min(tried.plain, layered))
    assert search.cost(best) == pytest.approx(min(tried.plain, layered + tried.events))


def test_frames_smaller_than_two_cells_have_no_tilings() -> None:
    assert searched(np.arange(49, dtype=np.uint32).reshape(1, 7, 7)).tried == {}


def test_whole_cells_are_better_than_halves_that_always_go_together() -> None:
    rng = np.random.default_rng(0)
    looks = rng.integers(1, 9, (3, 4, 8)).astype(np.uint32)
    halves = ((0, 0), (1, 0), (2, 0), (0, 1))  # upper and lower, some in several cells
    kinds = [np.concatenate([looks[upper], looks[lower]]) for upper, lower in halves]
    frames = np.zeros((24, 48, 24), np.uint32)  # 6 x 3 cells, four of them taken
    for moment, k in product(range(24), range(4)):
        row, column = divmod((5 * moment + 7 * k) % 18, 3)
        frames[moment, 8 * row : 8 * row + 8, 8 * column : 8 * column + 8] = kinds[k]
    search = searched(frames)
    assert search.leaders()[0].pitch == (4, 8)
    assert search.best() == Lattice((8, 8), (0, 0))


def test_cells_are_no_halves_of_pairs() -> None:
    ground = np.zeros((32, 32), np.uint32)
    ground[::8], ground[:, ::8] = 5, 5
    search = searched(walk(ground, 8, ALL[:6]))
    assert search.best() == search.leaders()[0] == Lattice((8, 8), (0, 0))
