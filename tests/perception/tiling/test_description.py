from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.config.tiling import TilingThresholds
from dsrl_agent.perception.tiling.colour_cost import bits_per_pixel
from dsrl_agent.perception.tiling.description import FrameDescriptions, Lattice

FREE = TilingThresholds(entry_bits=0.0)


def shorter(described: FrameDescriptions, lattice: Lattice) -> float:
    """Return the bits of the plain or the layered code."""
    tried = described.describe(lattice)
    return min(tried.plain, tried.background + tried.sprites)


def test_the_bits_of_one_frame_of_two_tiles() -> None:
    # A B   A = 1 2, B = 3 3, both over 2 rows: two entries of 4 pixels, four places of 1 bit.
    # B A
    rows = [[1, 2, 3, 3], [1, 2, 3, 3], [3, 3, 1, 2], [3, 3, 1, 2]]
    codes = np.array([rows], np.uint32)
    described = FrameDescriptions(codes, 1, FREE)
    pixel = bits_per_pixel(codes)
    assert described.bits_per_pixel == pixel
    assert described.bits_without == pytest.approx(16 * pixel)
    assert shorter(described, Lattice((2, 2), (0, 0))) == pytest.approx(8 * pixel + 4)


def test_what_a_place_shows_again_costs_nothing() -> None:
    one, two = np.ones((2, 4), np.uint32), np.ones((2, 4), np.uint32)
    two[:, 2:] = 7
    described = FrameDescriptions(np.stack([one, two, one]), 1, FREE)
    pixel = described.bits_per_pixel
    # Without a grid: 8 places show colour 1, 4 of them colour 7 as well.
    assert described.bits_without == pytest.approx(12 * pixel)
    # Plain: tile 1 at both places, tile 7 at one: two entries of 4 pixels, 3 H(1/3) bits.
    plain = 8 * pixel + 3 * (np.log2(3) / 3 + 2 / 3 * np.log2(3 / 2))
    assert shorter(described, Lattice((2, 2), (0, 0))) == pytest.approx(plain)


def test_a_sprite_over_two_grounds_is_one_tile_of_the_differences() -> None:
    ground = np.kron(np.array([[1, 2, 3, 4]], np.uint32), np.ones((4, 4), np.uint32))
    frames = [ground] * 2 + [ground.copy() for _ in range(4)]
    for place, frame in enumerate(frames[2:]):
        frame[1:3, 4 * place + 1 : 4 * place + 3] = 9
    described = FrameDescriptions(np.stack(frames), 1, FREE)
    # Background: 4 tiles of 16 pixels and 4 places of 2 bits. Sprite: 4 pixels; nothing at 4
    # places, the sprite at 4: 8 bits.
    pixel = described.bits_per_pixel
    tried = described.describe(Lattice((4, 4), (0, 0)))
    assert tried.background == pytest.approx(64 * pixel + 8)
    assert tried.sprites == pytest.approx(4 * pixel + 8)
    # It stands in one of four cells in four of the frames, and there is no other.
    assert tried.events == pytest.approx(4 * 2)
    assert tried.plain > tried.background + tried.sprites


def test_cells_cut_by_the_edge_are_tiles_too() -> None:
    # Columns 0 | 1 2 | 3 4 | 5: a half, two whole cells and a half, all of colour 1.
    codes = np.ones((1, 2, 6), np.uint32)
    codes[0, :, 1:3] = codes[0, :, 3:5] = [2, 3]
    described = FrameDescriptions(codes, 1, FREE)
    # Two entries of 4 pixels: (2 3), and colour 1, which the edge cuts; four places of 1 bit.
    expected = 8 * described.bits_per_pixel + 4
    assert shorter(described, Lattice((2, 2), (0, 1))) == pytest.approx(expected)


def test_the_pixels_of_an_enlarged_picture_may_be_the_cells() -> None:
    # Left half 1, right half 2: neighbours tell nearly all, a dictionary needs 36 numbers of 1 bit.
    codes = np.repeat(np.array([[[1, 2]]], np.uint32), 3, axis=2).repeat(6, axis=1)
    small, large = (FrameDescriptions(codes, factor, FREE) for factor in (1, 6))
    pixel, cell = small.bits_per_pixel, Lattice((1, 1), (0, 0))
    assert small.bits_without == pytest.approx(36 * pixel)
    assert small.describe(cell).plain == pytest.approx(2 * pixel + 36)
    assert large.describe(cell).plain == pytest.approx(36 * pixel)
    assert large.bits_without > 36 * pixel
