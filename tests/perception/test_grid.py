"""The grid on frames of other sizes, and frames brought to cells."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from dsrl_agent.errors import PerceptionError
from dsrl_agent.perception.grid import DividedGrid, Grid


def grid_of(
    rows: int, cols: int, cell: int, border: tuple[int, int, int, int] = (3, 2, 2, 3)
) -> Grid:
    top, right, bottom, left = border
    frame = (top + rows * cell + bottom, left + cols * cell + right)
    return Grid((cell, cell), (top, left), (rows, cols), frame)


@pytest.mark.parametrize(
    ("frame", "shape"),
    [((50, 50), (5, 5)), ((86, 51), (9, 5)), ((49, 500), (5, 55)), ((12, 12), (1, 1))],
)
def test_a_grid_is_fitted_to_frames_of_other_sizes(
    frame: tuple[int, int], shape: tuple[int, int]
) -> None:
    # Whole cells of 9 pixels behind 3: (86 - 3) // 9 = 9, (51 - 3) // 9 = 5, (500 - 3) // 9 = 55.
    assert grid_of(5, 5, 9).fitted(*frame) == Grid((9, 9), (3, 3), shape, frame)


def test_frames_of_the_known_size_keep_the_known_extent() -> None:
    grid = grid_of(2, 2, 9, (20, 20, 20, 20))
    assert grid.fitted(58, 58) is grid


@pytest.mark.parametrize("frame", [(11, 50), (50, 11), (1, 1)])
def test_a_frame_without_room_for_a_cell_is_refused(frame: tuple[int, int]) -> None:
    message = rf"A frame of {frame[0]} x {frame[1]} pixels has no room for one cell of 9 x 9 pixels"
    with pytest.raises(PerceptionError, match=message):
        grid_of(5, 5, 9).fitted(*frame)


def test_the_whole_grid_reaches_the_edges_and_can_be_cut() -> None:
    # 40 x 30 pixels, cells of 10 x 6 at (15, 9): back to the edges (5, 3), then 3 rows of 10
    # (35 to 40 is left over) and 4 columns of 6 (27 to 30 is).
    grid = Grid((10, 6), (15, 9), (1, 2), (40, 30))
    whole = grid.whole()
    assert whole == Grid((10, 6), (5, 3), (3, 4), (40, 30))
    assert whole.part(slice(1, 2), slice(1, 3)) == grid


def test_resampling_worked_by_hand() -> None:
    # Cells of 2 pixels behind 1 row, brought to 3 pixels: the outer ones see one source pixel each,
    # the middle one half of both.
    frame = np.zeros((1, 4, 4, 1), np.uint8)
    frame[0, :, :, 0] = [[9, 9, 9, 9], [0, 51, 102, 204], [0, 51, 102, 204], [9, 9, 9, 9]]
    images = Grid((2, 2), (1, 0), (1, 2), (4, 4)).resample(frame, 3)
    line = np.array([0, 25.5, 51, 102, 153, 204]) / 255
    assert images.shape == (1, 1, 3, 6)
    assert images.dtype == np.float32
    assert_allclose(images[0, 0], np.tile(line, (3, 1)), rtol=1e-6)


def test_resampling_to_fewer_pixels_averages() -> None:
    # 3 pixels to 2: the first sees one and a half, weighted 2/3 and 1/3: (2 * 0 + 255) / 3 = 85.
    frame = np.tile(np.array([0, 255, 0], np.uint8)[:, None], (1, 3))[None, :, :, None]
    images = Grid((3, 3), (0, 0), (1, 1), (3, 3)).resample(frame, 2)
    assert_allclose(images[0, 0], [[1 / 3, 1 / 3], [1 / 3, 1 / 3]], rtol=1e-6)


@given(
    st.tuples(st.integers(3, 20), st.integers(3, 20)),
    st.tuples(st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.integers(1, 5), st.integers(1, 5)),
    st.integers(1, 24),
)
def test_resampling_keeps_brightness_and_cells_apart(
    pitch: tuple[int, int], origin: tuple[int, int], shape: tuple[int, int], side: int
) -> None:
    height, width = (o + n * p + 2 for o, n, p in zip(origin, shape, pitch, strict=True))
    grid = Grid(pitch, origin, shape, (height, width))
    # Each cell in a shade of its own, in a border of another.
    shades = np.arange(1, 1 + shape[0] * shape[1], dtype=np.uint8).reshape(shape) * 9
    frame = np.full((1, height, width, 3), 255, np.uint8)
    inner = np.kron(shades, np.ones(pitch, np.uint8))
    end = (origin[0] + inner.shape[0], origin[1] + inner.shape[1])
    frame[0, origin[0] : end[0], origin[1] : end[1]] = inner[:, :, None]
    expected = np.kron(shades, np.ones((side, side))) / 255
    images = grid.resample(frame, side)
    assert_allclose(images, np.broadcast_to(expected, (1, 3, *expected.shape)), rtol=1e-5)


def test_a_cell_is_a_part_of_the_frame() -> None:
    # Cells of 10 x 6 at (15, 9): cell (1, 2) begins at (15 + 10, 9 + 12).
    grid = Grid((10, 6), (15, 9), (2, 3), (40, 30))
    assert grid.cell(1, 2) == (slice(25, 35), slice(21, 27))


def test_a_divided_grid_goes_from_edge_to_edge() -> None:
    grid = DividedGrid.of((5, 3), (84, 10))
    assert grid.exact_pitch == (84 / 5, 10 / 3)
    assert (grid.pitch, grid.tile) == ((17, 3), (8, 2))
    # Rows begin at 0, 16.8, 33.6, 50.4 and 67.2; columns at 0, 3.33 and 6.67.
    assert grid.cell(1, 2) == (slice(17, 34), slice(7, 10))
    assert grid.whole() is grid is grid.fitted(84, 10)
    assert grid.fitted(50, 20) == DividedGrid((17, 3), (0, 0), (3, 6), (50, 20))


def test_tiles_of_a_divided_grid_are_means_of_what_they_cover() -> None:
    # Two cells of 2.5 pixels, each two values: pixels 0 to 1.25, and 1.25 to 2.5.
    frame = np.tile(np.array([0, 40, 80, 120, 160], np.uint8)[None, :, None], (2, 1, 3))
    grid = DividedGrid.of((1, 2), (2, 5))
    tiles = grid.cut(frame)
    assert tiles.shape == (2, 2, 2, 3)
    # (0 + .25 * 40) / 1.25 = 8; (.75 * 40 + .5 * 80) / 1.25 = 56
    assert tiles[0, 0, :, 0].tolist() == [8, 56]
    assert tiles[1, 0, :, 0].tolist() == [104, 152]
    resampled = grid.resample(frame[None], 2)
    assert resampled.shape == (1, 3, 2, 4)
    assert_allclose(255 * resampled[0, 0, 0], [8, 56, 104, 152], rtol=1e-5)


def test_cells_of_different_sizes_are_painted_over() -> None:
    frame = np.zeros((3, 5, 3), np.uint8)
    frame[:, 2:] = 9
    grid = DividedGrid.of((1, 2), (3, 5))  # columns 0 to 2, and 2 to 5
    painted = grid.painted_over(frame, {(0, 1)}, {(0, 1)})
    assert not painted.any()


@pytest.mark.parametrize(
    "grid",
    [
        grid_of(4, 3, 9),
        Grid((5, 8), (1, 2), (3, 4), (20, 40)),
        DividedGrid.of((5, 3), (84, 10)),
    ],
)
def test_one_cell_of_each_frame_is_brought_down_as_in_the_whole_frame(grid: Grid) -> None:
    rng = np.random.default_rng(0)
    frames = rng.integers(0, 256, (6, *grid.frame, 3), np.uint8)
    places = np.stack([rng.integers(0, side, 6) for side in grid.shape], axis=1)
    whole = grid.resample(frames, 4).reshape(6, 3, grid.shape[0], 4, grid.shape[1], 4)
    expected = [whole[n, :, row, :, col] for n, (row, col) in enumerate(places)]
    assert_allclose(grid.resample_at(frames, places, 4), expected, rtol=1e-6)
