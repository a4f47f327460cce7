"""The grid by description length, in drawn worlds and in worlds that nobody here wrote."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsrl_agent.config.tiling import TilingThresholds
from dsrl_agent.errors import ObservationError
from dsrl_agent.perception.grid import Grid
from dsrl_agent.perception.tiling.tiling import Tiling, find_tiling
from dsrl_agent.types import Frame

SETTINGS = TilingThresholds()
few = settings(max_examples=6, deadline=None, derandomize=True)


def board(
    rng: np.random.Generator, pitch: tuple[int, int], shape: tuple[int, int], count: int = 12
) -> Frame:
    """Draw frames of a board of four kinds of ground on which a disc stands anywhere."""
    rows, cols = np.indices(pitch)
    grounds = rng.integers(0, 200, (4, 1, 1, 3)) * np.ones((4, *pitch, 1), np.int64)
    grounds[1, 0] = grounds[2, :, 0] = 255  # a line at the top, and at the left
    grounds[3, rows * pitch[1] > cols * pitch[0]] = 30  # a diagonal
    middle = (pitch[0] - 1) / 2, (pitch[1] - 1) / 2
    away = ((rows - middle[0]) / pitch[0]) ** 2 + ((cols - middle[1]) / pitch[1]) ** 2
    map_of = rng.integers(0, 4, shape)
    frames = []
    for row, col in zip(
        rng.integers(0, shape[0], count), rng.integers(0, shape[1], count), strict=True
    ):
        cells = grounds[map_of].copy()  # [R, C, h, w, 3]
        cells[row, col][away < 0.1] = (250, 220, 10)
        frames.append(cells.transpose(0, 2, 1, 3, 4).reshape(shape[0] * pitch[0], -1, 3))
    return np.stack(frames).astype(np.uint8)


@few
@given(
    st.tuples(st.integers(6, 20), st.integers(6, 20)),
    st.tuples(st.integers(4, 8), st.integers(4, 8)),
    st.integers(0, 2**32 - 1),
)
def test_a_board_of_tiles_has_its_grid(
    pitch: tuple[int, int], shape: tuple[int, int], seed: int
) -> None:
    frames = board(np.random.default_rng(seed), pitch, shape)
    grid = find_tiling(frames, SETTINGS).grid
    assert grid is not None
    assert (grid.pitch, grid.origin, grid.shape) == (pitch, (0, 0), shape)
    assert grid.frame == frames.shape[1:3]


@few
@given(st.tuples(*[st.integers(0, 7)] * 4), st.integers(0, 2**32 - 1))
def test_a_border_moves_the_grid(border: tuple[int, int, int, int], seed: int) -> None:
    top, left, bottom, right = border
    frames = board(np.random.default_rng(seed), (9, 9), (6, 7))
    frames = np.pad(frames, ((0, 0), (top, bottom), (left, right), (0, 0)))
    grid = find_tiling(frames, SETTINGS).grid
    assert grid is not None
    assert (grid.pitch, grid.origin, grid.shape) == ((9, 9), (top, left), (6, 7))


@few
@given(st.integers(2, 4), st.integers(0, 2**32 - 1))
def test_an_enlarged_board_has_an_enlarged_grid(factor: int, seed: int) -> None:
    frames = board(np.random.default_rng(seed), (7, 7), (5, 6))
    frames = frames.repeat(factor, axis=1).repeat(factor, axis=2)
    grid = find_tiling(frames, SETTINGS).grid
    assert grid is not None
    assert (grid.pitch, grid.shape) == ((7 * factor, 7 * factor), (5, 6))


def test_cells_of_one_colour_each_are_a_grid() -> None:
    rng = np.random.default_rng(3)
    colours = rng.integers(0, 256, (5, 3), np.uint8)
    frames = colours[rng.integers(0, 5, (20, 9, 10))].repeat(6, axis=1).repeat(6, axis=2)
    grid = find_tiling(frames, SETTINGS).grid
    assert grid is not None
    assert (grid.pitch, grid.shape) == ((6, 6), (9, 10))


@pytest.mark.parametrize("sigma", [1.0, 3.0])
def test_noise_leaves_the_grid(sigma: float) -> None:
    rng = np.random.default_rng(11)
    frames = board(rng, (10, 10), (6, 6), 60)
    noise = rng.normal(0, sigma, frames.shape)
    frames = np.clip(np.rint(frames + noise), 0, 255).astype(np.uint8)
    grid = find_tiling(frames, SETTINGS).grid
    assert grid is not None
    assert (grid.pitch, grid.origin, grid.shape) == ((10, 10), (0, 0), (6, 6))


def played(env_id: str, count: int, **kwargs: Any) -> Frame:
    env = gym.make(env_id, render_mode="rgb_array", **kwargs)
    env.action_space.seed(5)
    env.reset(seed=5)
    frames = []
    for _ in range(count):
        frames.append(np.asarray(env.render()))
        _, _, terminated, truncated, _ = env.step(env.action_space.sample())
        if terminated or truncated:
            env.reset()
    env.close()
    return np.stack(frames)


@pytest.mark.parametrize(
    ("env_id", "shape"), [("FrozenLake-v1", (4, 4)), ("CliffWalking-v1", (4, 12))]
)
def test_worlds_of_gymnasium(env_id: str, shape: tuple[int, int]) -> None:
    found = find_tiling(played(env_id, 30), SETTINGS)
    assert found.grid is not None
    assert (found.grid.pitch, found.grid.origin, found.grid.shape) == ((64, 64), (0, 0), shape)
    assert found.share < 0.5
    assert found.sharpness > 1.3


def without_grid(name: str) -> Tiling:
    rng = np.random.default_rng(4)
    if name == "noise":
        frames = rng.integers(0, 256, (10, 48, 48, 3), np.uint8)
    elif name == "a square anywhere":
        frames = np.full((40, 60, 60, 3), 40, np.uint8)
        for frame, (row, col) in zip(frames, rng.integers(0, 50, (40, 2)), strict=True):
            frame[row : row + 9, col : col + 9] = 200
    else:
        frames = played("CartPole-v1", 30)[:, ::4, ::4]
    return find_tiling(frames, SETTINGS)


@pytest.mark.parametrize("name", ["noise", "a square anywhere", "CartPole"])
def test_frames_without_a_grid_have_none(name: str) -> None:
    found = without_grid(name)
    assert found.grid is None
    assert ("one colour" if name == "noise" else "perception.tiling") in found.complaint


def test_frames_of_one_colour_have_no_grid() -> None:
    found = find_tiling(np.full((3, 20, 20, 3), 90, np.uint8), SETTINGS)
    assert found.grid is None
    assert "one colour" in found.complaint
    assert found.share == 1.0


def test_a_frame_smaller_than_two_cells_has_no_grid() -> None:
    frames = np.arange(75, dtype=np.uint8).reshape(1, 5, 5, 3)
    assert "two cells" in find_tiling(frames, SETTINGS).complaint


def test_frames_of_another_kind_are_refused() -> None:
    with pytest.raises(ObservationError, match=r"frames are float32 \[1, 8, 8, 3\]"):
        find_tiling(np.zeros((1, 8, 8, 3), np.float32), SETTINGS)
    with pytest.raises(ObservationError, match=r"uint8 \[0, 8, 8, 3\]"):
        find_tiling(np.zeros((0, 8, 8, 3), np.uint8), SETTINGS)


def test_cells_that_divide_frames_into_whole_pixels_are_those_of_a_plain_grid() -> None:
    shown = board(np.random.default_rng(0), (8, 8), (3, 7))
    doubtful = TilingThresholds(least_sharpness=1e9)  # as after few and small frames
    grid = find_tiling(shown, doubtful).grid
    assert grid == Grid((8, 8), (0, 0), (3, 7), (24, 56))
    assert type(grid) is Grid
