from __future__ import annotations

import numpy as np
import pytest

from dsrl_agent.config.tiling import TilingThresholds
from dsrl_agent.errors import PerceptionError
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.tiling.choice import choose_grid
from dsrl_agent.types import Frame

SETTINGS = TilingThresholds()
SILENT = PerceptionError("No action was seen to move anything.")


def tiles(count: int = 20) -> Frame:
    """Draw cells of 8 x 8 pixels, outlined at the top and left, with a disc in one of them."""
    rng = np.random.default_rng(2)
    frames = np.full((count, 40, 48, 3), 90, np.uint8)
    frames[:, ::8] = frames[:, :, ::8] = 160
    for frame, row, col in zip(
        frames, rng.integers(0, 5, count), rng.integers(0, 6, count), strict=True
    ):
        frame[8 * row + 2 : 8 * row + 6, 8 * col + 2 : 8 * col + 7] = (250, 20, 20)
    return frames


def on_a_plain_floor(count: int = 40) -> Frame:
    """Draw squares of two colours with margins of 2 pixels in cells of 9 x 9, from (3, 5)."""
    rng = np.random.default_rng(3)
    frames = np.zeros((count, 52, 54, 3), np.uint8)
    for frame in frames:
        for colour in ((255, 0, 0), (0, 255, 0), (0, 255, 0)):
            row, col = rng.integers(0, 5, 2)
            frame[3 + 9 * row + 2 : 3 + 9 * row + 7, 5 + 9 * col + 2 : 5 + 9 * col + 7] = colour
    return frames


def test_without_motion_the_tiling_is_taken() -> None:
    chosen = choose_grid(tiles(), SILENT, SETTINGS)
    assert chosen.source == "tiling"
    assert chosen.grid == Grid((8, 8), (0, 0), (5, 6), (40, 48))


def test_without_motion_or_tiles_the_error_says_both() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (3, 40, 40, 3), np.uint8)
    with pytest.raises(PerceptionError, match=r"No action .* not drawn in equal tiles either: Cut"):
        choose_grid(noise, SILENT, SETTINGS)


def test_tiles_correct_an_origin_two_pixels_off() -> None:
    motion = Grid((8, 8), (0, 2), (5, 5), (40, 48))
    chosen = choose_grid(tiles(), motion, SETTINGS)
    assert (chosen.source, chosen.grid.origin) == ("tiling", (0, 0))
    assert chosen.excess > SETTINGS.most_excess


def test_tiles_correct_a_pitch_of_another_size() -> None:
    chosen = choose_grid(tiles(), Grid((7, 8), (0, 0), (5, 6), (40, 48)), SETTINGS)
    assert (chosen.source, chosen.grid.pitch) == ("tiling", (8, 8))


def test_motion_tells_the_origin_where_things_leave_a_margin() -> None:
    # The floor is plain, so cells may begin up to two pixels earlier or later.
    motion = Grid((9, 9), (3, 5), (5, 5), (52, 54))
    chosen = choose_grid(on_a_plain_floor(), motion, SETTINGS)
    assert (chosen.source, chosen.grid) == ("motion", motion)
    assert 1.0 <= chosen.excess <= SETTINGS.most_excess


def test_cells_that_cut_blocks_of_one_colour_are_no_grid() -> None:
    frames = tiles().repeat(2, axis=1).repeat(2, axis=2)
    chosen = choose_grid(frames, Grid((17, 16), (0, 0), (4, 6), (80, 96)), SETTINGS)
    assert (chosen.source, chosen.grid.pitch, chosen.excess) == ("tiling", (16, 16), float("inf"))


def test_frames_of_one_colour_leave_the_grid_from_motion() -> None:
    motion = Grid((5, 5), (0, 0), (4, 4), (20, 20))
    chosen = choose_grid(np.zeros((2, 20, 20, 3), np.uint8), motion, SETTINGS)
    assert (chosen.source, chosen.grid) == ("motion", motion)
