"""The grid from motion alone, in worlds of many sizes; and frames brought to cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from dsrl_agent.errors import PerceptionError
from dsrl_agent.perception.grid import Grid, find_grid
from dsrl_agent.types import FrameTransitions
from shapes_grid import ShapesGridEnv

NONE = (0, 0, 0, 0)
slow = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
borders = st.tuples(*[st.integers(0, 7)] * 4)


def play(
    steps: int, seed: int, *, actions: tuple[int, ...] = (0, 1, 2, 3), **fields: Any
) -> FrameTransitions:
    """Play at random; action 4 does nothing."""
    env = ShapesGridEnv(split="all", **fields)
    rng = np.random.default_rng(seed)
    frame, _ = env.reset(seed=seed)
    before, taken, after = [], [], []
    for _ in range(steps):
        action = int(rng.choice(actions))
        before.append(frame)
        taken.append(action)
        ended = False
        if action < 4:
            frame, _, terminated, truncated, _ = env.step(action)
            ended = terminated or truncated
        after.append(frame)
        if ended:
            frame, _ = env.reset()
    return FrameTransitions(np.stack(before), np.array(taken), np.stack(after))


def grid_of(
    rows: int, cols: int, cell: int, border: tuple[int, int, int, int] = (3, 2, 2, 3)
) -> Grid:
    top, right, bottom, left = border
    frame = (top + rows * cell + bottom, left + cols * cell + right)
    return Grid((cell, cell), (top, left), (rows, cols), frame)


@slow
@given(st.integers(7, 13), borders, st.sampled_from(["shape", "white"]), st.integers(0, 10**6))
def test_the_grid_is_found_after_80_transitions(
    cell: int, border: tuple[int, int, int, int], colours: str, seed: int
) -> None:
    motion = play(80, seed, cell=cell, border=border, colours=colours)
    assert find_grid(motion) == grid_of(5, 5, cell, border)


@slow
@given(st.integers(2, 6), st.integers(2, 6), st.integers(7, 13), borders, st.integers(0, 10**6))
def test_a_grid_need_not_be_square(
    rows: int, cols: int, cell: int, border: tuple[int, int, int, int], seed: int
) -> None:
    objects = {"circle": rows * cols // 4, "square": rows * cols // 4}
    motion = play(160, seed, rows=rows, cols=cols, cell=cell, border=border, objects=objects)
    assert find_grid(motion) == grid_of(rows, cols, cell, border)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "fields",
    [
        {"objects": {"circle": 10, "cross": 10}},  # 20 of 25 cells full
        {"objects": {"circle": 10, "cross": 10}, "colours": "white"},
        {"cell": 3},
        {"cell": 4, "border": NONE, "colours": "white"},
        {"cell": 20, "border": (20, 25, 11, 30)},
        {"rows": 9, "cols": 9, "objects": {"circle": 13, "cross": 13}},
    ],
    ids=["full", "full and white", "cells of 3", "cells of 4", "wide borders", "9 x 9"],
)
def test_the_grid_is_found_in_harder_worlds(fields: dict[str, Any], seed: int) -> None:
    motion = play(160, seed, **fields)
    shape = (fields.get("rows", 5), fields.get("cols", 5))
    border = fields.get("border", (3, 2, 2, 3))
    assert find_grid(motion) == grid_of(*shape, fields.get("cell", 9), border)


@slow
@given(st.integers(7, 13), borders, st.integers(0, 10**6))
def test_noise_does_not_hide_the_grid(
    cell: int, border: tuple[int, int, int, int], seed: int
) -> None:
    motion = play(80, seed, cell=cell, border=border)
    rng = np.random.default_rng(seed)

    def noisy(frames: np.ndarray[Any, np.dtype[np.uint8]]) -> Any:
        return np.rint(frames + rng.normal(0, 25.5, frames.shape)).clip(0, 255).astype(np.uint8)

    found = find_grid(FrameTransitions(noisy(motion.before), motion.actions, noisy(motion.after)))
    assert found == grid_of(5, 5, cell, border)


@pytest.mark.parametrize("seed", range(6))
def test_strong_noise_moves_the_grid_by_a_pixel_at_most(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cell, border = int(rng.integers(7, 14)), tuple(int(side) for side in rng.integers(0, 8, 4))
    # Six standard deviations of a difference are 6 * 0.3 * 255 * 1.4 = 640: more than any pixel's.
    found = find_grid(play(160, seed, cell=cell, border=border, noise=0.3))
    assert (found.pitch, found.shape) == ((cell, cell), (5, 5))
    assert np.abs(np.subtract(found.origin, (border[0], border[3]))).max() <= 1


def test_a_16_x_16_grid_is_found_once_enough_cells_have_changed() -> None:
    motion = play(600, 0, rows=16, cols=16, cell=7, objects={"circle": 40, "cross": 40})
    assert find_grid(motion) == grid_of(16, 16, 7)


@pytest.mark.parametrize("seed", range(3))
def test_actions_without_motion_do_not_disturb_the_grid(seed: int) -> None:
    assert find_grid(play(120, seed, actions=(0, 1, 2, 3, 4, 4))) == grid_of(5, 5, 9)


def test_frames_without_motion_give_no_grid() -> None:
    still = play(30, 0, rows=2, cols=2, objects={"circle": 2}, agent=False)
    with pytest.raises(PerceptionError, match="No action was seen to move anything along the rows"):
        find_grid(still)


@pytest.mark.parametrize(
    ("actions", "missing"), [((0, 1, 4), "rows"), ((2, 3), "columns")], ids=["rows", "columns"]
)
def test_motion_along_one_axis_gives_no_grid(actions: tuple[int, ...], missing: str) -> None:
    motion = play(60, 0, actions=actions, objects={})
    with pytest.raises(PerceptionError, match=f"to move anything along the {missing} in the frame"):
        find_grid(motion)


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
